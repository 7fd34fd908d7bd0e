"""Result of retraining a version."""

from __future__ import annotations

from dataclasses import dataclass

from exo_nbregistry.evaluation.paired_comparison import PairedComparison

CHALLENGER = "challenger"


@dataclass(frozen=True, repr=False)
class RetrainingResult:
    """Result of retraining a version.

    Attributes
    ----------
    model_id, parent, champion : str
        The new version, the version whose hyperparameters it has, and the version it was
        compared with.
    comparison : PairedComparison
        Comparison of champion and challenger on the new test set.
    maybe_seen : int or None
        Number of test rows outside the champion's own test set. The champion may have been
        trained on them, which favors it. None if its test set is unknown.
    promoted : bool
        Whether the alias was moved.
    alias : str
        Alias of the champion.
    """

    model_id: str
    parent: str
    champion: str
    comparison: PairedComparison
    maybe_seen: int | None
    promoted: bool
    alias: str

    @property
    def is_better(self) -> bool:
        """Whether the new version is shown to be better than the champion."""
        return self.comparison.better == CHALLENGER

    def __repr__(self) -> str:
        """Return the versions, the comparison and the state of the alias as text."""
        seen = "number unknown" if self.maybe_seen is None else str(self.maybe_seen)
        lines = [
            f"{self.model_id} was retrained from {self.parent} and compared with {self.champion}.",
            repr(self.comparison),
        ]
        if self.maybe_seen != 0:
            lines.append(
                f"The champion may have been trained on some of the {self.comparison.n_rows} test "
                f"rows ({seen}), which favors it."
            )
        moved = f"points to {self.model_id}" if self.promoted else "was not moved"
        return "\n".join([*lines, f"The alias {self.alias!r} {moved}."])
