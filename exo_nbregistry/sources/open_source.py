"""Choose the reader of a store of another tool."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import Source
from exo_nbregistry.spelling import close_matches, either
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.keys import DESCRIPTOR

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):(//)?", re.IGNORECASE)
_PACKAGE = "exo_nbregistry.sources"


@dataclass(frozen=True, slots=True)
class _Reader:
    """A reader, whose module is imported when it is needed."""

    kind: str
    module: str
    name: str

    def load(self) -> Any:
        return getattr(import_module(self.module), self.name)


# They are tried in this order. A folder of model files is the last, because the folders of other
# tools have model files too.
_READERS = (
    _Reader("mlflow", f"{_PACKAGE}.mlflow_files", "MlflowFiles"),
    _Reader("mlflow", f"{_PACKAGE}.mlflow_database", "MlflowDatabase"),
    _Reader("pins", f"{_PACKAGE}.pins_board", "PinsBoard"),
    _Reader("json-index", f"{_PACKAGE}.json_index", "JsonIndex"),
    _Reader("gto", f"{_PACKAGE}.gto_repository", "GtoRepository"),
    _Reader("files", f"{_PACKAGE}.model_files", "ModelFiles"),
)
KINDS = tuple(dict.fromkeys(reader.kind for reader in _READERS))


def open_source(
    path: str | os.PathLike[str],
    kind: str | None = None,
    *,
    names: Mapping[str, Any] | None = None,
) -> Source:
    """Return the reader of a store.

    Parameters
    ----------
    path : str or Path
        The store, such as ``mlruns``, ``mlflow.db`` or a folder of pickles.
    kind : {'mlflow', 'pins', 'json-index', 'gto', 'files'}, optional
        The tool; by default it is recognized by its files.
    names : mapping, optional
        For a folder of model files, the models and versions of files, as for
        `exo_nbregistry.sources.model_files.ModelFiles`.

    Returns
    -------
    Source
        The reader.

    Raises
    ------
    InvalidInputError
        If the store does not exist, or its tool is unknown or not recognized, or does not take
        `names`.

    Examples
    --------
    >>> open_source("no_such_folder")
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: no_such_folder does not exist; pass the path of ...
    """
    if kind is not None and kind not in KINDS:
        raise InvalidInputError(
            f"Unknown kind of store {kind!r:.60}; did you mean "
            f"{either(close_matches(str(kind), KINDS) or KINDS)}?"
        )
    try:
        place = _existing(path)
        found = _recognize(place, kind)
        if found is None:
            raise InvalidInputError(_unrecognized(place, kind))
        return cast(Source, _open(found, place, names))
    except PermissionError as error:
        raise InvalidInputError(_denied([path])) from error


def _recognize(place: Path, kind: str | None) -> _Reader | None:
    readers = (reader for reader in _READERS if kind in (None, reader.kind))
    return next((reader for reader in readers if reader.load().detects(place)), None)


def _open(reader: _Reader, place: Path, names: Mapping[str, Any] | None) -> Any:
    if names is None:
        return reader.load()(place)
    if reader.kind != "files":
        raise InvalidInputError(
            f"Names of files can be chosen in a folder of model files, and {place} is a store of "
            f"kind {reader.kind!r}; leave them out, or choose the kind 'files'."
        )
    return reader.load()(place, names=names)


def _existing(path: str | os.PathLike[str]) -> Path:
    """Return the path of a store that exists."""
    text = os.fspath(path)
    place = _local(text).expanduser()
    if not text or not place.exists():
        raise InvalidInputError(
            f"{place if text else repr(text)} does not exist; pass the path of a store, such as "
            "mlruns or mlflow.db."
        )
    return place


def _local(path: str) -> Path:
    """Return the path of a store, of which MLflow has an address."""
    match = _ADDRESS.match(path)
    if match is None or os.path.lexists(path):
        return Path(path)
    scheme, rest = match[1].lower(), path[match.end() :]
    if scheme == "file":
        from urllib.request import url2pathname

        return Path(url2pathname(rest))
    if scheme == "sqlite" and rest.startswith("/"):
        return Path(rest[1:])
    if not match[2]:
        return Path(path)
    # The rest of an address can have a password.
    raise InvalidInputError(
        f"The store at {scheme}:// is not on this machine; copy it, and pass the path of the copy, "
        "such as mlruns or mlflow.db."
    )


def _denied(paths: Iterable[object]) -> str:
    return (
        f"Permission denied to read {name_list(paths)}; ask the owner for permission, or pass a "
        "copy."
    )


def _unreadable(place: Path) -> list[Path]:
    """Return the path, or the files and folders in it, that this user cannot read."""
    inside = sorted(place.iterdir()) if place.is_dir() else []
    return [path for path in (place, *inside) if path.exists() and not os.access(path, os.R_OK)]


def _unrecognized(place: Path, kind: str | None) -> str:
    """Return a sentence on a path that no reader recognizes."""
    if unreadable := _unreadable(place):
        return _denied(unreadable)
    if (place / DESCRIPTOR).is_file():
        return (
            f"{place} is a registry of this package; copy it with exo-nbregistry copy or copy_to, "
            "or export and import single versions."
        )
    if place.is_dir() and not any(place.iterdir()):
        return f"{place} is an empty folder; pass the folder or the database of a store."
    if kind is not None:
        return f"{place} is not a store of kind {kind!r}; pass its main folder or its database."
    return (
        f"{place} is not a store of a known kind ({name_list(KINDS)}); pass its main folder or its "
        "database, or choose the kind if the tool is not recognized."
    )
