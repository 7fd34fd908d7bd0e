"""A version of MLflow from its parts: the registered version, its run, its logged model, its files.

Both stores of MLflow give the same parts, which this module joins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exo_nbregistry.sources.file_content import read_content
from exo_nbregistry.sources.folder_files import folder_files
from exo_nbregistry.sources.found import FoundFile, FoundVersion, MetricPoint
from exo_nbregistry.sources.mlflow_model import ModelFolder, read_model_folder
from exo_nbregistry.sources.mlflow_uri import Locator
from exo_nbregistry.sources.mlflow_values import Series, plain_value, time_of

DELETED = "Deleted_Internal"
"""Stage of a version that was deleted."""
PROMPT_TAG = "mlflow.prompt.is_prompt"
"""Tag of a registered model that is a prompt."""
MAX_RUN_BYTES = 32 << 20
"""Files of a run beside its model move only if they are not larger together, in bytes."""

RUN_FOLDER = "run_artifacts"
"""Folder of the files of the run, in the files of the version."""

# Tags of a run that are facts for a reader; the others are for MLflow's own pages.
_RUN_TAGS = {
    "mlflow.note.content": "mlflow.run_description",
    "mlflow.parentRunId": "mlflow.parent_run_id",
    "mlflow.source.git.branch": "mlflow.git_branch",
    "mlflow.source.git.commit": "mlflow.git_commit",
    "mlflow.source.git.repoURL": "mlflow.git_url",
    "mlflow.source.name": "mlflow.source_name",
}
_OWN = "mlflow."


@dataclass(slots=True, kw_only=True)
class Registered:
    """A registered version, as a row or a ``meta.yaml`` has it.

    Attributes
    ----------
    name : str
        Name of the registered model.
    number : int
        Number of the version.
    created_ms, description, user, stage, source, run_id, status, storage_location, model_id
        The fields of the same meaning in MLflow. ``created_ms`` is in milliseconds since 1970.
    tags : dict of str to str
        Tags of the version.
    aliases : tuple of str
        Its aliases.
    """

    name: str
    number: int
    created_ms: int | None = None
    description: str | None = None
    user: str | None = None
    stage: str | None = None
    source: str | None = None
    run_id: str | None = None
    status: str | None = None
    storage_location: str | None = None
    model_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Run:
    """The run that logged a version.

    Attributes
    ----------
    name, user, experiment : str or None
        Name of the run, its user, and the name of its experiment.
    is_deleted : bool
        Whether the run was deleted.
    location : str or None
        URI of its artifacts.
    params, tags : dict of str to str
        Texts by key.
    metrics : dict of str to Series
        Points by metric.
    dataset, dataset_digest : str or None
        Name and digest of the training data.
    lost : tuple of str
        Parts that cannot be read, and why.
    """

    name: str | None = None
    user: str | None = None
    experiment: str | None = None
    is_deleted: bool = False
    location: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, Series] = field(default_factory=dict)
    dataset: str | None = None
    dataset_digest: str | None = None
    lost: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class LoggedModel:
    """A logged model of MLflow 3.

    Attributes
    ----------
    run_id : str or None
        The run that logged it.
    location : str or None
        URI of its artifacts.
    params : dict of str to str
        Texts by key.
    metrics : dict of str to Series
        Points by metric.
    lost : tuple of str
        Parts that cannot be read, and why.
    """

    run_id: str | None = None
    location: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, Series] = field(default_factory=dict)
    lost: tuple[str, ...] = ()


def join_version(
    registered: Registered, run: Run | None, logged: LoggedModel | None, locator: Locator
) -> FoundVersion:
    """Return a version with the facts of all its parts.

    Parameters
    ----------
    registered : Registered
        The registered version.
    run : Run or None
        Its run, if the store has it.
    logged : LoggedModel or None
        Its logged model, if the store has it.
    locator : Locator
        Finds its files.

    Returns
    -------
    FoundVersion
        The version. Parts that are missing are in ``lost``.
    """
    lost = [*(run.lost if run else ()), *(logged.lost if logged else ())]
    if registered.run_id and run is None:
        lost.append("facts of runs that are not in the store")
    path, reason = _find_files(registered, logged, locator)
    if path is None:
        lost.append(reason)
    folder = read_model_folder(path) if path else ModelFolder()
    lost += folder.lost
    files: dict[str, FoundFile] = {}
    if run is not None and run.location:
        files = _run_files(run.location, path, locator, lost)
    metrics = _metrics(run, logged)
    lost += [
        f"values of the metric {name} beyond every {series.every}th"
        for name, series in metrics.items()
        if series.every > 1
    ]
    params = (run.params if run else {}) | (logged.params if logged else {})
    number = registered.number
    return FoundVersion(
        source_id=f"mlflow:{registered.name}:{number}:{registered.created_ms or 0}",
        number=number,
        model_file=folder.model_file,
        files=files | dict(folder.files),
        created_at=time_of(registered.created_ms),
        description=registered.description or "",
        algorithm=_algorithm(folder, run),
        metrics={name: series.last for name, series in metrics.items()},
        metric_history=_histories(metrics),
        hyperparameters={key: plain_value(text) for key, text in params.items()},
        feature_columns=folder.feature_columns,
        column_types=folder.column_types,
        packages=folder.packages,
        python=folder.python,
        training_dataset=run.dataset if run else None,
        tags=_tags(registered, run),
        aliases=registered.aliases,
        lost=tuple(lost),
    )


def _find_files(
    registered: Registered, logged: LoggedModel | None, locator: Locator
) -> tuple[Path | None, str]:
    reasons = []
    uris = (registered.storage_location, logged and logged.location, registered.source)
    for uri in dict.fromkeys(uri for uri in uris if uri):
        path, reason = locator.find(uri)
        if path is not None:
            return path, ""
        reasons.append(reason)
    return None, reasons[0] if reasons else "files that the store does not name"


def _run_files(
    location: str, model: Path | None, locator: Locator, lost: list[str]
) -> dict[str, FoundFile]:
    """List the files that were logged beside the model, such as figures."""
    path, _ = locator.find(location)
    if path is None or path == model or not path.is_dir():
        return {}
    listed = folder_files(path, skip=lambda names: "MLmodel" in names)
    files = {
        f"{RUN_FOLDER}/{name}": file
        for name, file in listed.files.items()
        if model is None or not file.path.is_relative_to(model)
    }
    size_bytes = sum(file.size_bytes for file in files.values())
    if size_bytes > MAX_RUN_BYTES or not listed.is_complete:
        lost.append(f"files beside the model of runs with more than {MAX_RUN_BYTES >> 20} MiB")
        return {}
    return files


def _metrics(run: Run | None, logged: LoggedModel | None) -> dict[str, Series]:
    metrics = dict(run.metrics) if run else {}
    for name, series in (logged.metrics if logged else {}).items():
        # MLflow copies the run's points of the step at which a model is logged, by default 0,
        # although the training was longer. Other values belong to the model alone.
        of_run = metrics.get(name)
        if of_run is not None:
            # The database stores NaN only for runs, so that a copied point is read from the run.
            is_copy = series.last_time == of_run.last_time
            if is_copy or (series.last_time[0] == 0 and of_run.last_time[0] > 0):
                continue
        metrics[name] = series
    return dict(sorted(metrics.items()))


def _histories(metrics: Mapping[str, Series]) -> dict[str, tuple[MetricPoint, ...]]:
    histories = {}
    for name, series in metrics.items():
        if series.n_points > 1 and len(points := series.points()) > 1:
            histories[name] = points
    return histories


def _algorithm(folder: ModelFolder, run: Run | None) -> str | None:
    # Written by MLflow's autolog; otherwise the first class that the file names.
    name = run.tags.get("estimator_name") if run else None
    if name or folder.algorithm or folder.model_file is None:
        return name or folder.algorithm
    try:
        return read_content(folder.model_file.path).algorithm
    except OSError:
        return None


def _tags(registered: Registered, run: Run | None) -> dict[str, Any]:
    tags: dict[str, Any] = dict(registered.tags)
    if run is not None:
        for key, value in run.tags.items():
            if not key.startswith(_OWN):
                # A tag of the version has precedence over a tag of its run.
                tags.setdefault(key, value)
            elif (name := _RUN_TAGS.get(key)) and value:
                tags[name] = value
    stage = registered.stage if registered.stage != "None" else None
    created_at = time_of(registered.created_ms)
    ids = {
        "mlflow.version": registered.number,
        "mlflow.run_id": registered.run_id,
        "mlflow.model_id": registered.model_id,
        "mlflow.source": registered.source,
        "mlflow.created_at": created_at.isoformat() if created_at else None,
        "mlflow.user": registered.user or (run and (run.user or run.tags.get("mlflow.user"))),
        "mlflow.status": registered.status,
        "mlflow.stage": stage,
        "mlflow.run_name": run and (run.name or run.tags.get("mlflow.runName")),
        "mlflow.experiment": run and run.experiment,
        "mlflow.dataset_digest": run and run.dataset_digest,
        "mlflow.run_deleted": (run and run.is_deleted) or None,
    }
    return tags | {key: value for key, value in ids.items() if value not in (None, "")}
