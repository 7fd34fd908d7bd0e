"""How each metric of a version was measured."""

from __future__ import annotations

import pytest

from exo_nbregistry.records.measurement import (
    describe_difference,
    is_comparable,
    measured_as,
    metric_title,
    series_title,
)
from exo_nbregistry.records.metric_series import measurements_of
from exo_nbregistry.records.scoring import Scoring
from tests.plot.builders import version

PLANET = Scoring("binary", "binary", "planet")
STRICT = Scoring("binary", "binary", "planet", threshold=0.7)
DUST = Scoring("binary", "binary", "dust")
MACRO = Scoring("binary", "macro")
WEIGHTED = Scoring("regression", sample_weight=True)


@pytest.mark.parametrize(
    ("scoring", "metric", "label"),
    [
        (PLANET, "f1_score", "of planet"),
        (PLANET, "average_precision", "of planet"),
        (PLANET, "accuracy", ""),
        (PLANET, "recall.dust", ""),
        (PLANET, "f1_macro", ""),
        (STRICT, "f1_score", "of planet at 0.7"),
        (STRICT, "recall.dust", "at 0.7"),
        (STRICT, "f1_macro", "at 0.7"),
        (STRICT, "accuracy", "at 0.7"),
        (STRICT, "roc_auc", ""),
        (STRICT, "log_loss", ""),
        (MACRO, "recall", "macro average"),
        (MACRO, "roc_auc", ""),
        (Scoring("outlier", "binary", -1), "roc_auc", ""),
        (Scoring("multiclass", "binary", "planet"), "roc_auc", "of planet"),
        (Scoring("multiclass", "macro"), "roc_auc", "macro average"),
        (Scoring("multilabel", "macro"), "roc_auc", "macro average"),
        (Scoring("multiclass", "macro"), "log_loss", ""),
        (WEIGHTED, "r2", "with sample weights"),
    ],
)
def test_a_metric_depends_on_its_part_of_the_scoring(
    scoring: Scoring, metric: str, label: str
) -> None:
    """Only metrics of the positive class name it, and only metrics of labels the threshold."""
    part = measured_as(scoring, metric)
    assert part is not None
    assert part.label == label
    expected = f"{metric} ({label})" if label else metric
    assert metric_title(metric, [version(metrics={metric: 0.5}, scoring=scoring)]) == expected


def test_a_title_names_what_all_versions_share() -> None:
    """Versions that differ, or of which nothing is recorded, have the plain name."""
    metrics = {"f1_score": 0.5}
    one = version(1, metrics=metrics, scoring=PLANET)
    without = version(2, scoring=DUST)
    assert metric_title("f1_score", [one, without]) == "f1_score (of planet)"
    for other in (DUST, MACRO, None):
        items = [one, version(2, metrics=metrics, scoring=other)]
        assert metric_title("f1_score", items) == "f1_score"
        assert series_title(measurements_of(items)) == "f1_score"
    assert series_title(measurements_of([one])) == "f1_score (of planet)"


def test_only_metrics_measured_alike_are_comparable() -> None:
    """F1 of different classes cannot be compared, log loss can, and so can unrecorded ones."""
    one, other = version(1, scoring=PLANET), version(2, scoring=DUST)
    assert not is_comparable(one, other, "f1_score")
    assert is_comparable(one, other, "log_loss")
    assert is_comparable(one, version(3), "f1_score")


@pytest.mark.parametrize(
    ("others", "where"),
    [
        ((DUST,), "scoring.pos_label == 'planet'"),
        ((MACRO,), "scoring.pos_label == 'planet'"),
        ((STRICT,), "scoring.threshold == None"),
        ((STRICT, MACRO), "scoring.pos_label == 'planet' and scoring.threshold == None"),
    ],
)
def test_a_difference_is_a_sentence_with_a_filter(others: tuple[Scoring, ...], where: str) -> None:
    """The sentence has the number of versions of each kind and a filter for the most frequent."""
    text = describe_difference("f1_score", {PLANET: 3, **dict.fromkeys(others, 1)})
    assert text is not None
    assert "of planet (3)" in text
    assert all(f"{other.label} (1)" in text for other in others)
    assert text.endswith(f'with where="{where}".')


def test_the_filter_of_an_average_does_not_name_a_class() -> None:
    """Versions with an average are selected by it."""
    text = describe_difference("f1_score", {MACRO: 3, PLANET: 1})
    assert text is not None
    assert text.endswith("with where=\"scoring.average == 'macro'\".")


def test_metrics_measured_alike_have_no_sentence() -> None:
    """Equal scorings, and metrics that do not depend on the difference, have no sentence."""
    assert describe_difference("f1_score", {PLANET: 3}) is None
    assert describe_difference("log_loss", {PLANET: 1, DUST: 1, STRICT: 1}) is None
    assert describe_difference("f1_score", {}) is None


def test_the_score_of_a_search_is_compared_by_its_scorer() -> None:
    """cv_score has the name of its scorer, and does not depend on the test set."""
    auc, accuracy, unknown = (
        version(i, metrics={"cv_score": 0.9}, scoring=WEIGHTED, additional_metrics=more)
        for i, more in enumerate(
            ({"search": {"scorer": "roc_auc"}}, {"search": {"scorer": "accuracy"}}, {}), 1
        )
    )
    assert metric_title("cv_score", [auc]) == "cv_score (roc_auc)"
    assert not is_comparable(auc, accuracy, "cv_score")
    assert is_comparable(auc, unknown, "cv_score")
    assert metric_title("cv_score", [unknown]) == "cv_score"
    assert measured_as(WEIGHTED, "cv_score") is None
