"""Parts of MLflow's file store: the folders of versions, runs and logged models.

Source: ``mlflow/store/tracking/file_store.py`` and ``mlflow/store/fs2db`` of MLflow 3.17.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from exo_nbregistry.fs.regular_file import open_regular, read_regular
from exo_nbregistry.sources.folder_files import folder_files
from exo_nbregistry.sources.mlflow_uri import model_id_of
from exo_nbregistry.sources.mlflow_values import Series
from exo_nbregistry.sources.mlflow_version import LoggedModel, Registered, Run
from exo_nbregistry.sources.safe_yaml import read_yaml
from exo_nbregistry.text.markup import count

META = "meta.yaml"
TRASH = ".trash"
_TRAINING = {"training", "train"}
_MAX_TEXT_BYTES = 1 << 20


def names_in(folder: Path) -> list[str]:
    """Return the sorted names in a folder; none if it does not exist.

    Parameters
    ----------
    folder : Path
        The folder.
    """
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def folders_in(folder: Path) -> list[Path]:
    """Return the sorted subfolders of a folder, without links; none if it does not exist.

    Parameters
    ----------
    folder : Path
        The folder.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(found)]


def texts_in(folder: Path) -> dict[str, str]:
    """Return the text of each file below a folder by its path: parameters, tags or aliases.

    Parameters
    ----------
    folder : Path
        The folder.
    """
    texts = {}
    for key, file in folder_files(folder).files.items():
        try:
            texts[key] = read_regular(file.path, _MAX_TEXT_BYTES).decode("utf-8", "replace")
        except OSError:
            texts[key] = ""
    return texts


def read_meta(folder: Path, lost: list[str], name: str = META) -> dict[str, Any]:
    """Return ``meta.yaml`` of a folder; an empty dict if it is damaged, which is reported.

    Parameters
    ----------
    folder : Path
        The folder.
    lost : list of str
        Gets the reason if the file cannot be read.
    name : str
        Name of the part, for the reason.
    """
    try:
        found = read_yaml(folder / META)
    except FileNotFoundError:
        lost.append(f"{name}: it has no file {META}")
        return {}
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        lost.append(f"{name}: its {META} cannot be read ({reason})")
        return {}
    if not isinstance(found, dict):
        lost.append(f"{name}: its {META} has no fields")
        return {}
    return found


def text_of(meta: Mapping[str, Any], key: str) -> str | None:
    """Return a field that is a text, or None.

    Parameters
    ----------
    meta : mapping
        Content of a ``meta.yaml``.
    key : str
        The field.
    """
    value = meta.get(key)
    return value if isinstance(value, str) and value else None


def location_of(folder: Path, meta: Mapping[str, Any], key: str) -> str | None:
    """Return the folder ``artifacts`` of a run or model, or else the recorded location.

    Parameters
    ----------
    folder : Path
        Folder of the run or model.
    meta : mapping
        Its ``meta.yaml``.
    key : str
        Field of the recorded location.
    """
    artifacts = folder / "artifacts"
    return str(artifacts) if artifacts.is_dir() else text_of(meta, key)


def read_registered(folder: Path, meta: Mapping[str, Any], name: str, number: int) -> Registered:
    """Return a registered version, without its aliases.

    Parameters
    ----------
    folder : Path
        Its folder.
    meta : mapping
        Its ``meta.yaml``.
    name : str
        Name of the model.
    number : int
        Number of the version.
    """
    created_ms = meta.get("creation_timestamp")
    source, stored = text_of(meta, "source"), text_of(meta, "storage_location")
    return Registered(
        name=name,
        number=number,
        created_ms=created_ms if isinstance(created_ms, int) else None,
        description=text_of(meta, "description"),
        user=text_of(meta, "user_id"),
        stage=text_of(meta, "current_stage"),
        source=source,
        run_id=text_of(meta, "run_id"),
        status=text_of(meta, "status"),
        storage_location=stored,
        model_id=text_of(meta, "model_id") or model_id_of(source, stored),
        tags=texts_in(folder / "tags"),
    )


def read_run(folder: Path) -> Run:
    """Return a run.

    Parameters
    ----------
    folder : Path
        Its folder.
    """
    lost: list[str] = []
    meta = read_meta(folder, lost, f"run {folder.name}")
    dataset, digest = _dataset(folder)
    in_trash = folder.parent.parent.name == TRASH
    return Run(
        name=text_of(meta, "run_name") or text_of(meta, "name"),
        user=text_of(meta, "user_id"),
        experiment=_experiment_name(folder.parent),
        is_deleted=in_trash or meta.get("lifecycle_stage") == "deleted",
        location=location_of(folder, meta, "artifact_uri"),
        params=texts_in(folder / "params"),
        tags=texts_in(folder / "tags"),
        metrics=_metrics(folder / "metrics", lost),
        dataset=dataset,
        dataset_digest=digest,
        lost=tuple(lost),
    )


def read_logged_model(folder: Path) -> LoggedModel:
    """Return a logged model of MLflow 3.

    Parameters
    ----------
    folder : Path
        Its folder.
    """
    lost: list[str] = []
    meta = read_meta(folder, lost, f"logged model {folder.name}")
    return LoggedModel(
        run_id=text_of(meta, "source_run_id"),
        location=location_of(folder, meta, "artifact_location"),
        params=texts_in(folder / "params"),
        metrics=_metrics(folder / "metrics", lost),
        lost=tuple(lost),
    )


def _metrics(folder: Path, lost: list[str]) -> dict[str, Series]:
    metrics: dict[str, Series] = defaultdict(Series)
    for name, file in folder_files(folder).files.items():
        n_damaged = 0
        try:
            with open_regular(file.path) as lines:
                for line in lines:
                    n_damaged += not _add_point(metrics[name], line)
        except OSError as error:
            lost.append(f"values of the metric {name} ({error.strerror or error})")
        if n_damaged:
            lost.append(f"{count(n_damaged, 'damaged line')} of the metric {name}")
    return {name: series for name, series in metrics.items() if series.n_points}


def _add_point(series: Series, line: bytes) -> bool:
    # A line has the time, the value, and, except in old stores, the step; MLflow 3 adds more.
    parts = line.split()
    try:
        series.add(int(parts[2]) if len(parts) > 2 else 0, int(parts[0]), float(parts[1]))
    except (ValueError, IndexError):
        return not parts
    return True


def _dataset(run: Path) -> tuple[str | None, str | None]:
    chosen: tuple[str | None, str | None] = None, None
    for folder in folders_in(run / "inputs"):
        link = read_meta(folder, [])
        source = text_of(link, "source_id")
        if link.get("source_type") != "DATASET" or not source or os.path.dirname(source):
            continue
        meta = read_meta(run.parent / "datasets" / source, [])
        found = text_of(meta, "name"), text_of(meta, "digest")
        tags = link.get("tags")
        if isinstance(tags, dict) and tags.get("mlflow.data.context") in _TRAINING:
            return found
        chosen = chosen if chosen[0] else found
    return chosen


@lru_cache(256)
def _experiment_name(folder: Path) -> str | None:
    return text_of(read_meta(folder, []), "name")
