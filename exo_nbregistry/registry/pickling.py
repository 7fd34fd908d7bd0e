"""The call that opens a registry in another process, for pickles."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.registry.storage_options import FILE_NAME
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.store.url import is_url
from exo_nbregistry.text.names import name_list


def opening_call(kind: Callable[..., Any], work: Workspace) -> tuple[Any, ...]:
    """Return the call that opens a registry in another process, for ``__reduce__``.

    Parameters
    ----------
    kind : type
        `ModelRegistry` or a subclass.
    work : Workspace
        The open registry.

    Returns
    -------
    tuple
        A function and its arguments, without secrets.

    Raises
    ------
    TypeError
        If the registry was opened with a store, keyring, clock or `new_id`.
    """
    if work.durable is None:
        raise TypeError(
            "A registry with its own store, keyring, clock or ids cannot be pickled; "
            f"open it where it is used, with ModelRegistry({work.location!r}, ...)."
        )
    # A registry that exists now is not created again where it is missing.
    create = False if work.descriptor.exists else None
    location = work.location
    if not is_url(location):
        return functools.partial(kind, create=create, durable=work.durable), (location,)
    options, omitted = work.public_options, work.omitted_options
    return _reopen, (kind, location, create, options, omitted)


def _reopen(
    kind: Callable[..., Any],
    location: str,
    create: bool | None,
    options: dict[str, Any],
    omitted: tuple[str, ...],
) -> Any:
    """Open a registry in a bucket, with the credentials of this process."""
    with naming_omitted_options(omitted):
        return kind(location, create=create, storage_options=options or None)


@contextlib.contextmanager
def naming_omitted_options(omitted: Sequence[str]) -> Iterator[None]:
    """Name in errors of the block the options that were not sent to this process.

    Parameters
    ----------
    omitted : sequence of str
        ``Workspace.omitted_options`` of the process that sent the registry.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    StoreError
        If the block cannot open or read the bucket.
    """
    try:
        yield
    except (StoreError, InvalidInputError) as error:
        if not omitted:
            raise
        failure = StoreError(
            f"{str(error).rstrip('.')}. The storage options {name_list(omitted)} may be secret "
            "and are not sent to other processes; there, set the environment variables of the "
            f"cloud, such as AWS_SECRET_ACCESS_KEY, or write {FILE_NAME}.",
            key=getattr(error, "key", ""),
        )
        failure.errno = getattr(error, "errno", None)
        raise failure from None
