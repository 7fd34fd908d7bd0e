"""Metrics that are measured after registration."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.errors import RecordError, VersionNotFoundError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two versions of toy, whose clock shows the first of December."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, now=lambda: NOW)
    registry.register_model({"value": 1}, "toy", metrics={"f1_score": 0.9, "recall": 0.8})
    registry.register_model({"value": 2}, "toy", metrics={"f1_score": 0.91})
    return registry


def test_a_later_metric_is_kept_beside_the_first_one(registry: ModelRegistry) -> None:
    """Another kernel reads the value, its time and its data, and the first value is unchanged."""
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at=NOVEMBER, on="2026-11 production")
    version = ModelRegistry(registry.location).get_metadata("toy:1")
    (later,) = version.later_metrics
    assert (later.metrics, later.at, later.on) == (
        {"f1_score": 0.87},
        NOVEMBER,
        "2026-11 production",
    )
    assert later.author
    assert version.metrics == {"f1_score": 0.9, "recall": 0.8}
    assert registry["toy:2"].later_metrics == ()


def test_later_metrics_are_restored_from_a_dict(registry: ModelRegistry) -> None:
    """Metadata with later metrics survive to_dict and from_dict."""
    version = registry.add_metrics("toy", {"loss": float("nan"), "n": 3}, on="drift")
    assert ModelMetadata.from_dict(version.to_dict()) == version
    assert "later_metrics" not in registry["toy:1"].to_dict()


def test_the_default_time_is_now(registry: ModelRegistry) -> None:
    """Without a time, the metrics were measured when they are added."""
    (later,) = registry.add_metrics("toy:1", {"f1_score": np.float64(0.87)}).later_metrics
    assert (later.at, later.on) == (NOW, "")
    assert type(later.metrics["f1_score"]) is float


@pytest.mark.parametrize(
    "at",
    [
        NOVEMBER.replace(tzinfo=None),
        date(2026, 11, 30),
        "2026-11-30",
        "2026-11-30T02:00+02:00",
        datetime(2026, 11, 30, 2, tzinfo=timezone(timedelta(hours=2))),
        pd.Timestamp("2026-11-30"),
        np.datetime64("2026-11-30"),
    ],
    ids=lambda at: f"{type(at).__name__} {at}",
)
def test_a_time_without_a_zone_is_utc(registry: ModelRegistry, at: Any) -> None:
    """Naive datetimes, dates and ISO 8601 text are in UTC; other zones are converted."""
    (later,) = registry.add_metrics("toy:1", {"f1_score": 0.87}, at=at).later_metrics
    assert later.at == NOVEMBER
    assert later.at.utcoffset() == timedelta(0)


def test_the_series_is_sorted_by_the_time_of_measurement(registry: ModelRegistry) -> None:
    """An earlier month that is added later comes first."""
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at=NOVEMBER)
    version = registry.add_metrics("toy:1", {"f1_score": 0.89}, at="2026-10-31")
    assert [later.metrics["f1_score"] for later in version.later_metrics] == [0.89, 0.87]


def test_a_cell_that_is_run_again_adds_no_second_measurement(registry: ModelRegistry) -> None:
    """Equal metrics with the same time and data are one measurement."""
    for _ in range(2):
        registry.add_metrics("toy:1", {"loss": float("nan")}, at=NOVEMBER, on="production")
    assert len(registry["toy:1"].later_metrics) == 1
    registry.add_metrics("toy:1", {"loss": 0.2}, at=NOVEMBER, on="production")
    assert len(registry["toy:1"].later_metrics) == 2


@pytest.mark.parametrize(
    ("metrics", "options", "message"),
    [
        ({"verdict": "good"}, {}, r"metrics\.verdict must be a number, got 'good'"),
        ({"ok": True}, {}, r"metrics\.ok must be a number, got True"),
        ({"recall": [0.1, 0.2]}, {}, r"metrics\.recall must be a number"),
        ({"n": 10**400}, {}, r"metrics\.n"),
        ({}, {}, "at least one metric"),
        (None, {}, "metrics must be a dict, got None"),
        ([0.9], {}, r"metrics must be a dict, got \[0\.9\]"),
        ({1: 0.9}, {}, "name of a metric must be non-empty text, got 1"),
        ({" ": 0.9}, {}, "name of a metric must be non-empty text"),
        ({"f1_score": object()}, {}, r"metrics\.f1_score has the unsupported type"),
        ({"f1_score": 0.9}, {"at": "November"}, "at must be a datetime.*got 'November'"),
        ({"f1_score": 0.9}, {"at": 20261130}, "at must be a datetime.*got 20261130"),
        ({"f1_score": 0.9}, {"at": pd.NaT}, "at must be a datetime"),
        ({"f1_score": 0.9}, {"on": 11}, "on must be text.*got 11"),
    ],
)
def test_invalid_measurements_add_no_event(
    registry: ModelRegistry, metrics: Any, options: dict[str, Any], message: str
) -> None:
    """A value that is not a number, or an invalid time, is an error that names it."""
    with pytest.raises(RecordError, match=message):
        registry.add_metrics("toy:1", metrics, **options)
    assert [entry["action"] for entry in registry.history("toy:1")] == ["register"]


def test_a_deleted_version_is_not_monitored(registry: ModelRegistry) -> None:
    """Metrics of a deleted version are an error that names how to restore it."""
    registry.delete_model("toy:2")
    with pytest.raises(VersionNotFoundError, match="restore"):
        registry.add_metrics("toy:2", {"f1_score": 0.5})


def test_the_history_has_the_measurement(registry: ModelRegistry) -> None:
    """The event is in the history with values and data."""
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at=NOVEMBER, on="2026-11 production")
    history = registry.history("toy:1")
    assert (history[-1]["action"], history[-1]["metrics"]) == ("metrics", {"f1_score": 0.87})
    assert "Version 1 was measured on 2026-11 production: f1_score 0.8700" in repr(history)


def test_the_series_is_a_frame(registry: ModelRegistry) -> None:
    """The frame has a row for each measurement and a column for each metric."""
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at=NOVEMBER, on="production")
    registry.add_metrics("toy:1", {"f1_score": 0.85, "drift": 0.2}, at=NOW)
    frame = registry.later_metrics("toy:1").to_frame()
    assert list(frame.columns) == ["at", "on", "author", "f1_score", "drift"]
    assert frame["f1_score"].tolist() == [0.87, 0.85]
    assert frame["at"].tolist() == [NOVEMBER, NOW]
    assert np.isnan(frame["drift"][0])


def test_a_version_without_later_metrics_has_an_empty_series(registry: ModelRegistry) -> None:
    """The display of an empty series names the call that adds metrics."""
    series = registry.later_metrics("toy:1")
    assert len(series) == 0
    assert "registry.add_metrics('toy:1'" in repr(series)
    assert list(series.to_frame().columns) == ["at", "on", "author"]


def test_later_metrics_do_not_decide_which_version_is_best(registry: ModelRegistry) -> None:
    """The best version is chosen by the metrics of the registration."""
    registry.add_metrics("toy:1", {"f1_score": 0.99})
    assert registry.best_version("toy").model_id == "toy:2"
    assert registry.list_models(where="metrics.f1_score > 0.95").ids == ()


def test_the_newest_later_metric_is_a_filter(registry: ModelRegistry) -> None:
    """A filter and a sort order read the newest value of each metric."""
    registry.add_metrics("toy:1", {"f1_score": 0.7}, at=NOVEMBER)
    registry.add_metrics("toy:1", {"f1_score": 0.95}, at="2026-10-31")
    registry.add_metrics("toy:2", {"f1_score": 0.85}, at=NOVEMBER)
    assert registry.list_models(where="later_metrics.f1_score < 0.8").ids == ("toy:1",)
    assert registry.list_models(order_by="-later_metrics.f1_score").ids == ("toy:2", "toy:1")
    assert registry.list_fields()["later_metrics"] == ("f1_score",)
    registry.add_metrics("toy:1", {"f1_score": 0.9})
    assert registry.list_models(where="later_metrics.f1_score < 0.8").ids == ()


def test_a_time_outside_of_the_calendar_is_an_error(registry: ModelRegistry) -> None:
    """A time whose day in UTC does not exist is refused in one sentence."""
    at = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(RecordError, match="at must be in the years 1 to 9999 in UTC"):
        registry.add_metrics("toy:1", {"f1_score": 0.5}, at=at)
