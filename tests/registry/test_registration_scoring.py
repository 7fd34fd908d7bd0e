"""How the metrics of a registered version were measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LinearRegression, LogisticRegression

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.metadata import ModelMetadata, Scoring
from exo_nbregistry.registry.facade import ModelRegistry

X = np.arange(6.0).reshape(-1, 1)
KOI = np.array(["CONFIRMED"] * 3 + ["FALSE POSITIVE"] * 3)
MODEL = LogisticRegression().fit(X, KOI[[0, 3, 3, 3, 3, 3]])


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def register(registry: ModelRegistry, **arguments: Any) -> ModelMetadata:
    """Register the model with its test data and return its metadata."""
    data = {"X_test": X, "y_test": KOI, **arguments}
    return registry.get_metadata(registry.register_model(MODEL, "koi", **data))


def test_the_positive_class_is_recorded(registry: ModelRegistry) -> None:
    """The F1 score refers to the positive class, which is recorded."""
    found = register(registry, pos_label="CONFIRMED")
    expected = metrics.f1_score(KOI, MODEL.predict(X), pos_label="CONFIRMED")
    assert found.f1_score == pytest.approx(expected)
    assert found.scoring == Scoring("binary", "binary", "CONFIRMED")


def test_versions_are_found_by_their_scoring(registry: ModelRegistry) -> None:
    """A filter finds the versions that were measured in one way, and classes by their metrics."""
    register(registry)
    register(registry, pos_label="CONFIRMED", threshold=0.4)
    register(registry, X_test=None, y_test=None)

    def search(where: str) -> list[int]:
        return [item.version for item in registry.list_models(where=where)]

    assert search("scoring.average == 'macro'") == [1]
    assert search("scoring.pos_label == 'CONFIRMED'") == [2]
    assert search("scoring.threshold < 0.5 and scoring.task == 'binary'") == [2]
    assert search("scoring.task is None") == [3]
    assert search("metrics['recall.FALSE POSITIVE'] >= 0") == [1, 2]
    assert search("metrics.recall.CONFIRMED >= 0 and metrics.f1_macro > 0") == [1, 2]


def test_a_version_is_ranked_by_the_metric_of_a_class(registry: ModelRegistry) -> None:
    """The best version by the recall of a class is the one that finds most of it."""
    register(registry, pos_label="CONFIRMED", threshold=0.9)
    register(registry, pos_label="CONFIRMED", threshold=0.1)
    assert registry.best_version("recall.CONFIRMED").version == 2


def test_a_scoring_that_is_declared_is_recorded(registry: ModelRegistry) -> None:
    """Without test data, the positive class and the threshold of the user are recorded."""
    arguments = {"X_test": None, "y_test": None, "evaluation_results": {"f1_score": 0.5}}
    found = register(registry, pos_label="CONFIRMED", threshold=0.3, **arguments)
    assert found.scoring == Scoring("binary", "binary", "CONFIRMED", 0.3)


def test_a_rejected_scoring_registers_nothing(registry: ModelRegistry) -> None:
    """An unknown positive class registers no version."""
    with pytest.raises(RecordError, match="'PLANET' is not a label of the model"):
        register(registry, pos_label="PLANET")
    assert len(registry.list_models()) == 0


def test_weights_require_test_data(registry: ModelRegistry) -> None:
    """Sample weights belong to the test rows, one each."""
    with pytest.raises(RecordError, match="X_test is required with sample_weight"):
        register(registry, X_test=None, y_test=None, sample_weight=[1.0] * 6)
    with pytest.raises(RecordError, match="X_test has 6 rows and sample_weight has 5"):
        register(registry, sample_weight=[1.0] * 5)


def test_a_regressor_has_a_scoring(registry: ModelRegistry) -> None:
    """The scoring of a regressor names the task, without an average."""
    model = LinearRegression().fit(X, X[:, 0])
    name = registry.register_model(model, "line", X_test=X, y_test=X[:, 0])
    found = registry.get_metadata(name).scoring
    assert found == Scoring("regression")
