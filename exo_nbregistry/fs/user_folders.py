"""The folders of the user: settings, and files that may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path

CONFIG_VARIABLE = "EXO_NBREGISTRY_CONFIG_DIR"
CACHE_VARIABLE = "EXO_NBREGISTRY_CACHE_DIR"
_APPLICATION = "exo-nbregistry"


def config_folder() -> Path:
    """Return the folder of the signing key and the trusted signers.

    Returns
    -------
    Path
        The value of ``EXO_NBREGISTRY_CONFIG_DIR`` with ``~`` expanded. If it is not set, the
        operating system's folder for user settings.

    Examples
    --------
    >>> config_folder().is_absolute()
    True
    """
    return _chosen(CONFIG_VARIABLE) or _default("user_config_path")


def cache_folder() -> Path:
    """Return the folder of files that may be deleted at any time, such as the index.

    Returns
    -------
    Path
        The value of ``EXO_NBREGISTRY_CACHE_DIR`` with ``~`` expanded. If it is not set, the
        operating system's folder for user caches.
    """
    return _chosen(CACHE_VARIABLE) or _default("user_cache_path")


def _chosen(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None


def _default(kind: str) -> Path:
    import platformdirs

    folder: Path = getattr(platformdirs, kind)(_APPLICATION, appauthor=False)
    return folder
