"""Models of many kinds, and a function that writes them."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from exo_nbregistry.persistence.joblib_format import JOBLIB


class Holder:
    """A model with one attribute."""

    class Inner:
        """A class inside a class."""

    def __init__(self, part: Any) -> None:
        self.part = part


def forest() -> Any:
    """Return a forest whose class labels are objects."""
    X = np.arange(40.0).reshape(20, 2)
    y = np.array(["planet", "none"] * 10, dtype=object)
    return RandomForestClassifier(3, random_state=0).fit(X, y)


def pipeline() -> Any:
    """Return a pipeline with a ufunc and a table of text."""
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "x"]})
    steps = ColumnTransformer([("b", OneHotEncoder(), ["b"])], remainder="passthrough")
    return make_pipeline(steps, FunctionTransformer(np.log1p)).fit(table)


def objects(*values: Any) -> Any:
    """Return an array of objects."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


MODELS: dict[str, Callable[[], Any]] = {
    "forest with object classes": forest,
    "pipeline with a ufunc": pipeline,
    "plain": lambda: {"a": [1, 2.5, None, "é"], "b": (b"x", {3})},
    "classes and functions": lambda: [Holder, Holder.Inner, joblib.dump, len, np.sin, type(None)],
    "fortran": lambda: np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "empty": lambda: [np.empty((0, 3)), np.float64(2), np.array(7)],
    "nested objects": lambda: objects(Fraction(1, 2), objects(Holder(np.ones(3)), np.cos), len),
    "types in objects": lambda: objects(OrderedDict, type(None), type(...), date(2026, 1, 1)),
    "frame": lambda: pd.DataFrame({"a": [1.0], "b": ["x"], "c": pd.Categorical(["u"])}),
}


def dumped(model: Any, *, by_value: bool = False) -> tuple[bytes, tuple[str, ...]]:
    """Write a model to memory; return the bytes and the imported names."""
    target = io.BytesIO()
    written = JOBLIB.write(model, target, by_value=by_value)
    return target.getvalue(), written.globals
