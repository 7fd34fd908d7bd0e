"""Bundles of a registration, and the data that match them."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from exo_nbregistry import bundle
from exo_nbregistry.errors import InvalidInputError, RecordError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.introspection.bundles import read_bundle
from exo_nbregistry.introspection.description import describe_model
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.json_codec import decode

X = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [3.0, 1.0, 0.0, 2.0]})
CODES = np.array([0, 1, 1, 0])
SCALER = StandardScaler().fit(X)
MODEL = LogisticRegression().fit(SCALER.transform(X), CODES)
GIVEN = RegistrationInput("toy", X=X, y=CODES, X_test=X, y_test=CODES)


def test_other_models_are_unchanged() -> None:
    """An estimator, and a container without estimators, are returned with the same arguments."""
    for model in (MODEL, {"cut": 0.5}, [0.5], (1, 2), {}):
        found, given = read_bundle(model, GIVEN)
        assert found is model
        assert given is GIVEN


def test_labels_are_decoded() -> None:
    """Codes in y and y_test become the labels; labels are unchanged."""
    both = bundle(SCALER, MODEL, decode=["dust", "planet"])
    _, given = read_bundle(both, GIVEN)
    assert list(given.y) == list(given.y_test) == ["dust", "planet", "planet", "dust"]
    assert read_bundle(both, given)[1].y_test is given.y_test


def test_the_columns_of_the_bundle_are_selected() -> None:
    """The training table has only the columns of the bundle, in its order."""
    wide = RegistrationInput("toy", X=X[["b", "a"]].assign(c=1))
    assert read_bundle(bundle(SCALER, MODEL), wide)[1].X.columns.tolist() == ["a", "b"]


def test_a_passed_threshold_takes_precedence() -> None:
    """The threshold of the bundle is the default of the version."""
    both = bundle(SCALER, MODEL, threshold=0.3)
    assert read_bundle(both, GIVEN)[1].threshold == 0.3
    passed = RegistrationInput("toy", threshold=0.6)
    assert read_bundle(both, passed)[1].threshold == 0.6


def test_the_threshold_and_the_positive_class_match() -> None:
    """A positive class to which the threshold of the bundle does not apply is rejected."""
    both = bundle(SCALER, MODEL, decode=["dust", "planet"], threshold=0.3)
    for positive in (1, "planet"):
        given = RegistrationInput("toy", pos_label=positive)
        assert read_bundle(both, given)[1].pos_label == "planet"
    with pytest.raises(RecordError, match="applies to 'planet', and pos_label= is 'dust'"):
        read_bundle(both, RegistrationInput("toy", pos_label="dust"))


def test_a_function_measures_without_the_threshold() -> None:
    """A function that returns labels is not compared with the threshold of the bundle."""
    given = RegistrationInput("toy", predict=lambda model, rows: model.predict(rows))
    assert read_bundle(bundle(SCALER, MODEL, threshold=0.3), given)[1].threshold is None


def test_a_dict_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The message has the steps of the bundle that load_model returns."""
    with caplog.at_level(logging.WARNING):
        model, _ = read_bundle({"clf": MODEL, "scaler": SCALER}, GIVEN)
    assert isinstance(model, Bundle)
    assert "Bundle(scaler=StandardScaler, clf=LogisticRegression, features=2)" in caplog.text
    assert "Its keys still work, such as model['" in caplog.text


def test_a_sequence_is_rejected() -> None:
    """A tuple of transformers and models is rejected with the call that joins them."""
    with pytest.raises(InvalidInputError, match=r"tuple of StandardScaler, .* then bundle\(scaler"):
        read_bundle((SCALER, MODEL), GIVEN)
    with pytest.raises(InvalidInputError, match=r"list of Ridge, Ridge.* then bundle\(\[model_1"):
        read_bundle([Ridge(), Ridge()], GIVEN)


def test_the_result_of_load_model_keeps_its_message() -> None:
    """The pair of a model and its metadata is not a pair of steps."""
    metadata = ModelMetadata.__new__(ModelMetadata)
    pair = (MODEL, metadata)
    assert read_bundle(pair, GIVEN)[0] is pair


def test_the_description_of_a_bundle() -> None:
    """The version has the algorithm of the model, and parameters with the names of their steps."""
    both = bundle(SCALER, MODEL, decode=["dust", "planet"])
    described = describe_model(both, read_bundle(both, GIVEN)[1], datetime(2026, 1, 1, tzinfo=UTC))
    found = described.metadata
    assert found.algorithm == "LogisticRegression"
    assert found.hyperparameters["decode"] == {0: "dust", 1: "planet"}
    assert found.hyperparameters["model__C"] == 1.0
    assert "model__C" in found.default_hyperparameters
    assert found.metrics["accuracy"] == 1.0
    assert found.class_distribution == {"dust": 2, "planet": 2}
    assert decode(found.to_record()["hyperparameters"])["steps"] == ["scaler", "model"]
