"""The input example that is stored with a version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.stored_example import StoredExample, read_example
from exo_nbregistry.serve import InferenceService

TEXTS = ["deep transit", "noise spike", "flat line", "box dip"] * 5
Y = ["planet", "dust"] * 10


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


@pytest.mark.parametrize("X", [TEXTS, pd.Series(TEXTS)], ids=["list", "series"])
def test_a_model_of_texts_is_served(registry: ModelRegistry, X: Any) -> None:
    """A model of texts gets a list of texts, for one row and for a table."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    service = InferenceService(registry, registry.register_model(model, "texts", X=X, y=Y))
    assert service.example == {"x0": "deep transit"}
    assert service.predict(service.example).label == "planet"
    table = pd.DataFrame({"x0": TEXTS[:4]})
    assert service.predict(table)["prediction"].tolist() == model.predict(TEXTS[:4]).tolist()


def test_a_table_is_served_as_a_table(registry: ModelRegistry) -> None:
    """A table of one column is not a list of values."""
    X = pd.DataFrame({"depth": [1.0, None]})
    ref = registry.register_model(DummyClassifier().fit(X, [0, 1]), "m", X=X, y=[0, 1])
    found = read_example(registry.load_attachment, registry.get_metadata(ref))
    assert (found.row, found.content["form"]) == ({"depth": 1.0}, "frame")


def test_a_version_without_example(registry: ModelRegistry) -> None:
    """A version without an input example has no row."""
    ref = registry.register_model(DummyClassifier(), "m")
    assert read_example(registry.load_attachment, registry.get_metadata(ref)) == StoredExample()
