"""The records behind an index."""

from __future__ import annotations

from typing import Protocol

from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import VERSION, Record


class Source(Protocol):
    """The registry, as the index needs it: a journal that also knows when folders changed."""

    def folders(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return when the versions and the events folder of each model last changed.

        Parameters
        ----------
        model : str or None
            Only this one.

        Returns
        -------
        dict of str to (int, int)
            Nanoseconds since 1970, by name of the folder, which may be no model key; 0 where
            there is no such folder.
        """
        ...

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        ...

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read one record and prove that it is whole."""
        ...

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing."""
        ...

    def moment(self) -> object | None:
        """Return the same object while no new look begins, or None."""
        ...

    def state(self, model: str) -> ModelState:
        """Return a model's folded journal."""
        ...
