"""The state of instances: which attributes a stream may set, and through which methods."""

from __future__ import annotations

from functools import lru_cache
from types import MethodType
from typing import Any

from exo_nbregistry.restricted.allow_list import canonical_name
from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.own_states import OWN_STATES
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.trusted import TrustedNames

_VERSION = "_sklearn_version"


def type_name(kind: type) -> str:
    """Return the dotted name of a type.

    Examples
    --------
    >>> type_name(dict)
    'builtins.dict'
    """
    key: Any = kind
    return _type_name(key)


@lru_cache(2_048)
def _type_name(kind: Any) -> str:
    return canonical_name(f"{kind.__module__}.{kind.__qualname__}")


def require_attributes(instance: Any, state: dict[Any, Any]) -> None:
    """Check the names of the attributes that a state sets directly in an instance.

    Raises
    ------
    Rejection
        If one is not a text, has a special name, or would hide a method of the class.
    """
    kind: Any = type(instance)
    known = _known_attributes(kind)
    if known.issuperset(state) and {*map(type, state)} <= {str}:
        return
    hidden = _hidden_names(kind)
    for name, value in state.items():
        if type(name) is not str or (name.startswith("__") and name.endswith("__")):
            raise Rejection(f"{type_name(kind)} has an attribute with a special name.")
        if name in hidden and not _is_own_method(instance, name, value):
            raise Rejection(f"The attribute {name} would hide a method of {type_name(kind)}.")
    if len(known) < _MAX_KNOWN:
        known.update(name for name in state if name not in hidden)


def _is_own_method(instance: Any, name: str, value: Any) -> bool:
    """Return whether a value is the method that a histogram model with a score keeps of itself."""
    return name == "_raw_predict" and type(value) is MethodType and value.__self__ is instance


_MAX_KNOWN = 1_000


@lru_cache(2_048)
def _known_attributes(kind: type) -> set[str]:  # noqa: ARG001 - one set for each type
    """Return the attribute names of a type that were checked before."""
    return set()


@lru_cache(2_048)
def _hidden_names(kind: type) -> frozenset[str]:
    """Return the names that an instance attribute would hide.

    These are methods, descriptors, and the private tables of scikit-learn and SciPy, such as those
    of parameters and kernels.
    """
    return frozenset(
        name
        for parent in kind.__mro__
        for name, value in vars(parent).items()
        if callable(value)
        or hasattr(type(value), "__get__")
        or (name.startswith("_") and parent.__module__.startswith(("sklearn.", "scipy.")))
    )


def require_version(kind: type, state: dict[Any, Any]) -> None:
    """Check that the installed minor version of scikit-learn saved an estimator.

    Raises
    ------
    Rejection
        If another one did: the list and the checks belong to the installed version.
    """
    recorded = state.get(_VERSION)
    if recorded is None:
        return
    import sklearn

    here = sklearn.__version__
    # The text of another value, such as a deep list, could be endless.
    found = recorded[:20] if type(recorded) is str else "of an unknown version"
    if _minor(found) != _minor(here):
        raise Rejection(
            f"{type_name(kind)} was saved by scikit-learn {found}, and this is "
            f"{here}; a model of an unknown signer requires the same minor version."
        )


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def set_instance_state(instance: Any, state: Any, trusted: TrustedNames) -> None:
    """Set the state of an instance of an allowed class.

    Parameters
    ----------
    instance : object
        A new instance.
    state : object
        Its state in the stream.
    trusted : TrustedNames
        Packages whose methods may run.

    Raises
    ------
    Rejection
        If the state is not a dict of attributes, or the class has its own ``__setstate__`` that
        was not reviewed.
    """
    kind: Any = type(instance)
    name = type_name(kind)
    owner = _owner(kind, "__setstate__")
    if owner is not None and (check := STATES.get(name)) is not None:
        # The classes of this package take only states with the keys that are checked.
        if isinstance(state, dict) and kind.__dictoffset__ and name not in OWN_STATES:
            require_attributes(instance, state)
            require_version(kind, state)
        check(instance, state)
        kind.__setstate__(instance, state)
        return
    if owner is not None and not _is_base_estimator(owner):
        if not trusted.owns(owner):
            raise Rejection(f"{name} has its own way to be restored, which is not allowed.", [name])
        kind.__setstate__(instance, state)
        return
    if type(state) is not dict:
        raise Rejection(f"{name} has a state that is not a dict of attributes.")
    require_attributes(instance, state)
    require_version(kind, state)
    attributes = instance.__dict__
    attributes.update(state)
    if kind.__module__.startswith("sklearn."):
        attributes.pop(_VERSION, None)


@lru_cache(2_048)
def _owner(kind: type, method: str) -> type | None:
    """Return the class that defines a method of a type, or None."""
    return next((parent for parent in kind.__mro__ if method in vars(parent)), None)


def _is_base_estimator(owner: type) -> bool:
    return owner.__name__ == "BaseEstimator" and owner.__module__ == "sklearn.base"


def can_be_called(kind: type, method: str, trusted: TrustedNames) -> bool:
    """Return whether the code of a method of a trusted class is of a trusted package or Python's.

    A trusted class can inherit a constructor that runs code, such as that of a subprocess.
    """
    owner = _owner(kind, method)
    return owner is None or owner.__module__ in ("builtins", "enum") or trusted.owns(owner)
