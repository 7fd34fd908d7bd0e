"""The environment of a model: Python, platform and the packages of its classes."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from exo_nbregistry.values.distributions import distribution_of


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
        ``packages``: version by name of each distribution that owns one of the modules or, if a
        name is an imported class, a base class of it. The standard library, ``__main__`` and
        local files are omitted.

    Examples
    --------
    >>> sorted(read_environment(["numpy.ndarray", "collections.OrderedDict"])["packages"])
    ['numpy']
    """
    modules = {module for name in globals for module in _modules(name)}
    owners = {owner for owner in map(distribution_of, modules) if owner is not None}
    return {
        "python": platform.python_version(),
        "platform": _platform(),
        "packages": {owner.name: owner.version for owner in sorted(owners)},
    }


@functools.cache
def _platform() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}".strip()


def _modules(name: str) -> Iterator[str]:
    """Yield the module of a name, and those of the base classes if it is a class."""
    yield name.rpartition(".")[0] or name
    if name in sys.modules:
        yield name
    found = _imported(name)
    if isinstance(found, type):
        yield from (str(base.__module__) for base in type.mro(found) if base is not object)


def _imported(name: str) -> Any:
    """Return the object of a dotted name if its module is imported, or None."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        found: Any = sys.modules.get(".".join(parts[:end]))
        if found is not None:
            try:
                return functools.reduce(getattr, parts[end:], found)
            except Exception:  # noqa: BLE001 - a module can define __getattr__
                return None
    return None
