"""The check of the finished object graph of a model by an unknown signer.

Names and opcodes decide which classes a file may contain. Here the objects are compared with each
other, because the native code of scikit-learn and SciPy trusts the arrays of its models.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_arguments import check_arguments, check_depth
from exo_nbregistry.restricted.check_boosting import check_first_predictions, is_boosting
from exo_nbregistry.restricted.check_families import Check, checks_of
from exo_nbregistry.restricted.check_histograms import is_predictor
from exo_nbregistry.restricted.check_search_trees import (
    check_metric,
    check_search_tree,
    is_metric,
    is_search_tree,
    metric_state,
)
from exo_nbregistry.restricted.check_sparse import check_sparse, is_sparse
from exo_nbregistry.restricted.check_splines import SPLINE
from exo_nbregistry.restricted.check_trees import check_nodes, is_tree
from exo_nbregistry.restricted.check_values import full_name, inconsistent
from exo_nbregistry.restricted.instances import require_attributes
from exo_nbregistry.restricted.rejection import Rejection

__all__ = ["check_structure"]

MAX_OBJECTS = 20_000_000

_LEAVES = frozenset(
    [
        *(type(None), bool, int, float, complex, str, bytes, bytearray, range),
        *(type(...), type(NotImplemented), np.bool_, np.str_, np.bytes_, np.random.RandomState),
        *(np.random.Generator, np.random.SeedSequence),
        *(set(np.sctypeDict.values()) - {np.void, np.object_}),
    ]
)
# Classes with attributes that they make themselves while they are loaded.
_DERIVED = ("IsotonicRegression", "MaskedArray", "BisectingKMeans", "BSpline")
# Native loops that do not compare their arguments; only the fit of their class may call them.
_PARTS_OF_FIT = ("_kmeans_single_lloyd", "_kmeans_single_elkan")
_CALLABLES = (
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    np.ufunc,
    # Such as numpy.mean, which has its Python function as an attribute.
    type(np.mean),
)


def check_structure(
    model: object, *, is_value: Callable[[object], bool], checks_names: bool = False
) -> None:
    """Raise `Rejection` if a part of a model does not fit the others.

    Each object is visited once. Values of arrays may be anything, also NaN; sizes, indices and
    links must be those that a fit produces.

    Parameters
    ----------
    model : object
        What the restricted loader returned.
    is_value : callable
        Returns whether a class or function may be stored in a model, where it may be called
        later.
    checks_names : bool, default=False
        Whether the names of the attributes of scikit-learn's classes were not checked before.

    Raises
    ------
    Rejection
        If native code could read or write outside its arrays, or a class or function is stored
        that must not be.

    Examples
    --------
    >>> check_structure({"depth": [1.0, 2.0]}, is_value=lambda value: False)
    >>> check_structure([print], is_value=lambda value: False)
    Traceback (most recent call last):
    ...
    exo_nbregistry.restricted.rejection.Rejection: The model stores builtins.print, which a ...
    """
    try:
        _Walk(is_value, checks_names=checks_names).run(model)
    except Rejection:
        raise
    except Exception as error:
        # An attribute has another type than the check expects.
        kind = type(error).__name__
        raise Rejection(f"The parts of the model cannot be checked ({kind}).") from error


class _Walk:
    """A walk over all objects that a model refers to."""

    def __init__(self, is_value: Callable[[object], bool], *, checks_names: bool) -> None:
        self.is_value = is_value
        self.checks_names = checks_names
        self.seen: set[int] = set()
        self.stack: list[object] = []
        self.trees: dict[int, Any] = {}
        self.predictors: set[int] = set()
        self.native: list[Any] = []
        self.boosting: list[Any] = []
        self.checks: list[tuple[Check, object]] = []

    def run(self, model: object) -> None:
        self.add([model])
        while self.stack:
            self.visit(self.stack.pop())
            if len(self.seen) > MAX_OBJECTS:
                raise Rejection(f"The model has more than {MAX_OBJECTS:,} objects.")
        # These compare parts with each other, so that each part was checked before.
        for check, holder in self.checks:
            self.compare(check, holder)
        for native in self.native:
            if is_tree(native) and id(native) not in self.trees:
                inconsistent("Tree", "it must belong to a decision tree")
            if is_predictor(native) and id(native) not in self.predictors:
                inconsistent("TreePredictor", "it must belong to histogram gradient boosting")
        check_nodes(list(self.trees.values()))
        check_first_predictions(self.boosting)

    def add(self, values: Iterable[object]) -> None:
        """Add values to the stack, without the plain ones and those already seen."""
        for value in values:
            if type(value) not in _LEAVES and id(value) not in self.seen:
                self.seen.add(id(value))
                self.stack.append(value)

    def visit(self, value: Any) -> None:
        kind = type(value)
        if issubclass(kind, np.ndarray):
            self.visit_array(value)
        elif issubclass(kind, dict):
            check_arguments(value)
            self.add(value)
            self.add(value.values())
            self.add([getattr(value, "default_factory", None)])
            self.visit_instance(value, kind)
        elif issubclass(kind, list | tuple | set | frozenset):
            check_depth(value)
            self.add(value)
            self.visit_instance(value, kind)
        elif isinstance(value, _CALLABLES):
            self.visit_callable(value)
        elif kind is partial:
            self.visit_partial(value)
        elif kind is types.MethodType:
            self.visit_method(value)
        elif issubclass(kind, np.void | types.ModuleType):
            inconsistent(full_name(kind), "it cannot be part of a model")
        elif not isinstance(value, np.dtype | slice | np.generic):
            self.visit_native(value)
            self.visit_instance(value, kind)

    def visit_array(self, array: np.ndarray) -> None:
        if array.dtype.hasobject:
            if array.dtype.kind != "O":
                inconsistent("ndarray", "a field of an array cannot hold objects")
            self.add(array.ravel().tolist())
        if type(array) is not np.ndarray:
            self.visit_instance(array, type(array))

    def visit_callable(self, value: object) -> None:
        if not self.is_value(value) or getattr(value, "__name__", "") in _PARTS_OF_FIT:
            name = _callable_name(value)
            raise Rejection(f"The model stores {name}, which a model may not store.", names=[name])

    def visit_partial(self, value: partial[Any]) -> None:
        if type(value.func) is types.MethodType:
            self.add([value.func])
        else:
            self.visit_callable(value.func)
        self.add(value.args)
        self.add(value.keywords.values())
        self.add(vars(value).values())

    def visit_method(self, value: types.MethodType) -> None:
        """Allow the one method that scikit-learn stores, for its scorer of early stopping."""
        owner: Any = type(value.__self__)
        allowed = owner.__name__.startswith("HistGradientBoosting") and full_name(owner).startswith(
            "sklearn.ensemble."
        )
        if not allowed or value.__func__ is not owner._raw_predict:
            name = _callable_name(value)
            raise Rejection(f"The model stores {name}, a method.", names=[name])
        self.add([value.__self__])

    def visit_native(self, value: Any) -> None:
        """Check the objects of native code, which have no attributes."""
        if is_search_tree(value):
            check_search_tree(value, value.__getstate__())
        elif is_metric(value):
            check_metric(value, metric_state(value))
        elif is_tree(value) or is_predictor(value):
            self.native.append(value)
        elif is_sparse(value):
            check_sparse(value)

    def visit_instance(self, value: object, kind: type) -> None:
        """Visit the attributes of an instance, and compare its parts with each other."""
        names = _slots(kind)
        self.add(getattr(value, name) for name in names if hasattr(value, name))
        attributes = getattr(value, "__dict__", None)
        if not attributes:
            return
        if self.checks_names and kind.__module__.startswith("sklearn."):
            require_attributes(value, attributes)
        if kind.__name__ in _DERIVED:
            attributes = {k: v for k, v in attributes.items() if not _is_derived(kind, k, v)}
        self.add(attributes.values())
        if is_boosting(kind):
            self.boosting.append(value)
        self.checks += [(check, value) for check in checks_of(kind)]

    def compare(self, check: Check, holder: object) -> None:
        """Run a check of an instance, and note the native trees that it compared."""
        for part in check(holder):
            if is_tree(part):
                self.trees[id(part)] = part
            else:
                self.predictors.add(id(part))


@lru_cache(maxsize=1024)
def _slots(kind: type) -> tuple[str, ...]:
    """Return the names of the slots of a Python class; native classes have none to visit."""
    return tuple(
        name
        for base in kind.__mro__
        for name, member in vars(base).items()
        if type(member) is types.MemberDescriptorType and "__slots__" in vars(base)
    )


def _is_derived(kind: type, name: str, value: Any) -> bool:
    """Return whether an attribute was made by the class while it was loaded, from checked parts."""
    if name == "_baseclass":
        return value is np.ndarray and issubclass(kind, np.ma.MaskedArray)
    if name == "_kmeans_single" and full_name(kind).startswith("sklearn.cluster."):
        return getattr(value, "__name__", "") in _PARTS_OF_FIT
    if full_name(kind) == SPLINE:
        return name in ("_xp", "_xp_internal") and type(value) is types.ModuleType
    if name != "f_" or full_name(kind) != "sklearn.isotonic.IsotonicRegression":
        return False
    if type(value) is types.FunctionType:
        return value.__qualname__ == "IsotonicRegression._build_f.<locals>.<lambda>"
    return full_name(type(value)) == "scipy.interpolate._interpolate.interp1d"


def _callable_name(value: Any) -> str:
    module = getattr(value, "__module__", None) or type(value).__module__
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "?")
    return f"{module}.{name}"
