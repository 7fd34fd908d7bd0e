"""Facts of an estimator: name, hyperparameters, columns, classes and signature."""

from __future__ import annotations

import functools
import logging
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from lightgbm import LGBMClassifier
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from exo_nbregistry.introspection.estimator import (
    algorithm_name,
    class_labels,
    feature_columns,
    hyperparameters,
    read_signature,
)
from exo_nbregistry.records.metadata import Column, Signature

TABLE = pd.DataFrame({"koi_period": [1.0, 2.0, 3.0, 4.0], "koi_depth": [4.0, 3.0, 2.0, 1.0]})
LABELS = [0, 0, 1, 1]


class Holder(BaseEstimator):
    """An estimator with one parameter of any type."""

    def __init__(self, value: Any = None) -> None:
        self.value = value


class Forgetful(BaseEstimator):
    """An estimator that does not store its parameter."""

    def __init__(self, value: int = 1) -> None:
        """Ignore the value."""


def held(value: Any) -> Any:
    """Return the recorded value of a parameter."""
    return hyperparameters(Holder(value))["value"]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (RandomForestClassifier(), "RandomForestClassifier"),
        (make_pipeline(StandardScaler(), SVC()), "SVC"),
        (make_pipeline(SVC(), "passthrough"), "SVC"),
        (Pipeline([("nothing", "passthrough")]), "Pipeline"),
        (GridSearchCV(make_pipeline(StandardScaler(), SVC()), {}), "SVC"),
        ({"not": "a model"}, "dict"),
        (None, "NoneType"),
    ],
)
def test_algorithm_is_what_people_call_it(model: object, name: str) -> None:
    """A model is named by its class, and through pipelines and searches."""
    assert algorithm_name(model) == name


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (CalibratedClassifierCV(SVC()), "CalibratedClassifierCV(SVC)"),
        (CalibratedClassifierCV(), "CalibratedClassifierCV"),
        (CalibratedClassifierCV(FrozenEstimator(SVC())), "CalibratedClassifierCV(SVC)"),
        (FixedThresholdClassifier(XGBClassifier()), "FixedThresholdClassifier(XGBClassifier)"),
        (TunedThresholdClassifierCV(SVC()), "TunedThresholdClassifierCV(SVC)"),
        (
            TransformedTargetRegressor(LinearRegression()),
            "TransformedTargetRegressor(LinearRegression)",
        ),
        (TransformedTargetRegressor(), "TransformedTargetRegressor"),
        (OneVsRestClassifier(SVC()), "OneVsRestClassifier(SVC)"),
        (MultiOutputClassifier(LGBMClassifier()), "MultiOutputClassifier(LGBMClassifier)"),
        (BaggingClassifier(SVC()), "BaggingClassifier(SVC)"),
        (BaggingClassifier(), "BaggingClassifier"),
        (BalancedBaggingClassifier(SVC()), "BalancedBaggingClassifier(SVC)"),
        (RFE(SVC()), "RFE(SVC)"),
        (RandomForestClassifier().fit(TABLE, LABELS), "RandomForestClassifier"),
        (VotingClassifier([("a", SVC()), ("b", SVC())]), "VotingClassifier"),
        (
            make_pipeline(StandardScaler(), GridSearchCV(CalibratedClassifierCV(SVC()), {})),
            "CalibratedClassifierCV(SVC)",
        ),
        (
            FixedThresholdClassifier(GridSearchCV(make_pipeline(StandardScaler(), SVC()), {})),
            "FixedThresholdClassifier(SVC)",
        ),
    ],
)
def test_a_wrapper_keeps_its_name(model: object, name: str) -> None:
    """An estimator that contains another one is named by both."""
    assert algorithm_name(model) == name


def test_an_endless_nesting_has_a_name() -> None:
    """An estimator that contains itself is named without endless recursion."""
    model = BaggingClassifier()
    model.estimator = model
    assert algorithm_name(model).startswith("BaggingClassifier(BaggingClassifier(")


def test_a_search_is_named_by_what_it_found() -> None:
    """A fitted search is named by the estimator that it chose, not by the one it began with."""
    steps = {"m": [DecisionTreeClassifier()]}
    search = GridSearchCV(Pipeline([("m", LogisticRegression())]), steps, cv=2)
    assert algorithm_name(search) == "LogisticRegression"
    assert algorithm_name(search.fit(TABLE, LABELS)) == "DecisionTreeClassifier"


def test_parameters_keep_their_names() -> None:
    """A plain estimator's parameters are found under their own names."""
    model = RandomForestClassifier(n_estimators=7, max_features=np.float64(0.5))
    found = hyperparameters(model)
    assert found.keys() == model.get_params().keys()
    assert found["n_estimators"] == 7
    assert type(found["max_features"]) is float


def test_pipeline_steps_are_flat() -> None:
    """A pipeline has its steps in order, their classes, and their parameters by prefix."""
    inner = Pipeline([("fill", SimpleImputer()), ("skip", "passthrough")])
    found = hyperparameters(Pipeline([("prepare", inner), ("classify", SVC(C=3.0))]))
    assert found["steps"] == ["prepare", "classify"]
    assert found["classify"] == "sklearn.svm._classes.SVC"
    assert found["classify__C"] == 3.0
    assert found["prepare__steps"] == ["fill", "skip"]
    assert found["prepare__fill__strategy"] == "mean"
    assert found["prepare__skip"] == "passthrough"


def test_nested_estimators_have_class_and_parameters() -> None:
    """An estimator in a parameter, or in a list there, is its class and parameters."""
    found = hyperparameters(CalibratedClassifierCV(SVC(C=3.0)))["estimator"]
    assert found["class"] == "sklearn.svm._classes.SVC"
    assert found["params"]["C"] == 3.0
    columns = ColumnTransformer([("scaled", StandardScaler(), ["koi_depth"])])
    ((name, scaler, chosen),) = hyperparameters(columns)["transformers"]
    assert (name, chosen) == ("scaled", ["koi_depth"])
    assert scaler["params"]["with_mean"] is True


@pytest.mark.parametrize("search", [GridSearchCV, partial(RandomizedSearchCV, n_iter=2)])
def test_a_search_has_its_best_parameters(search: Any) -> None:
    """A fitted search has its best parameters; a search that is not fitted has none."""
    machine = search(SVC(), {"C": [0.5, 2.0]}, cv=2)
    assert "best_params_" not in hyperparameters(machine)
    machine.fit(TABLE, LABELS)
    assert hyperparameters(machine)["best_params_"] == machine.best_params_
    inside = hyperparameters(Pipeline([("search", machine)]))
    assert inside["search__best_params_"] == machine.best_params_


def test_a_search_has_its_best_estimator() -> None:
    """If a search chose among estimators, the best one has its class and parameters."""
    grid = {"m": [DecisionTreeClassifier(max_depth=2)]}
    search = GridSearchCV(Pipeline([("m", LogisticRegression())]), grid, cv=2).fit(TABLE, LABELS)
    found = hyperparameters(search)["best_params_"]["m"]
    assert found["class"] == "sklearn.tree._classes.DecisionTreeClassifier"
    assert found["params"]["max_depth"] == 2


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.log1p, "numpy.log1p"),
        (len, "builtins.len"),
        (np.float32, "numpy.float32"),
        (np.dtype("f4"), "float32"),
        (held, f"{__name__}.held"),
        (functools.partial(np.clip, a_min=0), "functools.partial(numpy.clip)"),
        (np.random.RandomState(0), "numpy.random.mtrand.RandomState"),
        (np.random.default_rng(0), "numpy.random._generator.Generator"),
        (object(), "builtins.object"),
        (Path("cache") / "steps", str(Path("cache/steps"))),
        (1 + 2j, "(1+2j)"),
        (date(2026, 1, 2), date(2026, 1, 2)),
        ({"b", "a"}, ["a", "b"]),
        ((1, [2, None]), (1, [2, None])),
        (range(3), [0, 1, 2]),
        ({np.int64(1): 2.0, "a": 1, (1, 2): 3}, {1: 2.0, "a": 1, "(1, 2)": 3}),
        (np.eye(2), [[1.0, 0.0], [0.0, 1.0]]),
        (np.array(5), 5),
        (np.zeros((1000, 3)), "ndarray of float64, shape (1000, 3)"),
        (sparse.csr_array((2, 3)), "csr_array of float64, shape (2, 3)"),
        (TABLE, "DataFrame, shape (4, 2)"),
        (list(range(5000)), "list of 5000 items"),
        (pd.NaT, f"{type(pd.NaT).__module__}.NaTType"),
        (10**2000, "builtins.int"),
        ("\ud800", "builtins.str"),
    ],
)
def test_any_value_is_stored_or_named(value: Any, kept: Any) -> None:
    """Plain values are stored, small arrays listed, and other objects named without an address."""
    assert held(value) == kept


def test_folds_have_their_number() -> None:
    """A cross-validation is its class and settings: another number of folds is another model."""
    assert held(StratifiedKFold(5, shuffle=True, random_state=1)) == {
        "class": "sklearn.model_selection._split.StratifiedKFold",
        "params": {"n_splits": 5, "shuffle": True, "random_state": 1},
    }


def test_a_circle_ends() -> None:
    """A parameter that holds itself does not recurse for ever."""
    circle: list[Any] = []
    circle.append(circle)
    assert "builtins.list" in str(held(circle))


@pytest.mark.parametrize("model", [object(), SVC, None, "text"])
def test_what_has_no_parameters_has_none(model: object) -> None:
    """Objects other than estimators, and classes, have no hyperparameters."""
    assert hyperparameters(model) == {}


def test_a_faulty_estimator_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An estimator that loses its parameters is described without them, with a log message."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert hyperparameters(Forgetful()) == {}
    assert "Forgetful" in caplog.text


def test_columns_come_from_the_data_first() -> None:
    """Names in the data count, then those that the estimator has seen, else there are none."""
    model = DecisionTreeClassifier().fit(TABLE, LABELS)
    assert feature_columns(model, TABLE) == ("koi_period", "koi_depth")
    assert feature_columns(model) == feature_columns(model, TABLE.to_numpy())
    assert feature_columns(model) == ("koi_period", "koi_depth")
    assert feature_columns(model, TABLE.rename(columns=str.upper)) == ("KOI_PERIOD", "KOI_DEPTH")
    assert feature_columns(DecisionTreeClassifier().fit(TABLE.to_numpy(), LABELS)) == ()


def test_columns_of_a_pipeline_come_from_its_first_step() -> None:
    """The columns of a pipeline are its input columns, also if an inner pipeline comes first."""
    model = make_pipeline(make_pipeline(StandardScaler()), SVC()).fit(TABLE, LABELS)
    assert feature_columns(model) == ("koi_period", "koi_depth")
    stretch = make_pipeline(FunctionTransformer(), StandardScaler(), SVC()).fit(TABLE, LABELS)
    assert feature_columns(stretch) == ("koi_period", "koi_depth")


def test_classes_are_plain_labels() -> None:
    """Labels are plain values in the order of the model; other objects have none."""
    words = DecisionTreeClassifier().fit(TABLE, ["yes", "no", "no", "yes"])
    assert class_labels(words) == ("no", "yes")
    labels = class_labels(DecisionTreeClassifier().fit(TABLE, np.array(LABELS)))
    assert labels == (0, 1)
    assert {type(label) for label in labels} == {int}
    assert class_labels(LinearRegression().fit(TABLE, LABELS)) is None
    assert class_labels(make_pipeline(SVC())) is None
    assert class_labels(LabelEncoder().fit([3, 1])) == (1, 3)


def test_classes_of_several_outputs_are_grouped() -> None:
    """A model with several outputs has one group of labels for each."""
    model = DecisionTreeClassifier().fit(TABLE, [[0, "a"], [1, "b"], [0, "b"], [1, "a"]])
    assert class_labels(model) == (("0", "1"), ("a", "b"))


def test_signature_of_a_frame() -> None:
    """A signature has each column's dtype, range and missing values, and the classes."""
    X = TABLE.assign(kind=["a", "b", None, "a"], flag=[True, False, True, True])
    model = DecisionTreeClassifier().fit(TABLE, LABELS)
    assert read_signature(model, X) == Signature(
        (
            Column("koi_period", "float64", 1.0, 4.0),
            Column("koi_depth", "float64", 1.0, 4.0),
            Column("kind", "str", missing=1),
            Column("flag", "bool"),
        ),
        (0, 1),
    )


def test_signature_of_an_array_borrows_names() -> None:
    """An array's columns have the names that the model knows, else x0, x1, ..."""
    array = TABLE.to_numpy()
    model = DecisionTreeClassifier().fit(TABLE, LABELS)
    assert read_signature(model, array).columns == read_signature(model, TABLE).columns
    names = [column.name for column in read_signature(None, array).columns]
    assert names == ["x0", "x1"]


def test_signature_of_texts() -> None:
    """A list of texts is one column of texts."""
    texts = ["a planet", "no planet"]
    signature = read_signature(CountVectorizer().fit(texts), texts)
    assert signature.columns == (Column("x0", "str"),)


class Bare(ClassifierMixin):
    """A classifier that is not an estimator."""


def test_a_bare_object_is_described() -> None:
    """An object that scikit-learn does not accept is named and described."""
    assert algorithm_name(Bare()) == "Bare"
    assert hyperparameters(Bare()) == {}
    assert read_signature(Bare(), TABLE).classes is None
