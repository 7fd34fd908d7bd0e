"""The candidates that a model is sure of, as a list for follow-up."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.evaluation import evaluate
from exo_nbregistry.exoplanet.columns import select_columns
from exo_nbregistry.exoplanet.evidence import drivers, look_alikes
from exo_nbregistry.exoplanet.features import refuse_leaks
from exo_nbregistry.exoplanet.measure import Floats, Judgement
from exo_nbregistry.exoplanet.sigmoid import fit_sigmoid
from exo_nbregistry.markup import count
from exo_nbregistry.persistence.atomic import make_folder, replace_file

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry import ModelRegistry

CAVEAT = (
    "A ranking for follow-up, not a discovery: most confirmed planets were validated by "
    "statistics, so the model partly learns the validators."
)
_NOTE = "Follow-up list: "
_SAME_IN_ALL = ("model_version", "snapshot", "caveat")


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
) -> pd.DataFrame:
    """Flag the candidates of a table that a model is sure of, the surest first.

    Parameters
    ----------
    model_or_ref : estimator or str
        A fitted classifier, or a reference to a version in `registry`.
    table : Bunch or DataFrame
        What `load_koi` or `fetch_koi` returned, or a table with the archive's columns. The rows
        whose ``koi_disposition`` is CANDIDATE are judged, those that are CONFIRMED are
        look-alikes; without that column all are judged.
    threshold : float, default=0.9
        The least probability that is flagged.
    calibrated : bool, default=True
        Whether the calibrated probability must reach the threshold, or the model's own.
    registry : ModelRegistry, optional
        Where the reference is.
    calibration : tuple of (X, y), optional
        Rows that the model has not learnt from, such as the validation part, to calibrate on.
        A version is calibrated on the test set that is stored with it.
    snapshot : str, optional
        Which table this is; a Bunch says it by itself.
    allow_leakage : str or iterable of str, default=()
        Columns of the model that leak the label, to show that it is of no use here.

    Returns
    -------
    DataFrame of shape (n_flagged, 10)
        By KOI name: ``probability`` and ``calibrated_probability``; ``agreement`` of the members
        of an ensemble; ``look_alike``, the nearest confirmed planet, at which ``distance``;
        ``driver``, the column that raises the probability most, by how much
        (``driver_effect``); ``model_version``, ``snapshot`` and ``caveat``.

    Raises
    ------
    LeakageError
        If a column of the model leaks the label.
    SignatureMismatchError
        If the table lacks a column of the model.
    RegistryError
        If there is nothing to calibrate on, or the model does not say what its columns are.

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
    model, version, columns, tested = _resolve(model_or_ref, registry)
    refuse_leaks(columns, allow_leakage=allow_leakage)
    frame = _named(getattr(table, "frame", table))
    features = select_columns(frame, columns)
    is_candidate, is_confirmed = (_disposed(frame, d) for d in ("CANDIDATE", "CONFIRMED"))
    if is_candidate is None or is_confirmed is None:
        is_candidate, is_confirmed = np.ones(len(frame), bool), np.zeros(len(frame), bool)
    rows = features[is_candidate]
    probability = np.asarray(model.predict_proba(rows))[:, 1] if len(rows) else np.empty(0)
    better = np.full(len(rows), np.nan)
    if calibrated:
        better = _calibrate(probability, model, version, calibration, tested)
    certain = better if calibrated else probability
    # By name where equally sure, so that a list is the same each time.
    order = np.lexsort((rows.index.to_numpy(dtype=str), -certain))
    kept = order[certain[order] >= threshold]
    rows = rows.iloc[kept]
    flagged: pd.DataFrame = rows[[]].assign(
        probability=probability[kept],
        calibrated_probability=better[kept],
        agreement=_agreement(model, rows),
    )
    for evidence in (
        look_alikes(rows, features[is_confirmed], features),
        drivers(model, rows, features),
    ):
        flagged = flagged.join(evidence)
    return flagged.assign(model_version=version, snapshot=_snapshot(table, snapshot), caveat=CAVEAT)


def export_followup(flagged: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a follow-up list as CSV, whole or not at all.

    Parameters
    ----------
    flagged : DataFrame
        What `flag_candidates` returned.
    path : str or path-like
        The file; its folder is made, and a file of that name is replaced.

    Returns
    -------
    Path
        The file.
    """
    target = Path(path).expanduser()
    make_folder(target.parent)
    replace_file(target, _csv(flagged).encode())
    return target


def record_followup(registry: ModelRegistry, flagged: pd.DataFrame) -> str:
    """Keep a follow-up list with the version that made it, as a note.

    Parameters
    ----------
    registry : ModelRegistry
        Where the version is.
    flagged : DataFrame
        What `flag_candidates` returned for a reference, with at least one row.

    Returns
    -------
    str
        The version's model_id. A list that is its newest one already is not kept again.

    Raises
    ------
    RegistryError
        If the list is empty, or was not made by one registered version.
    """
    versions = flagged["model_version"].unique().tolist()
    if len(versions) != 1 or ":" not in versions[0]:
        made_by = ", ".join(versions) or "nobody, for it is empty"
        raise RegistryError(
            f"A list is kept with the one version that made it, and this was made by {made_by}: "
            "flag candidates with a reference and its registry."
        )
    head = f"{_NOTE}{count(len(flagged), 'candidate')} of {flagged['snapshot'].iloc[0]}. {CAVEAT}"
    text = f"{head}\n{_csv(flagged.drop(columns=list(_SAME_IN_ALL)))}"
    if text not in _lists(registry, versions[0])[-1:]:
        registry.annotate(versions[0], text)
    return str(versions[0])


def read_followup(registry: ModelRegistry, ref: str) -> pd.DataFrame:
    """Return the newest follow-up list that was kept with a version.

    Parameters
    ----------
    registry : ModelRegistry
        Where the version is.
    ref : str
        Any reference.

    Returns
    -------
    DataFrame of shape (n_flagged, 7)
        Without what is the same in each row: model, snapshot and caveat.

    Raises
    ------
    NotFoundError
        If none was kept.
    """
    import pandas as pd

    lists = _lists(registry, ref)
    if not lists:
        raise NotFoundError(
            f"No follow-up list was kept with {ref}: record_followup keeps one.", name=ref
        )
    return pd.read_csv(io.StringIO(lists[-1].partition("\n")[2]), index_col=0)


def _lists(registry: ModelRegistry, ref: str) -> list[str]:
    notes = registry.get_metadata(ref).notes
    return [note.text for note in notes if note.text.startswith(_NOTE)]


def _csv(flagged: pd.DataFrame) -> str:
    text: str = flagged.to_csv(index_label="koi", float_format="%.6g", lineterminator="\n")
    return text


def _resolve(
    model_or_ref: Any, registry: ModelRegistry | None
) -> tuple[Any, str, list[str], dict[str, Any]]:
    """Return the model, what it is called, its columns, and what it said of its test set."""
    tested: dict[str, Any] = {}
    model, version = model_or_ref, f"{type(model_or_ref).__name__} (not registered)"
    columns = list(getattr(model_or_ref, "feature_names_in_", ()))
    if isinstance(model_or_ref, str):
        if registry is None:
            raise RegistryError(f"Pass registry=..., which is where {model_or_ref!r} is.")
        model, metadata = registry.load_model(model_or_ref)
        version, columns = metadata.model_id, list(metadata.feature_columns)
        tested = registry.load_evaluation(version)
    if not columns:
        raise RegistryError(
            f"{version} does not say which columns it takes: fit it on a frame, as load_koi gives."
        )
    return model, version, columns, tested


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index("kepoi_name") if "kepoi_name" in frame else frame


def _disposed(frame: pd.DataFrame, disposition: str) -> Any:
    if "koi_disposition" not in frame:
        return None
    return (frame["koi_disposition"] == disposition).to_numpy()


def _calibrate(
    probability: Floats,
    model: Any,
    version: str,
    calibration: tuple[Any, Any] | None,
    tested: dict[str, Any],
) -> Floats:
    if calibration is not None:
        tested = evaluate(model, *calibration).arrays
    if not tested:
        raise RegistryError(
            f"Nothing is known of {version} on rows that it has not learnt from: pass "
            "calibration=(X_val, y_val), or calibrated=False."
        )
    calibrate = fit_sigmoid(Judgement.of_arrays(tested, version))
    return calibrate(probability) if len(probability) else probability


def _agreement(model: Any, rows: pd.DataFrame) -> Any:
    known = hasattr(model, "agreement_score") and len(rows)
    return model.agreement_score(rows) if known else np.full(len(rows), np.nan)


def _snapshot(table: Any, told: str | None) -> str:
    if told is not None:
        return told
    if hasattr(table, "frame"):
        return f"{table.name}, snapshot of {table.snapshot}, sha256 {table.sha256[:12]}"
    return "not stated"
