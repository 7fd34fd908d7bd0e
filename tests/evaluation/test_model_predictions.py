"""Weighted metrics of each kind of predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation import class_predictions
from exo_nbregistry.evaluation.model_predictions import read_predictions
from exo_nbregistry.values.metric_table import METRICS, Metric

RNG = np.random.default_rng(0)
COUNTS = RNG.integers(0, 4, (3, 60))


def repeat(counts: Any, *arrays: Any) -> list[Any]:
    """Return arrays with each row as often as it counts."""
    return [np.repeat(array, counts, axis=0) for array in arrays]


def three_classes() -> dict[str, Any]:
    """Return random labels and probabilities of three classes."""
    scores = RNG.dirichlet(np.ones(3), 60)
    classes = np.array(["a", "b", "c"])
    predicted = classes[scores.argmax(axis=1)]
    truth = np.where(RNG.random(60) < 0.5, predicted, RNG.permutation(predicted))
    return {"y_true": truth, "y_pred": predicted, "classes": classes, "probabilities": scores}


def test_three_classes_are_weighted_as_by_scikit_learn() -> None:
    """For each weighting, every metric equals scikit-learn's on the repeated rows."""
    arrays = three_classes()
    found = read_predictions(arrays).measure(COUNTS.astype(float))
    for place, counts in enumerate(COUNTS):
        truth, predicted, scores = repeat(
            counts, arrays["y_true"], arrays["y_pred"], arrays["probabilities"]
        )
        binary = truth[:, None] == arrays["classes"]
        options: Any = {"average": "macro", "zero_division": 0.0}
        expected = {
            "accuracy": metrics.accuracy_score(truth, predicted),
            "precision": metrics.precision_score(truth, predicted, **options),
            "recall": metrics.recall_score(truth, predicted, **options),
            "f1_score": metrics.f1_score(truth, predicted, **options),
            "roc_auc": metrics.roc_auc_score(binary, scores, average="macro"),
            "average_precision": metrics.average_precision_score(binary, scores, average="macro"),
            "log_loss": metrics.log_loss(truth, scores, labels=arrays["classes"]),
            "brier": np.mean(np.sum((scores - binary) ** 2, axis=1)),
        }
        assert {name: values[place] for name, values in found.items()} == pytest.approx(expected)


def test_numbers_are_weighted_as_by_scikit_learn() -> None:
    """For each weighting, r2, rmse and mae equal scikit-learn's on the repeated rows."""
    truth = RNG.normal(1e6, 1, 60)
    predicted = truth + RNG.normal(size=60)
    found = read_predictions({"y_true": truth, "y_pred": predicted}).measure(COUNTS.astype(float))
    for place, counts in enumerate(COUNTS):
        rows = repeat(counts, truth, predicted)
        assert {name: values[place] for name, values in found.items()} == pytest.approx(
            {
                "r2": metrics.r2_score(*rows),
                "rmse": metrics.root_mean_squared_error(*rows),
                "mae": metrics.mean_absolute_error(*rows),
            }
        )


def test_r2_of_a_constant_is_undefined() -> None:
    """If all true values are equal, r2 is NaN without a warning."""
    constant = read_predictions({"y_true": np.ones(3), "y_pred": np.arange(3.0)})
    assert np.isnan(constant.measure(np.ones((1, 3)))["r2"])


def test_labels_without_scores_have_the_metrics_of_labels() -> None:
    """Without scores, only metrics of labels are defined, for two and three classes."""
    three = {name: value for name, value in three_classes().items() if name != "probabilities"}
    two = {"y_true": np.arange(4) % 2, "y_pred": np.arange(4) // 2, "classes": np.arange(2)}
    for arrays in (two, three):
        found = read_predictions(arrays)
        values = found.measure(np.ones((1, found.n_rows)))
        assert list(values) == ["accuracy", "precision", "recall", "f1_score"]
        assert found.correct is not None
        assert values["accuracy"] == pytest.approx(found.correct.mean())


def test_any_metric_of_the_table_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new row of the table is measured for several classes, by its function."""
    new = Metric(
        "kappa",
        True,
        "labels",
        lambda outcome: metrics.cohen_kappa_score(outcome.y_true, outcome.y_pred),
        lambda rows, weights: np.zeros(len(weights)),
    )
    monkeypatch.setattr(class_predictions, "METRICS", {**METRICS, "kappa": new})
    arrays = three_classes()
    found = read_predictions(arrays).measure(COUNTS.astype(float))["kappa"]
    for value, counts in zip(found, COUNTS, strict=True):
        assert value == metrics.cohen_kappa_score(
            *repeat(counts, arrays["y_true"], arrays["y_pred"])
        )


def test_missing_predictions_are_rejected() -> None:
    """Without predictions, the error names the model."""
    with pytest.raises(RegistryError, match=r"m:3 has no predictions on a test set; evaluate"):
        read_predictions({}, "m:3")
