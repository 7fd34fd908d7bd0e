"""The walk over a finished model."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from benchmarks.honest_models import honest_models
from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.rejection import Rejection

VALUES = {np.log1p, np.float64, np.ndarray}


def check(model: Any) -> None:
    """Check a model in which a few functions and classes may be stored."""
    check_structure(model, is_value=lambda value: value in VALUES)


def test_no_honest_model_is_rejected() -> None:
    """A hundred fitted models with native code pass, before and after pickle."""
    for model, _ in honest_models():
        check_structure(model, is_value=lambda _: True)
        check_structure(pickle.loads(pickle.dumps(model)), is_value=lambda _: True)


def test_nan_and_infinity_are_allowed() -> None:
    """Values of arrays may be anything."""
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    model.coef_[:] = np.nan
    model.intercept_[:] = np.inf
    check(model)


PLACES: list[Any] = [
    lambda value: [value],
    lambda value: (value,),
    lambda value: {value},
    lambda value: frozenset([value]),
    lambda value: {value: 1},
    lambda value: {"key": value},
    lambda value: np.array([value, None], dtype=object),
    lambda value: np.ma.MaskedArray([value], dtype=object),
    lambda value: FunctionTransformer(value),
    lambda value: make_pipeline(StandardScaler(), FunctionTransformer(value)),
    lambda value: partial(value),
    lambda value: partial(np.log1p, value),
    lambda value: partial(np.log1p, where=value),
    lambda value: [[[[[value]]]]],
    lambda value: IsotonicRegression(increasing=value),
]


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_a_stored_function_is_found_everywhere(place: int) -> None:
    """A function is found in containers, arrays, attributes and partial calls."""
    check(PLACES[place](np.log1p))
    with pytest.raises(Rejection, match=r"builtins\.print") as caught:
        check(PLACES[place](print))
    assert caught.value.names == ("builtins.print",)


@pytest.mark.parametrize(
    "value",
    [
        len,
        dict,
        lambda: None,
        str.lower,
        "text".upper,
        LogisticRegression().fit,
        np,
        np.zeros(1, dtype=[("a", "O")]),
        np.zeros(1, dtype=[("a", "f8")])[0],
    ],
)
def test_what_no_model_stores_is_rejected(value: Any) -> None:
    """Classes, functions, methods, modules and records of objects are not part of a model."""
    with pytest.raises(Rejection):
        check([value])


def test_the_method_for_early_stopping_is_allowed() -> None:
    """Histogram gradient boosting with a scorer stores one of its own methods."""
    random = np.random.RandomState(0)
    X = random.rand(60, 2)
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=3).fit(X, X[:, 0] > 0.5)
    model._scorer = model._raw_predict
    check_structure(model, is_value=lambda value: isinstance(value, type))
    model._scorer = model.predict
    with pytest.raises(Rejection, match="method"):
        check_structure(model, is_value=lambda value: isinstance(value, type))


def test_circles_and_shared_objects_are_visited_once() -> None:
    """A list in itself ends, and a list of lists of lists grows with its objects only."""
    circle: list[Any] = []
    circle.append(circle)
    check(circle)
    laughs: list[Any] = []
    for _ in range(60):
        laughs = [laughs, laughs]
    check(laughs)


def test_deep_nesting_is_walked_without_recursion() -> None:
    """A list that is nested 100,000 deep does not use the stack."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    check(deep)
    # The interpreter frees the levels one by one.
    while deep:
        deep = deep[0]


def test_an_attribute_of_another_type_is_a_rejection() -> None:
    """A check that meets an unexpected type rejects the model."""
    search = GridSearchCV(LogisticRegression(), {"C": [1.0]})
    model = HistGradientBoostingClassifier()
    model.n_features_in_, model._predictors, model._bin_mapper = 2, [], 3
    check(search)
    with pytest.raises(Rejection, match="cannot be checked"):
        check(model)
