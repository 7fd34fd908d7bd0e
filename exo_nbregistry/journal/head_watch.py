"""Decide by the head of a bucket whether its keys must be listed to find changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exo_nbregistry.errors import StoreError
from exo_nbregistry.journal.head import (
    MAX_HEAD_BYTES,
    HeadStore,
    Highest,
    has_higher,
    last_commit,
    parse_head,
)
from exo_nbregistry.values.keys import HEAD

# A change that the head does not have is found after this time.
SWEEP_S = 120.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """State of the head before the keys were listed.

    Attributes
    ----------
    tag : str or None
        Tag of the head; None if there is none that can be read.
    commit : object or None
        Last commit of this process.
    due_at : float, seconds
        When the keys are listed again, and a missing head is looked for.
    """

    tag: str | None = None
    commit: object | None = None
    due_at: float = float("-inf")


class HeadWatch:
    """The head of a bucket, as it was before its keys were listed.

    Parameters
    ----------
    store : HeadStore
        The bucket.
    clock : callable
        Returns the time in seconds.
    """

    def __init__(self, store: HeadStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._seen = self._next = _Seen()

    def has_changed(self, known: Mapping[str, tuple[int, int]]) -> bool:
        """Return whether the keys must be listed, after at most one request.

        Parameters
        ----------
        known : mapping of str to (int, int)
            The highest version and event of each model when the keys were last listed.
        """
        seen, now = self._seen, self._clock()
        commit = last_commit(self._store.location)
        if now >= seen.due_at:
            tag, _ = self._read()
            self._next = _Seen(tag, commit, now + SWEEP_S)
            return True
        if commit is not seen.commit:
            # A commit creates a missing head, which is looked for at the next poll.
            self._next = _Seen(seen.tag, commit, now + SWEEP_S if seen.tag else now)
            return True
        if seen.tag is None:
            self._next = seen
            return True
        tag, numbers = self._read()
        if tag is not None and numbers is not None and not has_higher(numbers, known):
            self._seen = _Seen(tag, commit, seen.due_at)
            return False
        self._next = _Seen(tag, commit, now + SWEEP_S)
        return True

    def confirm(self) -> None:
        """Note that the keys were listed after the last call of `has_changed`."""
        self._seen = self._next

    def forget(self) -> None:
        """Have the keys listed at the next call of `has_changed`."""
        self._seen = _Seen(self._seen.tag)

    def _read(self) -> tuple[str | None, Highest | None]:
        """Return the tag of the head and its numbers, which are empty if it is unchanged."""
        try:
            found = self._store.read_if_changed(HEAD, self._seen.tag, max_bytes=MAX_HEAD_BYTES)
        except StoreError:
            # Missing, too large or not permitted. If the bucket does not answer, the listing fails.
            return None, None
        if found is None:
            return self._seen.tag, {}
        return found.tag, parse_head(found.data)
