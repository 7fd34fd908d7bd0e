"""The table of metrics: each one against scikit-learn, unweighted and weighted."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from exo_nbregistry.values.metric import higher_is_better, ordered
from exo_nbregistry.values.metric_table import METRICS, Metric, Outcome

N = 12
SCORES = arrays(np.float64, N, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]))
TRUTHS = arrays(np.bool_, N)
NUMBERS = arrays(np.float64, N, elements=st.sampled_from([-2.0, 0.0, 0.5, 3.0]))
WEIGHTS = arrays(np.float64, (3, N), elements=st.integers(0, 3).map(float))

# The value of each metric as scikit-learn computes it, and whether higher values are better.
REFERENCES: dict[str, tuple[Callable[..., float], bool]] = {
    "accuracy": (lambda rows, **w: metrics.accuracy_score(rows.truth, rows.predicted, **w), True),
    "precision": (lambda rows, **w: metrics.precision_score(rows.truth, rows.predicted, **w), True),
    "recall": (lambda rows, **w: metrics.recall_score(rows.truth, rows.predicted, **w), True),
    "f1_score": (lambda rows, **w: metrics.f1_score(rows.truth, rows.predicted, **w), True),
    "roc_auc": (lambda rows, **w: metrics.roc_auc_score(rows.truth, rows.probability, **w), True),
    "average_precision": (
        lambda rows, **w: metrics.average_precision_score(rows.truth, rows.probability, **w),
        True,
    ),
    "log_loss": (
        lambda rows, **w: metrics.log_loss(
            rows.truth, np.c_[1 - rows.probability, rows.probability], **w
        ),
        False,
    ),
    "brier": (
        lambda rows, **w: metrics.brier_score_loss(rows.truth, rows.probability, **w),
        False,
    ),
    "r2": (lambda rows, **w: metrics.r2_score(rows.truth, rows.predicted, **w), True),
    "rmse": (
        lambda rows, **w: metrics.root_mean_squared_error(rows.truth, rows.predicted, **w),
        False,
    ),
    "mae": (
        lambda rows, **w: metrics.mean_absolute_error(rows.truth, rows.predicted, **w),
        False,
    ),
}
CLASSIFIER = [metric for metric in METRICS.values() if metric.needs != "numbers"]
REGRESSOR = [metric for metric in METRICS.values() if metric.needs == "numbers"]


def check(metric: Metric, rows: Any, weights: Any, outcome: Outcome) -> None:
    """Check a metric against its reference: weighted, and without weights."""
    reference, _ = REFERENCES[metric.name]
    found = metric.weighted(rows, weights)
    for value, weight in zip(found, weights, strict=True):
        assert value == pytest.approx(reference(rows, sample_weight=weight))
    assert metric.function(outcome) == pytest.approx(reference(rows))


def is_defined(truth: Any, predicted: Any, weights: Any) -> bool:
    """Return whether each weighting has both classes, and rows predicted positive."""
    return all(
        len(set(truth[weight > 0])) == 2 and predicted[weight > 0].any() for weight in weights
    )


@settings(deadline=None)  # scikit-learn is imported by the first example
@pytest.mark.parametrize("metric", CLASSIFIER, ids=lambda metric: metric.name)
@given(truth=TRUTHS, score=SCORES, weights=WEIGHTS)
def test_two_classes_agree_with_scikit_learn(
    metric: Metric, truth: Any, score: Any, weights: Any
) -> None:
    """Tied and certain scores and rows without weight included, values equal scikit-learn's."""
    predicted = score >= 0.5
    kept = [weight for weight in weights if is_defined(truth, predicted, [weight])]
    weights = np.array([*kept, np.ones(N)])
    if is_defined(truth, predicted, weights):
        rows = SimpleNamespace(truth=truth, predicted=predicted, probability=score)
        shares = np.c_[1 - score, score]
        outcome = Outcome(truth, predicted, np.array([False, True]), shares, pos_label=True)
        check(metric, rows, weights, outcome)


@settings(deadline=None)
@pytest.mark.parametrize("metric", REGRESSOR, ids=lambda metric: metric.name)
@given(truth=NUMBERS, predicted=NUMBERS, weights=WEIGHTS)
def test_numbers_agree_with_scikit_learn(
    metric: Metric, truth: Any, predicted: Any, weights: Any
) -> None:
    """The weighted errors of a regressor equal scikit-learn's."""
    kept = [weight for weight in weights if len(set(truth[weight > 0])) > 1]
    weights = np.array([*kept, np.ones(N)])
    if len(set(truth)) > 1:
        rows = SimpleNamespace(truth=truth, predicted=predicted, probability=None)
        check(metric, rows, weights, Outcome(truth, predicted))


def test_r2_of_equal_numbers_is_undefined() -> None:
    """R2 of rows with one true value is NaN, although rounding leaves a little variance."""
    rows = SimpleNamespace(truth=np.array([0.1, 0.1, 0.7]), predicted=np.zeros(3), probability=None)
    found = METRICS["r2"].weighted(rows, np.array([[1.0, 2.0, 0.0], [1.0, 1.0, 1.0]]))
    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.parametrize("name", METRICS)
def test_directions_agree(name: str) -> None:
    """The table holds the direction of each metric, and a lookup by name returns it."""
    assert METRICS[name].higher_is_better is higher_is_better(name) is REFERENCES[name][1]


def test_the_table_gives_the_reading_order() -> None:
    """Metrics with a place come first in its order, and no place is taken twice."""
    placed = {m.order: name for name, m in METRICS.items() if m.order is not None}
    assert ordered(METRICS)[: len(placed)] == [placed[order] for order in sorted(placed)]
    assert len(placed) == sum(metric.order is not None for metric in METRICS.values())
