"""The rows of a follow-up list: probabilities, explanations and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.exoplanet.data.transit_physics import PHYSICS
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.explanations import look_alikes, top_features
from exo_nbregistry.exoplanet.followup.plausibility import look
from exo_nbregistry.exoplanet.followup.scoring_input import ScoringInput

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def candidate_rows(
    given: ScoringInput,
    order: NDArray[np.intp],
    probability: Floats,
    calibrated: Floats,
    is_flagged: NDArray[np.bool_],
    snapshot: str,
) -> pd.DataFrame:
    """Return the sorted candidates with the columns of `flag_candidates`.

    Parameters
    ----------
    given : ScoringInput
        The model and the table.
    order : ndarray of int of shape (n_candidates,)
        Order of the candidates.
    probability, calibrated : ndarray of shape (n_candidates,)
        Probabilities, not sorted.
    is_flagged : ndarray of bool of shape (n_candidates,)
        Whether each sorted candidate is flagged. Top features are computed only for these.
    snapshot : str
        Name of the table.

    Returns
    -------
    DataFrame of shape (n_candidates, n_columns)
        One row per candidate.
    """
    features, frame = given.features, given.frame[given.is_candidate].iloc[order]
    rows = features[given.is_candidate].iloc[order]
    alike = look_alikes(rows, features[given.is_planet], features)
    explained = _top_features(given.model, rows, is_flagged, features)
    return rows[[]].assign(
        probability=probability[order],
        calibrated_probability=calibrated[order],
        agreement=_agreement(given.model, rows, is_flagged),
        look_alike=alike["look_alike"],
        distance=alike["distance"],
        **explained,
        look=look(frame, given.roles, given.ranges),
        **{name: frame[name] for name in given.roles.position() if name in frame},
        model_version=given.version,
        snapshot=snapshot,
        caveat=CAVEAT,
    )


def measured_values(given: ScoringInput) -> pd.DataFrame:
    """Return the physical quantities and the model's features of every row of a table."""
    physics = {name for base in PHYSICS for name in (base, f"{base}_err1", f"{base}_err2")}
    shown = {*physics, *given.features.columns, *given.roles.measured().values()}
    return given.frame[[name for name in given.frame if name in shown]].select_dtypes("number")


def _agreement(model: Any, rows: pd.DataFrame, is_flagged: Any) -> Floats:
    found = np.full(len(rows), np.nan)
    for part in (is_flagged, ~is_flagged):
        if hasattr(model, "agreement_score") and part.any():
            found[part] = model.agreement_score(rows[part])
    return found


def _top_features(
    model: Any, rows: pd.DataFrame, is_flagged: Any, table: pd.DataFrame
) -> dict[str, Any]:
    """Return the top features of the flagged rows; for all rows this would be slow."""
    found = top_features(model, rows[is_flagged], table)
    driver, effect = np.full(len(rows), None, dtype=object), np.full(len(rows), np.nan)
    driver[is_flagged], effect[is_flagged] = found["driver"], found["driver_effect"]
    return {"driver": driver, "driver_effect": effect}
