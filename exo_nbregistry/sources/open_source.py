"""Choose the reader of a store of another tool."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import Source
from exo_nbregistry.spelling import close_matches
from exo_nbregistry.text.names import name_list

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
        The store, such as ``mlruns``, ``mlflow.db`` or a folder of pickles. The address of a file
        is its path: ``sqlite:///mlflow.db``, ``file:mlruns``.
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
        If the store is not on this machine or does not exist, or its tool is unknown or not
        recognized, or does not take `names`.

    Examples
    --------
    >>> open_source("no_such_folder")
    Traceback (most recent call last):
    exo_nbregistry.errors.InvalidInputError: no_such_folder does not exist; pass the path of ...
    """
    if kind is not None and kind not in KINDS:
        close = close_matches(str(kind), KINDS)
        hint = f"did you mean {close[0]!r}?" if close else f"pass one of {name_list(KINDS)}."
        raise InvalidInputError(f"Unknown kind of store {kind!r:.60}; {hint}")
    place = _local(os.fspath(path)).expanduser()
    if not place.exists():
        raise InvalidInputError(
            f"{place} does not exist; pass the path of a store, such as mlruns or mlflow.db."
        )
    for reader in _READERS:
        if kind in (None, reader.kind) and (found := reader.load()).detects(place):
            if names is None:
                return cast(Source, found(place))
            if reader.kind != "files":
                raise InvalidInputError(
                    f"names= is for folders of model files, and {place} is a store of kind "
                    f"{reader.kind!r}; leave it out, or pass kind='files'."
                )
            return cast(Source, found(place, names=names))
    tried = f"a store of kind {kind!r}" if kind else f"a store of a known kind ({name_list(KINDS)})"
    raise InvalidInputError(
        f"{place} is not {tried}; pass its main folder or its database, and kind= if the tool is "
        "not recognized."
    )


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
