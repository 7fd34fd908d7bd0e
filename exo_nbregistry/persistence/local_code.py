"""Which classes and functions belong to no installed package, so that they are stored by value."""

from __future__ import annotations

import functools
import importlib.util
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import FunctionType
from typing import Any

from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.distributions import distribution_of

NOTEBOOK = ("__main__", "__mp_main__")
_PACKAGE = __name__.partition(".")[0]
_INSTALLED = {"site-packages", "dist-packages"}


def is_by_value(value: Any) -> bool:
    """Return whether a class or function belongs to no package that another process can import.

    Parameters
    ----------
    value : type or function
        The class or function.

    Examples
    --------
    >>> from fractions import Fraction
    >>> is_by_value(Fraction)
    False
    """
    module = read_attribute(value, "__module__")
    if type(value) is not FunctionType:
        return isinstance(module, str) and is_local(module)
    if module is None or (isinstance(module, str) and is_local(module)):
        return True
    # functools.wraps gives a function of the notebook the module of the one that it wraps.
    home = value.__globals__.get("__name__")
    return home != module and isinstance(home, str) and is_local(home) and not is_named(value)


def is_named(function: FunctionType) -> bool:
    """Return whether a function is found under its own module and name.

    Examples
    --------
    >>> from statistics import mean
    >>> is_named(mean), is_named(lambda x: x)
    (True, False)
    """
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = read_attribute(found, part)
    return found is function


def is_local(module: str) -> bool:
    """Return whether a module is written in Python and belongs to no distribution.

    Parameters
    ----------
    module : str
        Dotted name.

    Returns
    -------
    bool
        True for the notebook or script, a local file, and a module that cannot be imported
        again. False for the standard library, an installed package, this package and a compiled
        module.

    Examples
    --------
    >>> is_local("__main__"), is_local("numpy.linalg"), is_local("json")
    (True, False, False)
    """
    top = module.partition(".")[0]
    if top in NOTEBOOK:
        return True
    if not top or top == _PACKAGE or top in sys.stdlib_module_names:
        return False
    if is_compiled(module):
        return False
    if local_path(top) is not None:
        return True
    found = sys.modules.get(top)
    if found is None:
        return _spec(top) is None and distribution_of(top) is None
    # A module that a program made has no specification and no file.
    made = getattr(found, "__spec__", None) is None and getattr(found, "__file__", None) is None
    return made and distribution_of(top) is None


def is_compiled(module: str) -> bool:
    """Return whether an imported module is an extension module, such as one of Cython."""
    file = read_attribute(sys.modules.get(module), "__file__")
    return isinstance(file, str) and file.endswith(tuple(EXTENSION_SUFFIXES))


def local_path(module: str) -> Path | None:
    """Return the file or folder of a top-level module that no distribution owns, or None.

    Examples
    --------
    >>> local_path("numpy")
    """
    if module in sys.stdlib_module_names or module in NOTEBOOK:
        return None
    found = sys.modules.get(module)
    file = read_attribute(found, "__file__")
    if not isinstance(file, str):
        file = next(iter(read_attribute(found, "__path__") or ()), None)
    if found is None and (spec := _spec(module)) is not None:
        file = spec.origin if spec.has_location else None
    return _outside(module, file) if isinstance(file, str) else None


def _spec(module: str) -> Any:
    try:
        return importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None


# Paths are slow to resolve, and each registration needs the same few.
@functools.cache
def _outside(module: str, file: str) -> Path | None:
    path = Path(file).resolve()
    homes = {Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib", "stdlib")}
    if any(path.is_relative_to(home) for home in homes) or _INSTALLED & set(path.parts):
        return None
    if distribution_of(module):
        return None
    return path.parent if path.name == "__init__.py" else path
