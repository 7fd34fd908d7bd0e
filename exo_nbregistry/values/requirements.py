"""Recorded packages as requirements that pip can install."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from exo_nbregistry.values.distributions import direct_url

# Source: https://packaging.python.org/specifications/name-normalization/
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")


def public_version(version: str) -> str:
    """Return a version without its local part, which an index does not have.

    Source: https://packaging.python.org/specifications/version-specifiers/

    Examples
    --------
    >>> public_version("2.1.0+cpu"), public_version("1.2.dev3+g1f2e3d4")
    ('2.1.0', '1.2.dev3')
    """
    return version.partition("+")[0]


def requirement(name: str, version: str) -> str:
    """Return a requirement that pip can install from an index.

    Examples
    --------
    >>> requirement("torch", "2.1.0+cpu")
    'torch==2.1.0'
    """
    return f"{name}=={public_version(version)}"


def requirements_txt(packages: Mapping[str, str]) -> str:
    """Return recorded packages as the content of ``requirements.txt``.

    Parameters
    ----------
    packages : mapping of str to str
        Version of each distribution, by name.

    Returns
    -------
    str
        One line per package. A local version is given by its public part, with the recorded one
        as a comment. A package that is installed here from a folder or a repository is a comment,
        because an index may not have it.

    Examples
    --------
    >>> print(requirements_txt({"torch": "2.1.0+cpu"}), end="")
    torch==2.1.0  # recorded: 2.1.0+cpu
    """
    return "".join(f"{_line(name, version)}\n" for name, version in packages.items())


def _line(name: str, version: str) -> str:
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
        # A recorded text must not become an option of pip.
        return f"# {name!r:.100} {version!r:.100} is not a package of an index."
    origin = _origin(name)
    if origin:
        return f"# {name}=={version}: installed from {origin}; install it from its source."
    pinned = requirement(name, version)
    return pinned if public_version(version) == version else f"{pinned}  # recorded: {version}"


def _origin(name: str) -> str:
    """Return in words where an installed package comes from; empty for an index."""
    try:
        source: dict[str, Any] = direct_url(metadata.distribution(name))
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    if "dir_info" in source:
        return "a local folder"
    return "a repository" if "vcs_info" in source else ""
