"""The file store of MLflow (``mlruns``), read without MLflow.

Source: ``mlflow/store/model_registry/file_store.py`` of MLflow 2.22 and 3.17.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.sources.found import FoundModel, FoundVersion
from exo_nbregistry.sources.mlflow_folders import (
    META,
    TRASH,
    folders_in,
    location_of,
    names_in,
    read_logged_model,
    read_meta,
    read_registered,
    read_run,
    text_of,
    texts_in,
)
from exo_nbregistry.sources.mlflow_uri import Locator
from exo_nbregistry.sources.mlflow_version import (
    DELETED,
    PROMPT_TAG,
    LoggedModel,
    Registered,
    Run,
    join_version,
)
from exo_nbregistry.text.markup import count

FOLDER_NAME = "mlruns"
_MODELS = "models"
_VERSION = "version-"
# Names in an experiment that are not runs.
_RESERVED = {META, "tags", "datasets", "traces", _MODELS}


class MlflowFiles:
    """The file store of MLflow.

    Parameters
    ----------
    path : Path
        ``mlruns``, or the folder that has it.
    """

    kind = "mlflow"

    def __init__(self, path: Path) -> None:
        self._root = path if _is_store(path) else path / FOLDER_NAME
        self.location = str(self._root)
        self._locator = Locator(self._root, self)
        # The experiment that was found last is first: neighbors are often in the same one.
        self._experiments = _experiments(self._root)
        self.lost = self._lost()

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a path is a file store of MLflow, or a folder with one in ``mlruns``.

        If the folder has a database too, the store was migrated to it.

        Parameters
        ----------
        path : Path
            The path.
        """
        is_migrated = (path / "mlflow.db").is_file()
        return _is_store(path) or (_is_store(path / FOLDER_NAME) and not is_migrated)

    def models(self) -> Iterator[FoundModel]:
        """Yield the registered models in the order of their names, without prompts."""
        for folder in folders_in(self._root / _MODELS):
            tags = texts_in(folder / "tags")
            if PROMPT_TAG in tags:
                continue
            lost: list[str] = []
            meta = read_meta(folder, lost, f"model {folder.name}")
            name = text_of(meta, "name") or folder.name
            _registered(folder, name, lost)
            yield FoundModel(
                name=name,
                description=text_of(meta, "description") or "",
                tags=tags,
                lost=tuple(lost),
            )

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model, oldest first.

        Parameters
        ----------
        name : str
            Name of the model.
        """
        folder = self._model_folder(name)
        for registered in _registered(folder, name, []) if folder else []:
            logged = self._logged_model(registered.model_id)
            if logged and not registered.run_id:
                registered.run_id = logged.run_id
            yield join_version(registered, self._run(registered.run_id), logged, self._locator)

    def run_location(self, run_id: str) -> str | None:
        """Return the folder of the artifacts of a run, or None.

        Parameters
        ----------
        run_id : str
            The run.
        """
        folder = self._find(run_id)
        return location_of(folder, read_meta(folder, []), "artifact_uri") if folder else None

    def logged_model_location(self, model_id: str) -> str | None:
        """Return the folder of a logged model, or None.

        Parameters
        ----------
        model_id : str
            The logged model.
        """
        folder = self._find(model_id, _MODELS)
        return location_of(folder, read_meta(folder, []), "artifact_location") if folder else None

    def version_location(self, name: str, number_or_alias: str) -> str | None:
        """Return the URI of a registered version, or None.

        Parameters
        ----------
        name : str
            Name of the model.
        number_or_alias : str
            Its number or an alias.
        """
        folder = self._model_folder(name)
        if folder is None:
            return None
        number = number_or_alias
        if not number.isdecimal():
            number = texts_in(folder / "aliases").get(number_or_alias, "").strip()
        meta = read_meta(folder / f"{_VERSION}{number}", []) if number.isdecimal() else {}
        return text_of(meta, "storage_location") or text_of(meta, "source")

    def _model_folder(self, name: str) -> Path | None:
        folders = folders_in(self._root / _MODELS)
        # The folder has the name of the model, unless it was renamed by hand.
        by_folder = [folder for folder in folders if folder.name == name]
        named = (f for f in folders if text_of(read_meta(f, []), "name") == name)
        return by_folder[0] if by_folder else next(named, None)

    def _find(self, name: str, below: str = "") -> Path | None:
        if os.path.basename(name) != name or name in ("", ".", ".."):
            return None
        for place, experiment in enumerate(self._experiments):
            if (folder := experiment / below / name).is_dir():
                self._experiments.insert(0, self._experiments.pop(place))
                return folder
        return None

    def _run(self, run_id: str | None) -> Run | None:
        folder = self._find(run_id) if run_id else None
        return read_run(folder) if folder else None

    def _logged_model(self, model_id: str | None) -> LoggedModel | None:
        folder = self._find(model_id, _MODELS) if model_id else None
        return read_logged_model(folder) if folder else None

    def _lost(self) -> tuple[str, ...]:
        prompts = [
            folder
            for folder in folders_in(self._root / _MODELS)
            if (folder / "tags" / PROMPT_TAG).is_file()
        ]
        trash = [folder for folder in self._experiments if folder.parent.name == TRASH]
        counts = [
            (sum(len(names_in(folder / "traces")) for folder in self._experiments), "trace"),
            (len(prompts), "prompt"),
            (len(trash), "deleted experiment"),
            (sum(len(set(names_in(folder)) - _RESERVED) for folder in trash), "deleted run"),
        ]
        return tuple(count(number, noun) for number, noun in counts if number)


def _registered(folder: Path, name: str, lost: list[str]) -> list[Registered]:
    aliases: dict[str, list[str]] = {}
    for alias, number in texts_in(folder / "aliases").items():
        aliases.setdefault(number.strip(), []).append(alias)
    found, n_deleted = [], 0
    for path in folders_in(folder):
        number = path.name.removeprefix(_VERSION)
        if number == path.name or not number.isdecimal():
            continue
        if not (meta := read_meta(path, lost, path.name)):
            continue
        if meta.get("current_stage") == DELETED:
            n_deleted += 1
            continue
        registered = read_registered(path, meta, name, int(number))
        registered.aliases = tuple(aliases.get(number, ()))
        found.append(registered)
    if n_deleted:
        lost.append(count(n_deleted, "deleted version"))
    return sorted(found, key=lambda version: version.number)


def _is_store(path: Path) -> bool:
    # A database store also has a folder mlruns, with artifacts only.
    registered = folders_in(path / _MODELS)
    return any((folder / META).is_file() for folder in (*registered, *_experiments(path)))


def _experiments(root: Path) -> list[Path]:
    return [
        folder
        for parent in (root, root / TRASH)
        for folder in folders_in(parent)
        if folder.name not in (_MODELS, TRASH)
    ]
