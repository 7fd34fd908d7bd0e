"""The states of instances."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, KFold
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from exo_nbregistry.restricted.allow_list import allow_list
from exo_nbregistry.restricted.instances import type_name
from exo_nbregistry.restricted.names import listed_value
from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.rejection import Rejection
from scripts.allow_list_review import NEWER_CLASSES
from tests.restricted.opcode_stream import START, STOP, build, load, name, new, plain, reason

DUMMY, PIPELINE = "sklearn.dummy.DummyClassifier", "sklearn.pipeline.Pipeline"
FOLD = "sklearn.model_selection._split.KFold"


def test_a_state_sets_the_attributes() -> None:
    """An estimator has its attributes, without the version that saved it."""
    model = DummyClassifier(strategy="uniform", random_state=3).fit([[1.0]], [7])
    loaded = load(pickle.dumps(model, 5))
    assert vars(loaded).keys() == vars(model).keys()
    assert loaded.predict([[2.0]]) == [7]


@pytest.mark.parametrize(
    ("cls", "attribute"),
    [
        (DUMMY, "predict"),
        (DUMMY, "fit"),
        (DUMMY, "__class__"),
        (DUMMY, "__setstate__"),
        (DUMMY, "__dict__"),
        (DUMMY, "__sklearn_tags__"),
        (DUMMY, "_parameter_constraints"),
        (DUMMY, "_repr_html_"),
        (PIPELINE, "predict"),
        (PIPELINE, "named_steps"),
        ("sklearn.ensemble._gb.GradientBoostingClassifier", "_raw_predict"),
        (FOLD, "split"),
    ],
)
def test_an_attribute_that_hides_a_method_is_refused(cls: str, attribute: str) -> None:
    """Special names, methods, properties and rules of a class stay those of the class."""
    assert attribute.strip("_") in reason(build(cls, {attribute: 1})) or attribute[:2] == "__"
    assert reason(build(cls, {attribute: 1}))
    assert load(build(cls, {"other": 1})).other == 1
    assert reason(build(cls, {"other": 1, attribute: 1})), "also after a state that was allowed"


@pytest.mark.parametrize("key", [1, b"a", None, (1,)])
def test_the_name_of_an_attribute_is_a_text(key: Any) -> None:
    """Other keys of a state are refused."""
    assert "special name" in reason(build(DUMMY, {key: 1}))


@pytest.mark.parametrize("state", [(None, {"strategy": 1}), ({}, {}), [], None, 1, "x"])
def test_a_state_is_a_dict(state: Any) -> None:
    """States of slots and other values are refused."""
    assert "not a dict" in reason(START + new(FOLD) + plain(state) + pickle.BUILD + STOP)


def test_a_class_has_no_state() -> None:
    """A state of a class or a function would change it for the whole process."""
    split = KFold.split
    for target in (FOLD, "numpy.sqrt", "sklearn.metrics._classification.accuracy_score"):
        stream = START + name(target) + plain({"split": 1}) + pickle.BUILD + STOP
        assert "which has none" in reason(stream)
    assert KFold.split is split


def test_the_class_of_an_instance_stays() -> None:
    """An instance cannot become one of another class."""
    stream = START + new(FOLD) + b"}" + plain("__class__")
    stream += name("sklearn.model_selection._split.GroupKFold") + b"sb" + STOP
    assert "special name" in reason(stream)
    assert GroupKFold is not KFold


def test_an_attribute_named_setstate_is_never_called() -> None:
    """A second state is set by the method of the type, not by what the first one stored."""
    first = plain({"__setstate__": 1}) + pickle.BUILD
    assert "special name" in reason(START + new(FOLD) + first + plain({}) + pickle.BUILD + STOP)


def test_a_histogram_model_may_keep_its_own_method() -> None:
    """Only the bound method of the model itself has the name of a method."""
    X = np.arange(40.0).reshape(-1, 1)
    model = HistGradientBoostingClassifier(
        max_iter=2, early_stopping=True, scoring="accuracy", n_iter_no_change=1
    ).fit(X, X[:, 0] > 20)
    loaded = load(pickle.dumps(model, 5))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    histogram = type_name(HistGradientBoostingClassifier)
    for value in (1, np.float64(1)):
        assert "_raw_predict" in reason(build(histogram, {"_raw_predict": value}))


@pytest.mark.parametrize("version", ["0.24.2", "99.9", "x" * 99, 3])
def test_another_minor_version_of_scikit_learn_is_refused(version: Any) -> None:
    """The list and the checks belong to the installed version."""
    assert "same minor version" in reason(build(DUMMY, {"_sklearn_version": version}))


def test_another_patch_version_of_scikit_learn_is_read() -> None:
    """Versions of one minor line have the same state."""
    version = ".".join([*sklearn.__version__.split(".")[:2], "99"])
    assert load(build(DUMMY, {"_sklearn_version": version, "x": 1})).x == 1


def test_containers_of_scikit_learn_are_read() -> None:
    """A Bunch and a pipeline in it keep their items."""
    value = Bunch(pipeline=Pipeline([("dummy", DummyClassifier())]), n=3)
    loaded = load(pickle.dumps(value, 5))
    assert type(loaded) is Bunch
    assert (loaded.n, type(loaded.pipeline.steps[0][1])) == (3, DummyClassifier)


def test_each_own_way_to_be_restored_was_reviewed() -> None:
    """A listed class whose ``__setstate__`` has no check cannot get a state."""
    for full in sorted(allow_list().classes):
        try:
            kind = listed_value(full)
        except Rejection:
            # A class of newer packages.
            assert full in NEWER_CLASSES
            continue
        if kind.__new__ is not object.__new__ and not issubclass(kind, dict):
            continue
        owner = next((one for one in kind.__mro__ if "__setstate__" in vars(one)), None)
        assert owner is None or owner.__name__ == "BaseEstimator" or type_name(kind) in STATES


@pytest.mark.parametrize(
    "cls", ["numpy.random._mt19937.MT19937", "numpy.random.bit_generator.SeedSequence"]
)
def test_a_native_class_is_not_created_without_its_constructor(cls: str) -> None:
    """An object of native code whose memory nothing filled would end the process."""
    assert "cannot be read" in reason(START + new(cls) + STOP)
