"""The checks that a path is local, and that a target is outside of the registry."""

from __future__ import annotations

import os
from pathlib import Path

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.url import is_url, require_slashes
from exo_nbregistry.values.keys import DESCRIPTOR


def require_local(path: str | os.PathLike[str], call: str) -> None:
    """Check that a path is not a URL, which would become a folder of that name.

    Parameters
    ----------
    path : str or Path
        The path that the user passed.
    call : str
        Name of the method, for the message.

    Raises
    ------
    StoreError
        If it is a URL. The message does not repeat it, because it may have a password.
    InvalidInputError
        If it is a URL without its two slashes.
    """
    if not isinstance(path, str):
        return
    require_slashes(path)
    if is_url(path):
        raise StoreError(
            f"{call} requires a local path, got a URL; use a local folder and copy it from or to "
            "the bucket. copy_to() copies a whole registry.",
            key="",
        )


def require_outside(store: Store, directory: str | os.PathLike[str], verb: str = "export") -> None:
    """Check that a folder is not inside the registry, whose files are all its own.

    Parameters
    ----------
    store : Store
        The store of the registry.
    directory : str or Path
        The folder that the user passed.
    verb : str
        What is done, for the message.

    Raises
    ------
    StoreError
        If the folder is inside the registry.
    """
    descriptor = store.local_path(DESCRIPTOR)
    if descriptor is None:
        return
    own = Path(os.path.realpath(descriptor)).parent
    if Path(os.path.realpath(directory)).is_relative_to(own):
        raise StoreError(
            f"{directory} is inside the registry; {verb} to a folder outside of {store.location}.",
            key=str(directory),
        )
