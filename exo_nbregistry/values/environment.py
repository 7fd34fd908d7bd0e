"""The environment of a model: Python, platform and the packages of its classes."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

# Listed here because PyPI also has an empty distribution called sklearn.
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def read_environment(globals: Iterable[str]) -> dict[str, Any]:
    """Read the versions that loading a model depends on.

    Parameters
    ----------
    globals : iterable of str
        Dotted names that the stored model imports, such as
        ``sklearn.ensemble._forest.RandomForestClassifier``.

    Returns
    -------
    dict
        ``python``: version; ``platform``: operating system and machine, without the host name;
        ``packages``: version of each distribution that provides one of the modules, by name.
        The standard library, ``__main__`` and modules without a distribution are omitted.

    Examples
    --------
    >>> sorted(read_environment(["numpy.ndarray", "collections.OrderedDict"])["packages"])
    ['numpy']
    """
    modules = {name.partition(".")[0] for name in globals}
    return {
        "python": platform.python_version(),
        "platform": _platform(),
        "packages": dict(sorted(pair for module in modules for pair in _providers(module))),
    }


@functools.cache
def _platform() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}".strip()


# Versions are cached for the process, because a running kernel does not use a package that was
# upgraded after its import.
@functools.cache
def _providers(module: str) -> tuple[tuple[str, str], ...]:
    if not module or module == "__main__" or module in sys.stdlib_module_names:
        return ()
    name = _DISTRIBUTIONS.get(module, module)
    version = _version(name)
    if version:
        return ((name, version),)
    others = {other: _version(other) for other in _distributions_by_module().get(module, ())}
    return tuple((other, version) for other, version in others.items() if version)


def _version(distribution: str) -> str | None:
    try:
        # Contrary to its annotation, this is None for a distribution with broken metadata.
        return metadata.version(distribution) or None
    except (metadata.PackageNotFoundError, ValueError):
        return None


@functools.cache
def _distributions_by_module() -> Mapping[str, Sequence[str]]:
    # Reads the file list of every installed distribution, which takes up to a second.
    return metadata.packages_distributions()
