"""All candidates that a model has scored, with their measured values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exo_nbregistry.evaluation import KnownRows
from exo_nbregistry.exoplanet.data.table_roles import TableRoles

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """The scored candidates from which follow-up lists are selected.

    Attributes
    ----------
    rows : DataFrame of shape (n_scored, n_columns)
        All candidates with the columns of `flag_candidates`, highest probability first. The top
        features are missing below the probability `explained`.
    measured : DataFrame of shape (n_scored, n_columns)
        Measured values of these rows, in their order.
    alike : DataFrame of shape (n_confirmed, n_columns)
        Measured values of the similar confirmed planets, indexed by name.
    version, snapshot : str
        The version that scored the candidates, and the table.
    calibrated : bool
        Whether the threshold applies to the calibrated probability.
    explained : float
        The threshold that was passed to `flag_candidates`.
    known : KnownRows or str
        Rows with known labels, or why there are none.
    planets : DataFrame of shape (n_planets, n_columns)
        Measured values of all confirmed planets.
    roles : TableRoles
        Roles of the table's columns.
    excluded : int
        Number of candidates that were not scored because the model was trained on them.
    """

    rows: pd.DataFrame
    measured: pd.DataFrame
    alike: pd.DataFrame
    version: str
    snapshot: str
    calibrated: bool
    explained: float
    known: KnownRows | str
    planets: pd.DataFrame
    roles: TableRoles
    excluded: int = 0

    @property
    def decisive(self) -> str:
        """Column to which the threshold applies."""
        return "calibrated_probability" if self.calibrated else "probability"

    @property
    def probability_name(self) -> str:
        """Name of the probability to which the threshold applies, for sentences."""
        return "calibrated probability" if self.calibrated else "uncalibrated probability"

    def above(self, threshold: float) -> pd.DataFrame:
        """Return the rows that reach a threshold.

        Parameters
        ----------
        threshold : float
            Minimum probability of a flagged candidate.
        """
        return self.rows[self.rows[self.decisive] >= threshold]
