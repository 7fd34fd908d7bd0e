"""Every candidate that a model has judged, and what is known of them and of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exo_nbregistry.evaluation import KnownRows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """What a follow-up list is cut from.

    Attributes
    ----------
    rows : DataFrame of shape (n_judged, 10)
        As `flag_candidates` returns them, of every candidate, the surest first. What drives a
        row is worked out from the probability `explained` on.
    measured : DataFrame of shape (n_judged, n_columns)
        The physics of these rows, in their order.
    alike : DataFrame of shape (n_confirmed, n_columns)
        The physics of the look-alikes, by name.
    version, snapshot : str
        Which model judged, and which table.
    calibrated : bool
        Whether the calibrated probability decides, or the model's own.
    explained : float
        The threshold that was asked for.
    known : KnownRows or str
        Rows whose truth is known, or why there are none.
    """

    rows: pd.DataFrame
    measured: pd.DataFrame
    alike: pd.DataFrame
    version: str
    snapshot: str
    calibrated: bool
    explained: float
    known: KnownRows | str

    @property
    def decisive(self) -> str:
        """The column that must reach the threshold."""
        return "calibrated_probability" if self.calibrated else "probability"

    def above(self, threshold: float) -> pd.DataFrame:
        """Return the rows that reach a threshold.

        Parameters
        ----------
        threshold : float
            The least probability that is flagged.
        """
        return self.rows[self.rows[self.decisive] >= threshold]
