"""The models of a registry, and the numbers of their versions and events."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.journal.read_cache import FolderStamps, ReadCache
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.store.base import Stamps, Store
from exo_nbregistry.values.keys import (
    EVENTS,
    MODELS,
    VERSIONS,
    event_numbers,
    events_checkpoint_numbers,
    events_folder,
    version_key,
    version_numbers,
    versions_folder,
)
from exo_nbregistry.values.reference import is_model_key

_FOLDERS = {VERSION: versions_folder, EVENT: events_folder}
_NUMBERS = {VERSION: version_numbers, EVENT: event_numbers}
# The names of all records after a smaller number are greater than its name.
_MAX_SORTED = 99_999


class Listings:
    """Lists models and the numbers of their records. Threads can share it.

    Parameters
    ----------
    store : Store
        The store of the records.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache = ReadCache()
        # Numbers of the checkpoints of events, as they were last listed.
        self.checkpoint_numbers: dict[str, list[int]] = {}

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        found = self.stamps()
        keys = sorted(key for key, (versions, _events) in found.items() if versions)
        return [
            key for key in keys if is_model_key(key) and self.listed_numbers(key, VERSION, found)
        ]

    def stamps(self, model: str | None = None) -> FolderStamps:
        """Return a number for each model's versions and events, which differs after a change.

        0 means that there are none. Every folder among the models is included, even if its name
        is not a model key. A block reads all of them once.
        """
        reads = self._cache.reads
        if model is None:
            return reads.read_stamps(self._all_stamps) if reads else self._all_stamps()
        if reads and reads.stamps is not None:
            return {model: reads.stamps.get(model, (0, 0))}
        return self._store.stamps(MODELS, (VERSIONS, EVENTS), model)

    @property
    def settles(self) -> bool:
        """Whether a stamp that is younger than two seconds may hide a later change."""
        return self._store.settles

    @property
    def has_stamps(self) -> bool:
        """Whether the block has already read the stamps of all models."""
        return self._cache.reads is not None and self._cache.reads.stamps is not None

    def age_ns(self) -> int:
        """Return how many nanoseconds ago the block has read `stamps`."""
        return self._cache.reads.age_ns if self._cache.reads else 0

    def _all_stamps(self) -> FolderStamps:
        return self._store.stamps(MODELS, (VERSIONS, EVENTS))

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        numbers = self._numbers_among(model, kind, self._store.names(_FOLDERS[kind](model)))
        self._cache.add_listing(model, kind, numbers)
        return numbers

    def numbers_after(self, model: str, numbers: list[int]) -> list[int]:
        """Return the numbers of the versions, of which `numbers` were listed before."""
        if not numbers or numbers[-1] > _MAX_SORTED:
            return self.numbers(model)
        after = version_key(model, numbers[-1]).rpartition("/")[2]
        names = self._store.names(versions_folder(model), after=after)
        found = [*numbers, *version_numbers(names)]
        self._cache.add_listing(model, VERSION, found)
        return found

    def listed_numbers(
        self, model: str, kind: str = VERSION, stamps: FolderStamps | None = None
    ) -> list[int]:
        """Return the numbers as they were listed for `stamps` or after them, or list them.

        Parameters
        ----------
        model : str
            The model key.
        kind : {'version', 'event'}
            Kind of the records.
        stamps : dict, optional
            What `stamps` has returned in the same call; by default, the stamps of the block.
        """
        numbers = self._known_numbers(model, kind, stamps)
        return self.numbers(model, kind) if numbers is None else numbers

    def _known_numbers(
        self, model: str, kind: str, stamps: FolderStamps | None
    ) -> list[int] | None:
        """Return the numbers as they were listed for `stamps` or after them, or None."""
        known = self._cache.listing(model, kind)
        reads = self._cache.reads
        for found in (stamps, reads.stamps if reads else None):
            if known is None and isinstance(found, Stamps) and found.names is not None:
                names = found.names.get(model, ((), ()))[kind == EVENT]
                known = self._numbers_among(model, kind, names)
        return known

    def _swept(self, model: str) -> tuple[list[int], list[int]] | None:
        """Return the events and versions of a model if the block has listed those of all models."""
        stamps = self._cache.reads and self._cache.reads.stamps
        if not isinstance(stamps, Stamps) or stamps.names is None:
            return None
        return self.listed_numbers(model, EVENT), self.listed_numbers(model)

    def _numbers_among(self, model: str, kind: str, names: Sequence[str]) -> list[int]:
        """Return the numbers among the names of a folder; keep those of checkpoints."""
        if kind == EVENT:
            self.checkpoint_numbers[model] = events_checkpoint_numbers(names)
        return _NUMBERS[kind](names)
