"""Each class of the allow list sets its state by code that was read."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.allow_list import allow_list
from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.rejection import Rejection
from scripts.allow_list_review import NEWER_CLASSES

# The loader has its own rules for the states of these, or they set a plain dict.
PLAIN = {
    "numpy.ndarray",
    "numpy.dtype",
    "numpy.ma.MaskedArray",
    "sklearn.base.BaseEstimator",
}
# Abstract bases of native classes, whose instances the check of the graph rejects.
ABSTRACT = ("BinaryTree", "DistanceMetric")


def find(name: str) -> Any:
    """Return the object with a full dotted name, or None if it is not installed."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute, None)


def setter(kind: type) -> type | None:
    """Return the class that defines how the state of an instance is set."""
    return next((base for base in kind.__mro__ if "__setstate__" in vars(base)), None)


@pytest.mark.parametrize("name", sorted(allow_list().classes))
def test_the_state_of_each_class_is_reviewed(name: str) -> None:
    """A class with its own ``__setstate__`` has a check of the state, or plain rules."""
    kind = find(name)
    base = setter(kind) if kind else None
    if base is None:
        assert kind or name in NEWER_CLASSES
        return
    if kind.__name__.removesuffix("32").removesuffix("64") in ABSTRACT:
        with pytest.raises(Rejection):
            check_structure(kind.__new__(kind), is_value=lambda _: True)
        return
    own = f"{kind.__module__}.{kind.__qualname__}"
    source = f"{base.__module__}.{base.__qualname__}"
    assert own in STATES or source in PLAIN | set(STATES) or issubclass(kind, np.dtype), source
