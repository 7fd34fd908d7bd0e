"""Detect changes of a registry without reading its records."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256

from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.journal.head import Highest
from exo_nbregistry.journal.head_watch import HeadWatch
from exo_nbregistry.journal.read_cache import FolderStamps
from exo_nbregistry.journal.reader import Reader
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.values.reference import is_model_key

# A folder that was modified longer ago than this has a reliable modification time; see
# `exo_nbregistry.index.refresh`.
_SETTLED_NS = 2 * 10**9


class Revision:
    """A digest of the numbers of all records and the stamps of their folders.

    Records never change, so their numbers identify their content. The stamps detect that a
    registry was replaced by a copy. Only folders with a new stamp are listed again.

    Parameters
    ----------
    source : Reader
        Reader of the registry.
    registry_id : str
        The id of the registry.
    clock_ns : callable
        Returns the current time in nanoseconds since 1970.
    head : HeadWatch, optional
        The head of a bucket, by which most calls need not list the keys.
    """

    def __init__(
        self,
        source: Reader,
        registry_id: str,
        clock_ns: Callable[[], int] = time.time_ns,
        head: HeadWatch | None = None,
    ) -> None:
        self._source = source
        self._registry_id = registry_id
        self._clock_ns = clock_ns
        self._lock = ProcessLock()
        self._seen: dict[str, tuple[int, ...]] = {}
        self._numbers: dict[str, str] = {}
        self._highest: Highest = {}
        self._head = head
        self._text = ""

    def read(self) -> str:
        """Return a digest that changes with every change of the registry."""
        with self._lock:
            if self._head is None:
                self._sweep()
            elif self._source.has_stamps:
                # The stamps of the block may be older than those of an earlier call.
                if self._sweep():
                    self._head.forget()
            elif self._head.has_changed(self._highest):
                self._sweep()
                self._head.confirm()
            return self._text

    def _sweep(self) -> bool:
        """Compare the stamps of all models, and return whether one of them has changed."""
        now = self._clock_ns()
        found = self._source.stamps()
        now -= self._source.age_ns()
        if found == self._seen and self._text:
            return False
        self._update(found, now)
        return True

    def _update(self, found: FolderStamps, now: int) -> None:
        for name in self._numbers.keys() - found.keys():
            del self._numbers[name]
            self._highest.pop(name, None)
        settled = (
            {name: at for name, at in found.items() if max(at) < now - _SETTLED_NS}
            if self._source.settles
            else found
        )
        for name, at in found.items():
            if is_model_key(name) and self._seen.get(name) != at:
                self._numbers[name] = f"{at} {self._list(name, found)}"
        self._seen = settled
        listed = "\n".join(f"{name} {self._numbers[name]}" for name in sorted(self._numbers))
        text = f"{self._registry_id}\n{listed}"
        self._text = sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]

    def _list(self, model: str, found: FolderStamps) -> str:
        listed = [self._source.listed_numbers(model, kind, found) for kind in (VERSION, EVENT)]
        versions, events = (numbers[-1] if numbers else 0 for numbers in listed)
        self._highest[model] = versions, events
        return sha256(repr(listed).encode()).hexdigest()
