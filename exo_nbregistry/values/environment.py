"""Where a model is made: Python, platform, and the packages that its classes come from."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

# Told apart from its name because PyPI also has an empty distribution called sklearn.
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def read_environment(globals: Iterable[str]) -> dict[str, Any]:
    """Read the versions that loading a model depends on.

    Parameters
    ----------
    globals : iterable of str
        Dotted names that the model's bytes import, such as
        ``sklearn.ensemble._forest.RandomForestClassifier``.

    Returns
    -------
    dict
        ``python``: version; ``platform``: operating system and machine, without the host's name;
        ``packages``: version of each distribution that provides one of the modules, by name.
        The standard library, ``__main__`` and modules that no distribution provides are left out.

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


# Versions are kept for the process: a package upgraded under a running kernel is not the one
# that the kernel has loaded.
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
        # A distribution with broken metadata has None, whatever the annotation says.
        return metadata.version(distribution) or None
    except (metadata.PackageNotFoundError, ValueError):
        return None


@functools.cache
def _distributions_by_module() -> Mapping[str, Sequence[str]]:
    # Reads the file list of every installed distribution, which takes a good part of a second.
    return metadata.packages_distributions()
