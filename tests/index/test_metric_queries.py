"""The index returns the same metrics as the records."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.index.index import Index
from exo_nbregistry.records.metric_series import measurements_of
from exo_nbregistry.records.scoring import Scoring
from tests.index_source import MemorySource

_METRICS = st.dictionaries(
    st.sampled_from(["f1_score", "auc", "loss"]), st.floats(-10, 10, allow_nan=False), max_size=3
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), _METRICS), max_size=12),
    st.sampled_from([None, "f1_score", "auc", "nothing"]),
)
def test_the_index_answers_as_the_records_do(
    versions: list[tuple[str, dict[str, float]]], metric: str | None
) -> None:
    """For any versions, the index and the metadata give the same values."""
    source = MemorySource()
    items = [source.add(model, metrics=metrics) for model, metrics in versions]
    index = Index(source, None, progress=False)
    found, expected = index.measured(metric), measurements_of(items, metric)
    index.close()
    assert list(found.items) == expected.items
    assert (found.metric, found.total) == (expected.metric, expected.total)
    assert sorted(found.known) == sorted(expected.known)


@pytest.mark.parametrize(
    ("where", "model", "values"),
    [
        (None, None, [0.1, 0.2, 0.9]),
        (None, "a", [0.1, 0.2]),
        ("metrics.f1_score > 0.15", None, [0.2, 0.9]),
        ("version == 2", "b", []),
    ],
)
def test_a_filter_and_a_model_choose(
    where: str | None, model: str | None, values: list[float]
) -> None:
    """Only matching versions have values and are counted."""
    source = MemorySource()
    for name, value in (("a", 0.1), ("a", 0.2), ("b", 0.9)):
        source.add(name, metrics={"f1_score": value})
    index = Index(source, None, progress=False)
    found = index.measured("f1_score", where, model)
    index.close()
    assert [one.value for one in found.items] == values
    assert found.total == len(values)


def test_reading_no_record_is_why_it_is_fast() -> None:
    """After indexing, reading a metric of all versions does not read the registry."""
    source = MemorySource()
    for _ in range(5):
        source.add("a", metrics={"f1_score": 0.5})
    index = Index(source, None, progress=False)
    index.refresh()
    before = source.reads
    assert len(index.measured(None).items) == 5
    assert source.reads == before
    index.close()


def test_scorings_are_counted() -> None:
    """The index returns how a metric was measured, as the records do."""
    source = MemorySource()
    scorings = [
        Scoring("binary", "binary", "planet"),
        Scoring("binary", "binary", "planet"),
        Scoring("binary", "binary", 1, threshold=0.3),
        Scoring("multiclass", "macro", sample_weight=True),
        Scoring("binary", "binary", 0.5),
        None,
    ]
    items = [
        source.add("a", metrics={"f1_score": 0.5}, **({"scoring": one} if one else {}))
        for one in scorings
    ]
    source.add("a", scoring=Scoring("binary", "macro"))
    index = Index(source, None, progress=False)
    found = index.measured("f1_score").scorings
    assert found == measurements_of(items, "f1_score").scorings
    assert index.metric_facts("f1_score").scorings == found
    assert sum(index.metric_facts("f1_score", "version > 2").scorings.values()) == 3
    index.close()


def test_equal_scorings_are_not_read() -> None:
    """If all versions of the index were measured alike, no scorings are counted for a ranking."""
    source = MemorySource()
    for scoring in (Scoring("binary", "binary", 1), Scoring("binary", "binary", 1), None):
        source.add("a", metrics={"f1_score": 0.5}, scoring=scoring)
    index = Index(source, None, progress=False)
    assert index.metric_facts("f1_score").scorings == {}
    assert sum(index.measured("f1_score").scorings.values()) == 2
    index.close()
    source.add("a", metrics={"f1_score": 0.5}, scoring=Scoring("binary", "binary", 1, 0.5))
    index = Index(source, None, progress=False)
    assert len(index.metric_facts("f1_score").scorings) == 2
    index.close()


def test_scorings_of_many_versions_are_counted_in_one_pass() -> None:
    """The time grows with the number of versions, not with its square."""
    times = []
    for number in (1_000, 4_000):
        source = MemorySource()
        for i in range(number):
            source.add("a", metrics={"f1_score": 0.5}, scoring=Scoring("binary", "binary", i % 2))
        index = Index(source, None, progress=False)
        index.refresh()
        started = time.process_time()
        assert len(index.metric_facts("f1_score").scorings) == 2
        times.append(time.process_time() - started)
        index.close()
    assert times[1] < 10 * max(times[0], 0.005)


def test_default_metrics_are_counted() -> None:
    """A version counts for the first default metric that it has, others for none."""
    source = MemorySource()
    for metrics in ({"f1_score": 1.0, "r2": 0.5}, {"r2": 0.5, "mae": 1.0}, {"mae": 1.0}, {}):
        source.add("a", metrics=metrics)
    source.add("b", metrics={"mae": 1.0})
    index = Index(source, None, progress=False)
    facts = index.metric_facts(None)
    assert facts.defaults == {"f1_score": 1, "r2": 1}
    assert facts.counts == {"f1_score": 1, "r2": 2, "mae": 3}
    facts = index.metric_facts(None, "version == 2")
    assert (facts.defaults, facts.counts) == ({"r2": 1}, {})
    facts = index.metric_facts(None, model="b")
    assert (facts.defaults, facts.counts) == ({}, {"mae": 1})
    index.close()


def test_one_default_metric_is_counted_for_matching_versions() -> None:
    """If all versions of the index have the same default metric, matching ones are counted."""
    source = MemorySource()
    for value in (0.1, 0.2, 0.3):
        source.add("a", metrics={"r2": value})
    index = Index(source, None, progress=False)
    assert index.metric_facts(None).defaults == {"r2": 3}
    assert index.metric_facts(None, "version > 1").defaults == {"r2": 2}
    assert index.metric_facts(None, "version > 9").defaults == {}
    index.close()
