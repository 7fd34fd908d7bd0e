"""Selection of candidates for follow-up by the probability that a model predicts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation import KnownRows, Predictions, fit_platt_scaling
from exo_nbregistry.exoplanet.data.features import refuse_leaks
from exo_nbregistry.exoplanet.data.table_roles import TableRoles, roles_of
from exo_nbregistry.exoplanet.data.transit_physics import PHYSICS
from exo_nbregistry.exoplanet.followup.csv_and_notes import (
    CAVEAT,
    export_followup,
    read_followup,
    record_followup,
)
from exo_nbregistry.exoplanet.followup.explanations import look_alikes, top_features
from exo_nbregistry.exoplanet.followup.planet_model import (
    PlanetModel,
    planet_arrays,
    planet_labels,
)
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.exoplanet.followup.training_exclusion import exclude_training_rows
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.training import select_columns
from exo_nbregistry.training.leakage import reject_leaks

if TYPE_CHECKING:
    import pandas as pd

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
        its stored test set.
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
    CandidateList of shape (n_flagged, 10)
        A DataFrame, indexed by the name of the signal, that a notebook displays as a panel. Its
        columns are ``probability`` and ``calibrated_probability``; the ``agreement`` of the
        members of an ensemble; ``look_alike``, the most similar confirmed planet, and its
        ``distance``; ``driver``, the column that raises the probability most, and
        ``driver_effect``, by how much; ``model_version``, ``snapshot`` and ``caveat``.

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

    model, version, columns, tested = _resolve(model_or_ref, registry)
    roles = roles_of(table, roles)
    refuse_leaks(columns, allow_leakage=allow_leakage)
    reject_leaks(columns, roles.leaks(), allow_leakage=allow_leakage)
    frame = roles.named(getattr(table, "frame", table))
    features = select_columns(frame, columns)
    is_candidate, is_confirmed, _ = roles.masks(frame)
    is_candidate, excluded = exclude_training_rows(
        features, is_candidate, roles, version, registry=registry, training=training
    )
    if hasattr(model, "classes_"):
        if calibration is not None:
            calibration = calibration[0], planet_labels(calibration[1], model, roles)
        model, tested = PlanetModel(model, roles), planet_arrays(tested, roles)
    rows = features[is_candidate]
    probability = np.asarray(model.predict_proba(rows))[:, 1] if len(rows) else np.empty(0)
    better, known = np.full(len(rows), np.nan), _known_rows(version, tested)
    if calibrated:
        better, known = _calibrate(probability, model, version, calibration, tested)
    decisive = better if calibrated else probability
    # Ties are sorted by name, so that the order is reproducible.
    order = np.lexsort((rows.index.to_numpy(dtype=str), -decisive))
    rows, is_flagged = rows.iloc[order], decisive[order] >= threshold
    table_name = _snapshot(table, snapshot)
    scored = rows[[]].assign(
        probability=probability[order],
        calibrated_probability=better[order],
        agreement=_agreement(model, rows, is_flagged),
        **_columns(look_alikes(rows, features[is_confirmed], features)),
        **_top_features(model, rows, is_flagged, features),
        model_version=version,
        snapshot=table_name,
        caveat=CAVEAT,
    )
    measured = _measured(frame, columns)
    candidates, confirmed = measured[is_candidate].iloc[order], measured[is_confirmed]
    alike = confirmed[confirmed.index.isin(scored["look_alike"])]
    evidence = ScoredCandidates(
        scored,
        candidates,
        alike,
        version,
        table_name,
        calibrated,
        threshold,
        known,
        excluded=excluded,
    )
    return CandidateList.of(evidence, threshold)


def _resolve(
    model_or_ref: Any, registry: ModelRegistry | None
) -> tuple[Any, str, list[str], dict[str, Any]]:
    """Return the model, its name, its columns and the predictions on its stored test set."""
    tested: dict[str, Any] = {}
    model, version = model_or_ref, f"{type(model_or_ref).__name__} (not registered)"
    columns = list(getattr(model_or_ref, "feature_names_in_", ()))
    if isinstance(model_or_ref, str):
        if registry is None:
            raise RegistryError(f"registry= is required with the reference {model_or_ref!r}.")
        model, metadata = registry.load_model(model_or_ref)
        version, columns = metadata.model_id, list(metadata.feature_columns)
        tested = registry.load_evaluation(version)
    if not columns:
        raise RegistryError(
            f"The columns of {version} are unknown; fit it on a DataFrame, such as load_koi().data."
        )
    return model, version, columns, tested


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(name): column for name, column in frame.items()}


def _calibrate(
    probability: Floats,
    model: Any,
    version: str,
    calibration: tuple[Any, Any] | None,
    tested: dict[str, Any],
) -> tuple[Floats, KnownRows]:
    """Return calibrated probabilities, and the rows that they are calibrated on."""
    where = f"the test set stored with {version}"
    if calibration is not None:
        tested, where = evaluate(model, *calibration).arrays, "the rows passed as calibration"
    if not tested:
        raise RegistryError(
            f"{version} has no scores on held-out rows; pass calibration=(X_val, y_val) or "
            "calibrated=False."
        )
    predictions = Predictions.of_arrays(tested, version)
    calibrate = fit_platt_scaling(predictions)
    known = KnownRows(predictions.truth, calibrate(predictions.probability), where)
    return calibrate(probability) if len(probability) else probability, known


def _known_rows(version: str, tested: dict[str, Any]) -> KnownRows | str:
    """Return the predictions on the stored test set, or why they are missing."""
    try:
        predictions = Predictions.of_arrays(tested, version)
    except RegistryError:
        return (
            "Precision and recall are unknown: calibrated=False, and no test set with the "
            f"probabilities of {version} is stored."
        )
    return KnownRows(
        predictions.truth, predictions.probability, f"the test set stored with {version}"
    )


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


def _measured(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return the physical quantities and the model's features of every row of a table."""
    physics = {name for base in PHYSICS for name in (base, f"{base}_err1", f"{base}_err2")}
    wanted = [name for name in frame if name in physics or name in set(columns)]
    return frame[wanted].select_dtypes("number")


def _snapshot(table: Any, name: str | None) -> str:
    if name is not None:
        return name
    if hasattr(table, "frame"):
        return f"{table.name}, snapshot of {table.snapshot}, sha256 {table.sha256[:12]}"
    return "not stated"
