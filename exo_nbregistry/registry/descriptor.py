"""Registry descriptor: the file that is created once and read when a registry is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    FormatVersionError,
    MissingKeyError,
    RegistryError,
    StoreError,
)
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.founding import create_first_key
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, dump_json, load_json
from exo_nbregistry.values.keys import DESCRIPTOR, DESCRIPTOR_TMP, MODELS

FORMAT = "exo-nbregistry"
FORMAT_VERSION = 1
_UPGRADE = "pip install --upgrade exo-nbregistry"
# The first release that supports this format. Older releases name it in their error.
_MIN_RELEASE = "0.1.0"


def open_descriptor(
    store: Store, path: object, new_id: Callable[[], str], *, create: bool
) -> dict[str, Any]:
    """Return the fields of a registry's descriptor, and create the registry if it is missing.

    Parameters
    ----------
    store : Store
        Store of the registry.
    path : object
        Path passed by the user. A registry is not created in a folder with other files.
    new_id : callable
        Returns a new random id.
    create : bool
        Whether to create a missing registry.

    Returns
    -------
    dict
        Fields of the descriptor, in a format that this release supports.

    Raises
    ------
    RegistryError
        If the folder is not a registry, and has other files or `create` is False.
    FormatVersionError
        If the registry requires a newer release.
    """
    try:
        data = store.read(DESCRIPTOR, max_bytes=MAX_RECORD_BYTES)
    except MissingKeyError:
        _check_folder(path, create, store.location)
        data = _create(store, new_id())
    fields = load_json(data, DESCRIPTOR)
    if fields.get("format") != FORMAT:
        raise RegistryError(
            f"{store.location} is not a registry: the format in its {DESCRIPTOR} is "
            f"{fields.get('format')!r}. Choose another folder."
        )
    features = [str(name) for name in fields.get("reader_features", [])]
    if fields.get("format_version") != FORMAT_VERSION or features:
        raise FormatVersionError(
            f"{store.location} requires format {fields.get('format_version')} "
            f"{' '.join(features)}, and this release reads format {FORMAT_VERSION}: "
            f"{_how_to_install(fields)}.",
            found=fields.get("format_version"),
            supported=FORMAT_VERSION,
        )
    return fields


def require_writable(fields: dict[str, Any], location: str) -> None:
    """Raise FormatVersionError if only a newer release can write to the registry.

    Parameters
    ----------
    fields : dict
        Fields of the descriptor.
    location : str
        Location of the registry, for the message.
    """
    features = [str(name) for name in fields.get("writer_features", [])]
    if features:
        raise FormatVersionError(
            f"{location} can be read by this release, but to write it needs "
            f"{' '.join(features)}: {_how_to_install(fields)}.",
            found=features,
            supported=[],
        )


def _create(store: Store, registry_id: str) -> bytes:
    fields = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "registry_id": registry_id,
        "reader_features": [],
        "writer_features": [],
        "min_release": _MIN_RELEASE,
    }
    data = dump_json(fields, DESCRIPTOR)
    # If another process creates the registry at the same time, its id is used.
    return create_first_key(
        store, DESCRIPTOR, data, staging=DESCRIPTOR_TMP, max_bytes=MAX_RECORD_BYTES
    )


def _how_to_install(fields: dict[str, Any]) -> str:
    release = fields.get("min_release")
    known = isinstance(release, str) and re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", release)
    return f"pip install --upgrade 'exo-nbregistry>={release}'" if known else _UPGRADE


def _check_folder(path: object, create: bool, location: str) -> None:
    if not create:
        raise RegistryError(
            f"There is no registry in {location}; pass the folder that holds {DESCRIPTOR}."
        )
    if not isinstance(path, str | os.PathLike):
        return
    folder = Path(path).expanduser()
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{location} is a file; choose a folder for the registry.", key="")
    others = sorted(set(os.listdir(folder)) - {MODELS}) if folder.is_dir() else []
    others = [name for name in others if not name.startswith(DESCRIPTOR)]
    if others:
        more = f" and {len(others) - 1} more" if others[1:] else ""
        raise RegistryError(
            f"{location} is not a registry and holds {others[0]!r}{more}; choose an empty or a "
            "new folder."
        )
