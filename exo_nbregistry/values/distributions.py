"""The installed distribution that owns a module."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Any, NamedTuple

# Listed here because PyPI also has distributions called sklearn and imblearn.
KNOWN_DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "skimage": "scikit-image",
}
# The files of this package are not checked, because it can run from a checkout.
_OWN = __name__.partition(".")[0]
# Folders beside the package of a project, which are not installed with it.
_NOT_PACKAGES = {"benchmarks", "docs", "examples", "notebooks", "scripts", "test", "tests"}


class Distribution(NamedTuple):
    """An installed distribution.

    Attributes
    ----------
    name, version : str
        Name and version, as in its metadata.
    """

    name: str
    version: str


def distribution_of(module: str) -> Distribution | None:
    """Return the distribution that owns the file of a module.

    The module is not imported. The result is kept until the process ends, because a running
    kernel does not use a package that was upgraded after its import.

    Parameters
    ----------
    module : str
        Dotted name, such as ``sklearn.ensemble._forest``.

    Returns
    -------
    Distribution or None
        None for the standard library, ``__main__`` and local files.

    Examples
    --------
    >>> distribution_of("sklearn.ensemble").name
    'scikit-learn'
    """
    top = module.partition(".")[0]
    if not top or top in ("__main__", "__mp_main__") or top in sys.stdlib_module_names:
        return None
    return _owner(*_portion(module))


def installed_version(name: str) -> str | None:
    """Return the installed version of a distribution, without importing it; None if it is missing.

    Examples
    --------
    >>> installed_version("exo-no-such")
    """
    try:
        # Contrary to its annotation, the version of broken metadata is None.
        return metadata.version(name) or None
    except (metadata.PackageNotFoundError, ValueError):
        return None


def _portion(module: str) -> tuple[str, str | None]:
    """Return the outermost package of a module that has a file, and the file."""
    parts = module.split(".")
    # A namespace package has no file, and several distributions can be in it.
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        # Not getattr, because a module can define __getattr__.
        file = getattr(sys.modules.get(name), "__dict__", {}).get("__file__")
        if isinstance(file, str):
            return name, file
    try:
        found = None if parts[0] in sys.modules else importlib.util.find_spec(parts[0])
    except (ImportError, ValueError, AttributeError):
        found = None
    return parts[0], found.origin if found and found.has_location else None


@functools.cache
def _owner(module: str, file: str | None) -> Distribution | None:
    for found in _candidates(module.partition(".")[0]):
        if module.partition(".")[0] == _OWN or _owns(found, module, file):
            # Contrary to its annotation, the version of broken metadata is None.
            return Distribution(found.name, found.version) if found.version else None
    return None


def _candidates(top: str) -> Iterator[metadata.Distribution]:
    """Yield the distributions, beginning with the likely owner: reading all takes a while."""
    for name in dict.fromkeys((KNOWN_DISTRIBUTIONS.get(top, top), top)):
        try:
            yield metadata.distribution(name)
        except (metadata.PackageNotFoundError, ValueError):
            continue
    yield from metadata.distributions()


def _owns(found: metadata.Distribution, module: str, file: str | None) -> bool:
    if file is None:
        return module.partition(".")[0] in _top_level(found)
    root = os.path.realpath(str(found.locate_file("")))
    path = os.path.realpath(file)
    if path.startswith(root + os.sep):
        record = found.read_text("RECORD")
        inside = path[len(root) + 1 :].replace(os.sep, "/")
        if record is not None and _lists(record, inside):
            return True
        if record is None:
            return module.partition(".")[0] in _top_level(found)
    return _is_editable(found, module, path)


def _lists(record: str, path: str) -> bool:
    # Parsing the list of a large package takes 100 times as long.
    return f"\n{path}," in f"\n{record}" or f'\n"{path}",' in f"\n{record}"


def _top_level(found: metadata.Distribution) -> set[str]:
    """Return the names that a distribution declares, or its own name."""
    declared = (found.read_text("top_level.txt") or "").split()
    return set(declared) or {normal_name(found.name or "")}


def normal_name(name: str) -> str:
    """Return a name under which all spellings of a distribution are equal.

    Examples
    --------
    >>> normal_name("Scikit-Learn")
    'scikit_learn'
    """
    return name.replace("-", "_").replace(".", "_").lower()


def _is_editable(found: metadata.Distribution, module: str, path: str) -> bool:
    """Return whether a distribution that is installed in editable mode owns a file."""
    source = direct_url(found)
    if not source.get("dir_info", {}).get("editable"):
        return False
    top = module.partition(".")[0]
    project = _local_path(str(source.get("url", "")))
    if not path.startswith(project + os.sep):
        return False
    if normal_name(top) in map(normal_name, _top_level(found)):
        return True
    inside = path[len(project) + 1 :].split(os.sep)
    # In a flat layout, a file beside the package can be the user's own.
    return inside[:2] == ["src", top] or (
        inside[0] == top and len(inside) > 1 and top not in _NOT_PACKAGES
    )


def direct_url(found: metadata.Distribution) -> dict[str, Any]:
    """Return the origin of a distribution that was not installed from an index, else ``{}``.

    Source: PEP 610, https://packaging.python.org/specifications/direct-url/
    """
    try:
        read = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _local_path(url: str) -> str:
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return os.path.realpath(url2pathname(urlsplit(url).path))
