"""The stored example is tried as rows of JSON and of a CSV file when a model is registered."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from exo_nbregistry.introspection import served_example
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService

Y = [0, 1] * 10
N = np.arange(20.0)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


class NeedsTuples(DummyClassifier):  # type: ignore[misc]
    """A classifier of tuples, which JSON and CSV do not have."""

    def predict(self, X: Any) -> Any:
        """Predict, or raise TypeError for other objects."""
        if not all(isinstance(item, tuple) for item in X["pair"]):
            raise TypeError("tuples only")
        return super().predict(X)


def test_a_model_that_cannot_be_served_is_reported(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """One line names the reason and what to do, and the model is registered."""
    X = pd.DataFrame({"pair": [(1, 2)] * 20})
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(NeedsTuples().fit(X, Y), "m", X=X, y=Y)
    (line,) = [line for line in caplog.messages if "cannot predict" in line]
    assert "as JSON, pair must be text" in line
    assert "not [1, 2]. Fit it on" in line
    assert len(line.splitlines()) == 1


def test_other_predictions_are_reported(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that distinguishes None from NaN predicts other values for the same rows of JSON."""
    site = pd.Series(["a", np.nan, None, "b"] * 5, dtype=object)
    X = pd.DataFrame({"site": site, "n": N})
    encode = make_column_transformer((OneHotEncoder(), ["site"]))
    model = make_pipeline(encode, LogisticRegression(C=1e4)).fit(X, [0, 1, 0, 0] * 5)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(model, "m", X=X, y=Y)
    assert "as JSON, the predictions differ in rows 1" in caplog.text


def test_numbers_are_not_tried(registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of numbers costs no more predictions: it is the same as JSON and as CSV."""
    tried = []
    monkeypatch.setattr(served_example.predict_script, "row_answers", lambda *a: tried.append(a))
    for X in (N.reshape(-1, 1), pd.DataFrame({"n": N, "k": range(20)})):
        registry.register_model(LogisticRegression().fit(X, Y), "m", X=X, y=Y)
    assert tried == []


def test_a_native_booster_has_the_classes_of_its_labels(registry: ModelRegistry) -> None:
    """A booster has the classes of y, and its example has labels and probabilities."""
    table = xgboost.DMatrix(N.reshape(-1, 1), Y)
    model = xgboost.train({"objective": "binary:logistic"}, table, 2)
    ref = registry.register_model(model, "m", X=N.reshape(-1, 1), y=np.array(Y))
    signature = registry.get_metadata(ref).signature
    assert signature is not None
    assert signature.classes == (0, 1)
    example = registry.load_attachment(ref, "input_example")
    assert set(example["predictions"]) <= {0, 1}
    assert np.shape(example["probabilities"]) == (5, 2)
    answer = InferenceService(registry, ref).predict({"x0": 3.0})
    assert answer.probabilities.keys() == {0, 1}


def test_a_threshold_applies_to_a_served_booster(registry: ModelRegistry) -> None:
    """A booster is served at the registered threshold."""
    table = xgboost.DMatrix(N.reshape(-1, 1), Y)
    model = xgboost.train({"objective": "binary:logistic"}, table, 2)
    X, y = N.reshape(-1, 1), np.array(Y)
    ref = registry.register_model(model, "m", X=X, y=y, X_test=X, y_test=y, threshold=0.99)
    assert InferenceService(registry, ref).predict({"x0": 3.0}).label == 0


def test_a_version_without_example_has_its_container(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If the rows are too large for an example, the signature keeps the container and dtypes."""
    X = pd.DataFrame({"note": ["deep " * 60_000] * 20, "n": N})
    lengths = FunctionTransformer(lengths_of)
    model = make_pipeline(lengths, LogisticRegression()).fit(X, Y)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        ref = registry.register_model(model, "m", X=X, y=Y)
    assert "larger than 1 MiB" in caplog.text
    label = InferenceService(registry, ref).predict({"note": "deep", "n": 1.0}).label
    assert label == model.predict(pd.DataFrame({"note": ["deep"], "n": [1.0]}))[0]
    info = json.loads(
        (registry.export_model(ref, tmp_path / "out") / "model_info.json").read_text()
    )
    assert info["input"]["container"] == "frame"
    assert info["input"]["dtypes"] == ["str", "float64"]


def lengths_of(X: Any) -> Any:
    """Return the lengths of the texts of a table, which has methods of texts."""
    return np.column_stack([X["note"].str.len(), X["n"]])
