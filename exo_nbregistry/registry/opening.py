"""Open the store behind a path, a URL or a store object, and open it again in another process."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import InvalidInputError, RegistryError, StoreError
from exo_nbregistry.registry.storage_options import (
    FILE_NAME,
    bucket_options,
    check_options,
    omitted_options,
)
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket_options import public_options
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.url import is_url, parse_url
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

_URL_AS_PATH = re.compile(r"(s3|az|gs):[\\/]")


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
    if isinstance(path, PurePath) and _URL_AS_PATH.match(str(path)):
        raise RegistryError("A Path cannot hold a URL; pass the URL as text, without Path().")
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


def opening_call(registry: ModelRegistry) -> tuple[Any, ...]:
    """Return the call that opens a registry in another process, for ``__reduce__``.

    Raises
    ------
    TypeError
        If the registry was opened with a store, keyring, clock or `new_id`.
    """
    work = registry._workspace
    if work.durable is None:
        raise TypeError(
            "A registry with its own store, keyring, clock or ids cannot be pickled; "
            f"open it where it is used, with ModelRegistry({work.location!r}, ...)."
        )
    # A registry that exists now is not created again where it is missing.
    create = False if work.descriptor.exists else None
    kind, location = type(registry), work.location
    if not is_url(location):
        return functools.partial(kind, create=create, durable=work.durable), (location,)
    options, omitted = work.public_options, work.omitted_options
    return _reopen, (kind, location, create, options, omitted)


def _reopen(
    kind: type[ModelRegistry],
    location: str,
    create: bool | None,
    options: dict[str, Any],
    omitted: tuple[str, ...],
) -> ModelRegistry:
    """Open a registry in a bucket, with the credentials of this process."""
    try:
        return kind(location, create=create, storage_options=options or None)
    except StoreError as error:
        if not omitted:
            raise
        failure = StoreError(
            f"{str(error).rstrip('.')}. The storage options {name_list(omitted)} may be secret "
            "and are not sent to other processes; there, set the environment variables of the "
            f"cloud, such as AWS_SECRET_ACCESS_KEY, or write {FILE_NAME}.",
            key=error.key,
        )
        failure.errno = error.errno
        raise failure from None


def shared_options(
    storage_options: Mapping[str, Any] | None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the options for other processes, and the names of those that stay in this one."""
    options = check_options(storage_options)
    return public_options(options), omitted_options(options)


def _with_obstore(make: Callable[[Any], Store]) -> Store:
    try:
        from exo_nbregistry.store import bucket

        return make(bucket)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "obstore":
            raise
        raise RegistryError(
            "A registry in a bucket requires obstore; run pip install 'exo-nbregistry[cloud]'."
        ) from None


def _not_a_place(path: object) -> RegistryError:
    return RegistryError(
        "The path of a registry must be a folder, such as 'models/registry', or the URL of a "
        f"bucket, such as 's3://bucket/registry', got {path!r:.60}."
    )
