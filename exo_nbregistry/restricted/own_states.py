"""States of this package's own classes, which set them by methods of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from exo_nbregistry.restricted.rejection import Rejection

_BUNDLE = {
    "state": int,
    "steps": list,
    "decode": object,
    "labels": (list, tuple, dict, type(None)),
    "features": (tuple, type(None)),
    "names": (tuple, type(None)),
    "threshold": (float, type(None)),
    "facts": tuple,
    "items": dict,
}
_MEAN = {"state": int, "models": list, "facts": tuple}
_N_FACTS = 3


def _refuse(name: str) -> NoReturn:
    raise Rejection(f"The state of {name} is damaged.")


def _check(name: str, kinds: Mapping[str, Any], _: object, state: object) -> None:
    """Check that a state has exactly the parts of the class, each of its type."""
    if type(state) is not dict or state.keys() != kinds.keys():
        _refuse(name)
    if not all(isinstance(state[key], kind) for key, kind in kinds.items()):
        _refuse(name)
    if len(state["facts"]) != _N_FACTS:
        _refuse(name)


def _check_bundle(bundle: object, state: object) -> None:
    _check("Bundle", _BUNDLE, bundle, state)
    assert isinstance(state, dict)
    steps = state["steps"]
    if not steps or not all(
        type(step) is tuple and len(step) == 2 and type(step[0]) is str for step in steps
    ):
        _refuse("Bundle")


OWN_STATES: dict[str, Callable[[object, object], None]] = {
    "exo_nbregistry.inference.bundle.Bundle": _check_bundle,
    "exo_nbregistry.inference.mean_of_models.MeanOfModels": partial(_check, "MeanOfModels", _MEAN),
}
"""Check of an object and its state before ``__setstate__``, by the name of the class."""
