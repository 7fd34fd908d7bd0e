"""The example of an export has rows of the stored input example, which predict.py predicts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from exo_nbregistry.registry.facade import ModelRegistry
from tests.persistence.other_machine import predict_elsewhere

Y = np.array([0, 1] * 10)
TEXTS = ["deep transit", "noise, spike", 'flat "line"', "box dip"] * 5
NUMBERS = pd.DataFrame({"depth": np.arange(20.0), "period": np.arange(20.0)[::-1] ** 2})
MIXED = pd.DataFrame({"site": list("abcd") * 5, "depth": np.arange(20.0)})
DATES = pd.DataFrame({"seen": pd.date_range("2026-01-01", periods=20), "depth": np.arange(20.0)})
KINDS = pd.DataFrame(
    {"kind": pd.Categorical([3, 1, 2, 1] * 5, categories=[3, 1, 2]), "depth": np.arange(20.0)}
)


def text_model() -> Any:
    """Return a model of texts."""
    return make_pipeline(TfidfVectorizer(), LogisticRegression())


def by_name(name: str = "site") -> Any:
    """Return a model that chooses its columns by name and rejects unknown values."""
    chosen = ColumnTransformer(
        [(name, OneHotEncoder(), [name]), ("depth", StandardScaler(), ["depth"])]
    )
    return make_pipeline(chosen, LogisticRegression())


CASES = {
    "list of texts": (text_model(), TEXTS),
    "array of texts": (text_model(), np.array(TEXTS, dtype=object)),
    "series of texts": (text_model(), pd.Series(TEXTS)),
    "columns by name": (by_name(), MIXED),
    "array": (LogisticRegression(), NUMBERS.to_numpy()),
    "frame": (LinearRegression(), NUMBERS),
    "times": (by_name("seen"), DATES),
    "numbers as names": (LogisticRegression(), NUMBERS.set_axis([0, 1], axis=1)),
    "categories": (LGBMClassifier(min_child_samples=1, verbose=-1), KINDS),
}


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


@pytest.mark.parametrize(("model", "X"), CASES.values(), ids=CASES)
def test_predict_script_predicts_the_stored_example(
    registry: ModelRegistry, tmp_path: Path, model: Any, X: Any
) -> None:
    """predict.py returns the stored predictions for the rows of example.csv."""
    ref = registry.register_model(model.fit(X, Y), "m", X=X, y=Y)
    folder = registry.export_model(ref, tmp_path / "out")
    stored = registry.load_attachment(ref, "input_example")["predictions"]
    done = predict_elsewhere(folder, "example.csv", "out.csv")
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(folder / "example.csv")) == len(stored) == 5
    assert pd.read_csv(folder / "out.csv")["prediction"].tolist() == pytest.approx(stored)


def test_a_model_that_rejects_the_csv_has_no_example(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If predict.py cannot predict the stored rows, the export has no example and logs why."""
    model = NeedsLists().fit([["a"], ["b"]], [0, 1])
    ref = registry.register_model(model, "m", X=[["a"], ["b"]], y=[0, 1])
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        folder = registry.export_model(ref, tmp_path / "out")
    assert not (folder / "example.csv").exists()
    assert "The export does not have an example.csv" in caplog.text


class NeedsLists(DummyClassifier):  # type: ignore[misc]
    """A classifier that takes lists only."""

    def predict(self, X: Any) -> Any:
        """Predict, or raise TypeError for a table."""
        if not isinstance(X, list):
            raise TypeError("lists only")
        return super().predict(X)
