"""The check that a bucket still has the expected registry, without a request for each call."""

from __future__ import annotations

import time
from collections.abc import Callable

from exo_nbregistry.errors import MissingKeyError
from exo_nbregistry.store.base import Check, Content
from exo_nbregistry.store.bucket_client import Client

_MAX_BYTES = 1 << 20
# Records name their registry, so a late check can only affect who creates the next one.
RECHECK_S = 30.0


class BucketGuard:
    """An object in the root of a store, whose content is checked again after half a minute.

    Parameters
    ----------
    client : Client
        The bucket.
    recheck_s : float, seconds
        How long a check is valid.
    clock : callable
        Returns the time in seconds.
    """

    def __init__(
        self,
        client: Client,
        *,
        recheck_s: float = RECHECK_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._recheck_s = recheck_s
        self._clock = clock
        self._guard: tuple[str, Check] | None = None
        self._checked_at: float | None = None
        self._tag: str | None = None
        self._seen: tuple[str, float, Content] | None = None

    def set(self, key: str, check: Check) -> None:
        """Set the object and its check; content that was just read is not read again."""
        self._guard = (key, check)
        self._checked_at = self._tag = None
        seen, self._seen = self._seen, None
        if seen is not None and seen[0] == key and self._clock() - seen[1] < self._recheck_s:
            check(seen[2].data)
            self._checked_at, self._tag = seen[1], seen[2].tag

    def note(self, key: str, content: Content) -> None:
        """Keep the content of an object in the root that was read."""
        if "/" not in key and self._guard is None:
            self._seen = (key, self._clock(), content)

    def require(self, *, fresh: bool = False) -> None:
        """Check the content, if the last check is too old or `fresh` is True."""
        if self._guard is None:
            return
        now = self._clock()
        is_valid = self._checked_at is not None and now - self._checked_at < self._recheck_s
        if is_valid and not fresh:
            return
        key, check = self._guard
        try:
            content = self._client.read_if_changed(key, self._tag, max_bytes=_MAX_BYTES)
        except MissingKeyError:
            self._checked_at = self._tag = None
            check(None)
            return
        if content is not None:
            check(content.data)
            self._tag = content.tag
        self._checked_at = now
