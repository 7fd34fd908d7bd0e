"""One metric of many versions, read off their metadata."""

from __future__ import annotations

from exo_nbregistry.records.metric_series import measurements_of
from tests.plot.builders import version


def test_versions_are_sorted_and_those_without_are_counted() -> None:
    """By model and version; the total has those that lack the metric too."""
    items = [
        version(2, "b", metrics={"auc": 0.2}, aliases=("champion",)),
        version(1, "b", metrics={"auc": 0.1}),
        version(9, "a", metrics={"auc": 0.9}),
        version(3, "b"),
    ]
    found = measurements_of(items, "auc")
    assert [(one.display_id, one.value) for one in found.items] == [
        ("a:9", 0.9),
        ("b:1", 0.1),
        ("b:2", 0.2),
    ]
    assert found.items[2].aliases == ("champion",)
    assert (found.metric, found.total, found.known) == ("auc", 4, ())


def test_the_usual_metric_is_the_default() -> None:
    """The default metric of the versions, unless most of them have only other metrics."""
    items = [version(1, metrics={"auc": 0.1, "f1_score": 0.5}), version(2, metrics={"auc": 0.1})]
    assert measurements_of(items).metric == "f1_score"
    assert measurements_of([*items, version(3, metrics={"auc": 0.2})]).metric == "auc"
    assert measurements_of([]).metric is None


def test_the_available_metrics_are_returned_instead() -> None:
    """Where no version has the metric, those that there are come with the answer."""
    found = measurements_of([version(1, metrics={"auc": 0.1})], "f1_score")
    assert (found.items, found.known) == ([], ("auc",))
