"""The records behind an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from exo_nbregistry.journal.record_files import Place
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import VERSION, Record


class Source(Protocol):
    """Interface of the journal that the index uses."""

    def stamps(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return a number for each model's versions and events, which differs after a change.

        Parameters
        ----------
        model : str or None
            Key of a model, or None for all models.

        Returns
        -------
        dict of str to (int, int)
            Numbers by folder name, which may be an invalid model key; 0 if there are no versions
            or no events. If `settles` is True, they are nanoseconds since 1970.
        """
        ...

    @property
    def settles(self) -> bool:
        """Whether a stamp that is younger than two seconds may hide a later change."""
        ...

    def age_ns(self) -> int:
        """Return how many nanoseconds ago `stamps` were read, if they are reused."""
        ...

    def listed_numbers(
        self, model: str, kind: str = VERSION, stamps: dict[str, tuple[int, ...]] | None = None
    ) -> list[int]:
        """Return the numbers as they were listed for `stamps` or after them, or list them.

        Parameters
        ----------
        model : str
            The model key.
        kind : {'version', 'event'}
            Kind of the records.
        stamps : dict, optional
            What `stamps` has returned in the same call.
        """
        ...

    def listed_state(
        self, model: str, stamps: dict[str, tuple[int, ...]] | None = None
    ) -> ModelState:
        """Return the state after the events that `listed_numbers` returns."""
        ...

    def new_events(self, model: str, stamps: dict[str, tuple[int, ...]] | None = None) -> list[int]:
        """Return the events, as `listed_numbers` does, that `state` has not read yet."""
        ...

    @property
    def reads_ahead(self) -> bool:
        """Whether `read_ahead` saves time, because each read is a request."""
        ...

    def read_ahead(self, places: Sequence[Place], *, again: Sequence[Place] = ()) -> None:
        """Read several records at once, so that `read` and `skim` find them in memory.

        Parameters
        ----------
        places : sequence of Place
            Records that are read if their contents are not in memory.
        again : sequence of Place
            Records that are read although their contents may be in memory.
        """
        ...

    def ahead(self, model: str, numbers: Sequence[int], kind: str = VERSION) -> Iterator[int]:
        """Yield the numbers of records to read, of which several are read ahead at once."""
        ...

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        ...

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read a record and check its integrity."""
        ...

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing."""
        ...

    def generation(self) -> object | None:
        """Return an object that is the same while snapshots are reused, or None."""
        ...

    def state(self, model: str) -> ModelState:
        """Return the current state of a model."""
        ...

    def trust_stamp(self) -> str:
        """Return a text that changes with the trusted signers and with the policy of aliases."""
        ...
