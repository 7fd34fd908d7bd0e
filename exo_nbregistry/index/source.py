"""The records behind an index."""

from __future__ import annotations

from typing import Protocol

from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import VERSION, Record


class Source(Protocol):
    """Interface of the journal that the index uses."""

    def folder_times(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return when the versions and the events folder of each model last changed.

        Parameters
        ----------
        model : str or None
            Key of a model, or None for all models.

        Returns
        -------
        dict of str to (int, int)
            Nanoseconds since 1970 by folder name, which may be an invalid model key; 0 if the
            folder does not exist.
        """
        ...

    def age_ns(self) -> int:
        """Return how many nanoseconds ago `folder_times` were read, if they are reused."""
        ...

    def listed_numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers as they were listed after `folder_times`, or list them."""
        ...

    def listed_state(self, model: str) -> ModelState:
        """Return the state after the events that `listed_numbers` returns."""
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
