"""The store of a path, a URL of a bucket or a store object."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.registry.storage_options import (
    bucket_options,
    check_options,
)
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.url import is_url, parse_url, require_slashes


def open_store(path: Any, *, durable: bool, storage_options: Mapping[str, Any] | None) -> Store:
    """Return the store of a registry.

    Parameters
    ----------
    path : str, Path, Store or obstore store
        A folder, the URL of a bucket, or a store.
    durable : bool
        Whether each change of a folder is flushed to disk.
    storage_options : mapping or None
        Options of a bucket.

    Returns
    -------
    Store
        The store. Nothing is read or written.

    Raises
    ------
    RegistryError
        If `path` is not one of these, or obstore is not installed.
    InvalidInputError
        If `storage_options` was passed for something other than a URL.

    Examples
    --------
    >>> open_store("models/registry", durable=True, storage_options=None).location
    '...registry'
    """
    if isinstance(path, str) and is_url(path):
        url = parse_url(path)
        options = bucket_options(url, storage_options)
        return _with_obstore(lambda bucket: bucket.BucketStore(str(url), options))
    if check_options(storage_options):
        raise InvalidInputError(
            "storage_options= requires the URL of a bucket, such as 's3://bucket/registry', got "
            f"{path!r:.60}."
        )
    if isinstance(path, PurePath):
        _require_no_url(path)
    if isinstance(path, str):
        require_slashes(path)
    if isinstance(path, str | os.PathLike):
        if "\0" in str(path):
            raise _not_a_place(path)
        return LocalStore(Path(path).expanduser(), durable=durable)
    if type(path).__module__.partition(".")[0] == "obstore":
        return _with_obstore(lambda bucket: bucket.BucketStore.over(path))
    if not hasattr(path, "create"):
        raise _not_a_place(path)
    store: Store = path
    return store


def open_bucket(url: str) -> Store:
    """Return the store of a URL, with the options of the user's file and of the environment.

    Parameters
    ----------
    url : str
        The URL.

    Returns
    -------
    Store
        The store. Nothing is read or written.

    Raises
    ------
    RegistryError
        If it is not a URL of a bucket, or obstore is not installed.
    """
    return open_store(url, durable=True, storage_options=None)


def _with_obstore(make: Callable[[Any], Store]) -> Store:
    try:
        from exo_nbregistry.store import bucket

        return make(bucket)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "obstore":
            raise
        raise RegistryError(
            "Buckets require obstore; run pip install 'exo-nbregistry[cloud]'."
        ) from None


def _require_no_url(path: PurePath) -> None:
    try:
        require_slashes(str(path))
    except InvalidInputError:
        raise RegistryError(
            "A Path cannot hold a URL; pass the URL as text, without Path()."
        ) from None


def _not_a_place(path: object) -> RegistryError:
    return RegistryError(
        "The path of a registry must be a folder, such as 'models/registry', or the URL of a "
        f"bucket, such as 's3://bucket/registry', got {path!r:.60}."
    )
