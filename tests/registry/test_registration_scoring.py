"""How the metrics of a registered version were measured."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from astropy.table import MaskedColumn, Table
from sklearn import metrics
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.ensemble import IsolationForest
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
    return ModelRegistry(tmp_path / "registry", durable=False, create=True)


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


class Net:
    """A model with a call of its own."""

    def forward(self, X: Any) -> Any:
        """Return the probability of the second class."""
        return 1 / (1 + np.exp(2.5 - X[:, 0]))


UNMEASURED: dict[str, Any] = {
    "dict": {"weights": [1.0, 2.0]},
    "list": [1.0, 2.0],
    "function": np.mean,
    "net": Net(),
    "outlier detector with text labels": IsolationForest(n_estimators=5).fit(X),
}


@pytest.mark.parametrize("model", UNMEASURED.values(), ids=UNMEASURED)
def test_a_model_that_is_not_measured_is_logged(
    registry: ModelRegistry, model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Test data without metrics give one line, which names the reason and the way out."""
    name = registry.register_model(model, "any", X_test=X, y_test=KOI)
    assert registry.get_metadata(name).metrics == {}
    lines = [text for text in caplog.messages if "No metrics were measured" in text]
    assert len(lines) == 1
    assert "Pass predict=, a function that takes the model and X_test" in lines[0]
    assert "or evaluation_results=" in lines[0]


def test_results_of_the_user_need_no_warning(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A model with passed metrics is not logged, and has no scoring of ours."""
    name = registry.register_model(
        {"any": 1}, "any", X_test=X, y_test=KOI, metrics={"f1_score": 0.9}
    )
    assert "No metrics were measured" not in caplog.text
    assert registry.get_metadata(name).scoring is None


def test_a_function_measures_any_model(registry: ModelRegistry) -> None:
    """With predict=, a model of another library has metrics, arrays and a scoring."""
    name = registry.register_model(
        Net(),
        "net",
        X_test=X,
        y_test=KOI,
        pos_label="FALSE POSITIVE",
        predict=lambda model, rows: model.forward(rows),
    )
    found = registry.get_metadata(name)
    assert found.f1_score == 1.0
    assert found.scoring == Scoring("binary", "binary", "FALSE POSITIVE")
    assert registry.load_evaluation(name)["y_pred"].tolist() == KOI.tolist()


def test_a_function_that_fails_registers_nothing(registry: ModelRegistry) -> None:
    """An error of predict= names the model and the error."""

    def predict(model: Any, rows: Any) -> Any:
        raise ValueError("no weights")

    with pytest.raises(RecordError, match=r"Cannot evaluate Net .*ValueError: no weights"):
        registry.register_model(Net(), "net", X_test=X, y_test=KOI, predict=predict)
    assert len(registry.list_models()) == 0


def test_a_function_requires_test_data(registry: ModelRegistry) -> None:
    """A function without test data is an error."""
    with pytest.raises(RecordError, match="predict= requires X_test and y_test"):
        registry.register_model(Net(), "net", predict=lambda _model, rows: rows)


def test_a_clustering_is_measured_without_labels(registry: ModelRegistry) -> None:
    """A clustering has its metrics on the test rows, and no arrays of a regressor."""
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    name = registry.register_model(model, "groups", X_test=X)
    found = registry.get_metadata(name)
    assert found.metrics["silhouette"] == pytest.approx(
        metrics.silhouette_score(X, model.predict(X))
    )
    assert "evaluation" not in found.attachments


def test_a_booster_is_measured(registry: ModelRegistry) -> None:
    """A native booster has the metrics of its objective."""
    y = (KOI == "CONFIRMED").astype(int)
    table = xgboost.DMatrix(np.tile(X, (5, 1)), np.tile(y, 5))
    model = xgboost.train({"objective": "binary:logistic"}, table, 20)
    found = registry.get_metadata(registry.register_model(model, "trees", X_test=X, y_test=y))
    assert found.f1_score == 1.0


@pytest.mark.parametrize("name", ["X", "y", "X_test", "y_test"])
def test_masked_values_are_rejected(registry: ModelRegistry, name: str) -> None:
    """A mask that a model would not see is an error; an array without masked values is not."""
    y = (KOI == "CONFIRMED").astype(int)
    model = LogisticRegression().fit(X, y)
    data: dict[str, Any] = {"X": X, "y": y, "X_test": X, "y_test": y}
    mask = np.zeros(data[name].shape, dtype=bool)
    whole = np.ma.masked_array(data[name], mask=mask)
    registry.register_model(model, "m", **{**data, name: whole})
    mask[2] = True
    part = np.ma.masked_array(data[name], mask=mask)
    with pytest.raises(RecordError, match=f"{name} has 1 masked value, which a model does not see"):
        registry.register_model(model, "m", **{**data, name: part}, description="masked")


def test_a_masked_column_of_a_table_is_rejected(registry: ModelRegistry) -> None:
    """The masked values of an Astropy table are counted over its columns."""
    table = Table({"a": MaskedColumn([1.0, 2.0], mask=[True, False]), "b": [1.0, 2.0]})
    with pytest.raises(RecordError, match="X has 1 masked value"):
        registry.register_model({"any": 1}, "m", X=table)


def test_missing_labels_are_rejected_for_any_model(registry: ModelRegistry) -> None:
    """Missing labels raise one error for classifiers, regressors, boosters and other models."""
    text, number = ["A", None, "B", "A", "B", "A"], [1.0, math.nan, 2.0, 3.0, 4.0, 5.0]
    line = LinearRegression().fit(X, X[:, 0])
    for model, truth in ((MODEL, text), (line, number), ({"any": 1}, text), (Net(), number)):
        with pytest.raises(RecordError, match="y_test has 1 missing value, first in row 1"):
            registry.register_model(model, "m", X_test=X, y_test=truth)


def test_metrics_is_another_name_of_evaluation_results(registry: ModelRegistry) -> None:
    """Results are accepted under both names, but not under both at once."""
    results = {"f1_score": 0.5, "folds": [0.4, 0.6]}
    found = registry.get_metadata(registry.register_model(MODEL, "m", metrics=results))
    assert found.metrics == {"f1_score": 0.5}
    assert found.additional_metrics == {"folds": [0.4, 0.6]}
    with pytest.raises(RecordError, match="are two names of one argument; pass one dict"):
        registry.register_model(MODEL, "m", metrics={}, evaluation_results={})
    with pytest.raises(RecordError, match="metrics must be a dict, got"):
        registry.register_model(MODEL, "m", metrics=[0.5])  # type: ignore[arg-type]


def test_tags_can_be_names(registry: ModelRegistry) -> None:
    """A list of names gives tags without a value, and a single text is an error."""
    found = registry.get_metadata(registry.register_model(MODEL, "m", tags=["reviewed", "kepler"]))
    assert found.tags == {"reviewed": True, "kepler": True}
    assert len(registry.list_models(where="'reviewed' in tags")) == 1
    with pytest.raises(RecordError, match=r"such as tags=\['reviewed'\]"):
        registry.register_model(MODEL, "m", tags="reviewed")
    with pytest.raises(RecordError, match="A tag name must be non-empty text, got 3"):
        registry.register_model(MODEL, "m", tags=[3])  # type: ignore[list-item]


def test_the_training_info_is_returned_as_passed(registry: ModelRegistry) -> None:
    """The metadata has the training info that was passed, with its additional facts."""
    info = {
        "dataset": "kepler",
        "training_samples": 10,
        "test_samples": 5,
        "class_distribution": {"CONFIRMED": 4, "FALSE POSITIVE": 6},
        "epochs": 7,
    }
    name = registry.register_model(MODEL, "m", training_info=info)
    assert registry.get_metadata(name).training_info == info


def test_a_clustering_of_its_training_rows_is_measured(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A clustering without predict is measured if the test rows are its training rows."""
    model = AgglomerativeClustering(2).fit(X)
    found = registry.get_metadata(registry.register_model(model, "groups", X=X, X_test=X))
    expected = metrics.silhouette_score(X, model.labels_)
    assert found.metrics["silhouette"] == pytest.approx(expected)
    other = registry.register_model(model, "groups", X=X, X_test=X[::-1], description="other")
    assert registry.get_metadata(other).metrics == {}
    assert "it has no predict method for the rows of X_test" in caplog.text
