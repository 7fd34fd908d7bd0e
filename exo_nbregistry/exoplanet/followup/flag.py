"""Selection of candidates for follow-up by the probability that a model predicts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.exoplanet.followup.calibration import calibrate, known_rows
from exo_nbregistry.exoplanet.followup.candidate_rows import candidate_rows, measured_values
from exo_nbregistry.exoplanet.followup.csv_and_notes import (
    CAVEAT,
    export_followup,
    read_followup,
    record_followup,
)
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.exoplanet.followup.scoring_input import read_input

if TYPE_CHECKING:
    from exo_nbregistry.exoplanet.followup.candidates import CandidateList
    from exo_nbregistry.registry.facade import ModelRegistry

Floats = NDArray[np.float64]
__all__ = ["CAVEAT", "export_followup", "flag_candidates", "read_followup", "record_followup"]


def flag_candidates(
    model_or_ref: Any,
    table: Any,
    threshold: float = 0.9,
    calibrated: bool = True,
    *,
    registry: ModelRegistry | None = None,
    calibration: tuple[Any, Any] | None = None,
    snapshot: str | None = None,
    allow_leakage: str | Iterable[str] = (),
    roles: TableRoles | None = None,
    training: Any = None,
) -> CandidateList:
    """Flag the most probable planet candidates of a table, highest probability first.

    Parameters
    ----------
    model_or_ref : estimator or str
        A fitted classifier, or a reference to a version in `registry`.
    table : Bunch or DataFrame
        The result of `load_koi` or `fetch_koi`, a Kepler or TESS table of the archive, or any
        table with `roles`. Candidates are scored and compared with confirmed planets. Rows that
        the model was trained on are never candidates.
    threshold : float, default=0.9
        Minimum probability of a flagged candidate.
    calibrated : bool, default=True
        If True, the threshold applies to the calibrated probability, otherwise to the model's.
    registry : ModelRegistry, optional
        The registry of the reference.
    calibration : tuple of (X, y), optional
        Held-out rows to calibrate on, such as the validation set. The default for a version is
        its out-of-fold predictions of the training set, which `ModelTrainer` stores, or else its
        stored test set.
    snapshot : str, optional
        Name of the table. The default is read from a Bunch.
    allow_leakage : str or iterable of str, default=()
        Columns of the model to allow although they leak the label, to show their effect.
    roles : TableRoles, optional
        Names of the table's columns for the label, the signal and the star, and the labels of
        planets, false positives and candidates. The default is read from a Bunch, or from the
        column names of the archive's tables.
    training : DataFrame, optional
        Rows that the model was trained on; an empty list if the table has none of them. They are
        recognized by their names, or by their values if they have no names. The default for a
        version is its recorded rows. Required for a table without labels if no rows are
        recorded.

    Returns
    -------
    CandidateList of shape (n_flagged, n_columns)
        A DataFrame, indexed by the name of the signal, that a notebook displays as a panel. Its
        columns are ``probability`` and ``calibrated_probability``; the ``agreement`` of the
        members of an ensemble; ``look_alike``, the most similar confirmed planet, and its
        ``distance``; ``driver``, the column that raises the probability most, and
        ``driver_effect``, by how much; ``look``, unusual values such as ``impact > 1``, or an
        empty text; the table's columns of the star, its position in degrees and its magnitude;
        ``model_version``, ``snapshot`` and ``caveat``.

    Raises
    ------
    LeakageError
        If a column of the model leaks the label.
    SignatureMismatchError
        If the table lacks a column that the model requires.
    NotFoundError
        If the table lacks a column or a label of `roles`.
    InvalidInputError
        If candidates cannot be distinguished from training rows, or no class of the model is a
        planet.
    RegistryError
        If there are no rows to calibrate on, or the model's columns are unknown.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import RandomForestClassifier, flag_candidates
    >>> from exo_nbregistry.exoplanet import load_koi, split_by_star
    >>> koi = load_koi("five")
    >>> split = split_by_star(koi.data, koi.target, koi.groups)
    >>> model = RandomForestClassifier(20).fit(split.X_train, split.y_train)
    >>> flagged = flag_candidates(model, koi, calibration=(split.X_val, split.y_val))
    >>> bool(flagged["calibrated_probability"].is_monotonic_decreasing), len(flagged) > 50
    (True, True)
    """
    from exo_nbregistry.exoplanet.followup.candidates import CandidateList

    given = read_input(
        model_or_ref, table, registry, calibration, roles, training, allow_leakage=allow_leakage
    )
    model, version, features, stored = given.model, given.version, given.features, given.stored
    rows = features[given.is_candidate]
    probability = np.asarray(model.predict_proba(rows))[:, 1] if len(rows) else np.empty(0)
    better, known = np.full(len(rows), np.nan), known_rows(version, stored)
    if calibrated:
        better, known = calibrate(probability, model, version, given.calibration, stored)
    decisive = better if calibrated else probability
    # Ties of a calibrated probability are sorted by the model's, and then by name.
    order = np.lexsort((rows.index.to_numpy(dtype=str), -probability, -decisive))
    is_flagged, table_name = decisive[order] >= threshold, _snapshot(table, snapshot)
    scored = candidate_rows(given, order, probability, better, is_flagged, table_name)
    measured = measured_values(given)
    planets = measured[given.is_planet]
    evidence = ScoredCandidates(
        rows=scored,
        measured=measured[given.is_candidate].iloc[order],
        alike=planets[planets.index.isin(scored["look_alike"])],
        version=version,
        snapshot=table_name,
        calibrated=calibrated,
        explained=threshold,
        known=given.by_star(known),
        planets=planets,
        roles=given.roles,
        excluded=given.excluded,
    )
    return CandidateList.of(evidence, threshold)


def _snapshot(table: Any, name: str | None) -> str:
    if name is not None:
        return name
    if hasattr(table, "frame"):
        return f"{table.name}, snapshot of {table.snapshot}, sha256 {table.sha256[:12]}"
    return "not stated"
