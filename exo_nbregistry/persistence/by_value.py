"""Classes and functions as values that any process can load, with cloudpickle.

cloudpickle reduces a class or function to calls that pickle can write. joblib's pickler writes
these calls like those of any other object, so the arrays of a model stay arrays of joblib.
"""

from __future__ import annotations

import copyreg
import dis
import importlib
import io
import platform
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import cloudpickle
import numpy as np

from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.persistence.code_reductions import REDUCTIONS, UNNAMED
from exo_nbregistry.persistence.code_values import Variable, values_of_class, values_of_function
from exo_nbregistry.persistence.local_code import NOTEBOOK, is_by_value, is_local, is_named
from exo_nbregistry.records.code import Code
from exo_nbregistry.values.attribute import read_attribute

# Paths of this machine, which the functions do not need.
_PATHS = ("__file__", "__path__")
_MODULE_PATHS = ("__builtins__", "__cached__", "__file__", "__loader__", "__path__", "__spec__")
# A forked process must not find a module registered by a thread that does not exist there.
_registering = ProcessLock(awaited=True)


class Definitions:
    """Reduces classes and functions to values, and keeps which ones.

    Attributes
    ----------
    found : dict of str to object
        The classes and functions by name, such as ``__main__.Scaler``.
    imports : set of str
        Modules that the functions use or import, except those of the standard library.
    variables : list of Variable
        Variables that the functions use, and the values in them.
    """

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.imports: set[str] = set()
        self.variables: list[Variable] = []
        self._members: set[int] = set()
        self._cloud = cloudpickle.Pickler(io.BytesIO())
        self.table = REDUCTIONS | {
            types.ModuleType: self.reduce_module,
            typing.TypeVar: self.reduce_type_variable,
        }

    def reduce(self, value: Any) -> tuple[Any, ...] | None:
        """Return a class or function as the calls that make it again, or None for its name."""
        if type(value) is type and value in UNNAMED:
            return UNNAMED[value]
        if not self.is_own(value):
            return None
        with _as_value(value.__module__):
            reduced = self._cloud.reducer_override(value)
        self._keep(value)
        if isinstance(value, types.FunctionType):
            self._read_function(value, reduced)
        else:
            self._members.update(map(id, _unnamed_methods(value)))
            self.variables += values_of_class(value)
        return tuple(reduced)

    def is_own(self, value: Any) -> bool:
        """Return whether a class or function is stored as a value."""
        return id(value) in self._members or is_by_value(value)

    def reduce_module(self, module: types.ModuleType) -> tuple[Any, ...]:
        """Return a module as its import, or as its content if it is a local file."""
        if module.__name__ in NOTEBOOK or not is_local(module.__name__):
            self._import({module.__name__})
            return importlib.import_module, (module.__name__,)
        self.found[module.__name__] = module
        content = {k: v for k, v in vars(module).items() if k not in _MODULE_PATHS}
        self._keep_variables(module.__name__, content)
        return types.ModuleType, (module.__name__,), content

    def reduce_type_variable(self, value: Any) -> Any:
        """Return a type variable as cloudpickle does."""
        with _as_value(value.__module__):
            return cloudpickle.Pickler.dispatch_table[typing.TypeVar](value)

    def reducer(self, kind: type) -> Callable[[Any], Any] | None:
        """Return the function that reduces the objects of a type, or None."""
        return self.table.get(kind) or copyreg.dispatch_table.get(kind)

    def code(self) -> Code | None:
        """Return the description for the record, or None without definitions."""
        names = tuple(sorted(self.outermost()))
        minor = ".".join(platform.python_version_tuple()[:2])
        return Code(names, minor, cloudpickle.__version__) if names else None

    def outermost(self) -> dict[str, Any]:
        """Return the definitions that are not a part of another one."""
        return {
            name: value
            for name, value in self.found.items()
            if not any(outer in self.found for outer in _outer_names(name))
        }

    def _import(self, names: set[str]) -> None:
        standard = sys.stdlib_module_names
        self.imports |= {name for name in names if name.partition(".")[0] not in standard}

    def _keep(self, value: Any) -> None:
        plain = f"{value.__module__}.{value.__qualname__}"
        name, number = plain, 1
        # The methods of a dataclass are made with it.
        if id(value) in self._members or "__create_fn__.<locals>." in plain:
            return
        # Such as several lambdas.
        while (known := self.found.setdefault(name, value)) is not value:
            # A decorator keeps the function that it wraps.
            if read_attribute(known, "__wrapped__") is value:
                return
            number += 1
            name = f"{plain} ({number})"

    def _read_function(self, function: Any, reduced: tuple[Any, ...]) -> None:
        (_, home, *_), (_, state) = reduced[1], reduced[2]
        for name in _PATHS:
            home.pop(name, None)
        self._import(imports_of(function.__code__, str(home.get("__package__") or "")))
        used: dict[str, Any] = dict(state["__globals__"])
        for name, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=True
        ):
            with suppress(ValueError):  # a cell that is still empty
                used[name] = cell.cell_contents
        self._keep_variables(function.__qualname__, used)
        self.variables += values_of_function(function)

    def _keep_variables(self, owner: str, used: Mapping[str, Any]) -> None:
        self.variables += [
            Variable(owner, name, value)
            for name, value in used.items()
            if not isinstance(value, _DEFINITIONS)
        ]


_DEFINITIONS = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc)


def _unnamed_methods(definition: type) -> Iterator[types.FunctionType]:
    """Yield the functions of a class that another module made, such as those of a named tuple."""
    for member in vars(definition).values():
        method = read_attribute(member, "__func__") or read_attribute(member, "fget") or member
        if isinstance(method, types.FunctionType) and not is_named(method):
            yield method


def _outer_names(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts)))


@contextmanager
def _as_value(module: str | None) -> Iterator[None]:
    """Make cloudpickle reduce the definitions of a module to values.

    The setting belongs to the process, so it lasts for one reduction.
    """
    found = sys.modules.get(module or "")
    with _registering:
        if found is None or module in cloudpickle.list_registry_pickle_by_value():
            yield
            return
        cloudpickle.register_pickle_by_value(found)
        try:
            yield
        finally:
            cloudpickle.unregister_pickle_by_value(found)


def imports_of(code: types.CodeType, package: str = "") -> set[str]:
    """Return the modules that a function imports when it is called.

    Parameters
    ----------
    code : code
        Code of the function, with the functions in it.
    package : str, default=""
        Package of the function, for relative imports.

    Examples
    --------
    >>> def root(x):
    ...     from math import sqrt
    ...
    ...     return sqrt(x)
    >>> imports_of(root.__code__)
    {'math'}
    """
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    found = set()
    for place, step in enumerate(steps):
        if step.opname == "IMPORT_NAME":
            level = steps[place - 2].argval
            parents = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            found.add(".".join([*parents, *([step.argval] if step.argval else [])]))
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found |= imports_of(const, package)
    return found - {""}
