"""The registry that is used if no path is passed."""

from __future__ import annotations

import os
from pathlib import Path

from exo_nbregistry.errors import RegistryNotFoundError
from exo_nbregistry.registry.nearby import near_registries
from exo_nbregistry.store.url import is_url, require_slashes
from exo_nbregistry.values.keys import DESCRIPTOR

VARIABLE = "EXO_NBREGISTRY"
DEFAULT = Path("models", "registry")


def default_path(option: str = "the path of the registry") -> Path | str:
    """Return the place in the environment variable, or ``models/registry`` if it is a registry.

    Parameters
    ----------
    option : str
        How the caller passes a path, for the message.

    Returns
    -------
    Path or str
        The folder, or the URL of a bucket.

    Raises
    ------
    RegistryNotFoundError
        If the variable is not set and ``models/registry`` is not a registry.
    InvalidInputError
        If the variable has the URL of a bucket without its two slashes.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        require_slashes(chosen)
        return chosen if is_url(chosen) else Path(chosen)
    if (DEFAULT / DESCRIPTOR).is_file():
        return DEFAULT
    raise RegistryNotFoundError(
        f"No registry was found in {DEFAULT.as_posix()} and {VARIABLE} is not set; pass {option} "
        f"or set {VARIABLE}.",
        name=str(DEFAULT),
        known=near_registries(DEFAULT),
    )
