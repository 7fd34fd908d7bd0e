"""A metric that was measured after registration, over time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.dates import num2date

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.monitoring import monitoring
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.records.metadata import ModelMetadata
from tests.html_page import PAYLOADS
from tests.plot.builders import legend, texts, version

TIMES = [datetime(2026, month, 28, tzinfo=UTC) for month in (9, 10, 11)]


def monitored(number: int = 1, name: str = "f1_score", **fields: Any) -> ModelMetadata:
    """Return a version whose metric was measured three times later."""
    later = [
        LaterMetrics({name: 0.9 - i / 10, "drift": float(i)}, at, f"month {i}", "ada")
        for i, at in enumerate(TIMES)
    ]
    return version(number, later_metrics=tuple(later), **{"metrics": {name: 0.95}} | fields)


def test_the_values_are_along_the_time() -> None:
    """Each measurement is a point at its time, beside a line at the registered value."""
    item = monitored()
    plot = monitoring([item])
    points, reference = plot.figure.axes[0].lines
    assert [num2date(x) for x in points.get_xdata(orig=False)] == TIMES
    assert points.get_ydata() == pytest.approx([0.9, 0.8, 0.7])
    first = f"{item.display_id} at registration: 0.9500"
    assert legend(plot.figure) == [item.display_id, first]
    assert set(np.ravel(reference.get_ydata())) == {0.95}
    assert plot.headers == ("model", "f1_score", "at (UTC)", "on")
    assert [row[1:] for row in plot.rows][-1] == [pytest.approx(0.7), "2026-11-28 00:00", "month 2"]
    assert plot.rows[0][1::2] == [0.95, "registration"]


def test_the_text_has_the_values_and_other_metrics() -> None:
    """The text lists the measurements, and names the metrics that are not drawn."""
    text = repr(monitoring([monitored()]))
    assert "month 1" in text
    assert "Other later metrics: drift; select one with metric=." in text


def test_a_metric_can_be_chosen() -> None:
    """A metric that was not registered has no reference line."""
    plot = monitoring([monitored()], metric="drift")
    assert len(legend(plot.figure)) == 1
    assert [row[1] for row in plot.rows] == [0.0, 1.0, 2.0]


def test_an_unknown_metric_is_an_error() -> None:
    """The error names the later metrics of the versions."""
    with pytest.raises(RegistryError, match=r"later metric 'recall'.*f1_score, drift"):
        monitoring([monitored()], metric="recall")


def test_several_versions_have_a_line_each() -> None:
    """Each version has its line; a version without the metric is counted in a note."""
    later = (LaterMetrics({"other": 0.5}, TIMES[0], "", "ada"),)
    plot = monitoring([monitored(1), monitored(2), version(3, later_metrics=later)])
    assert len(legend(plot.figure)) == 4
    assert "Omitted: 1 version without later f1_score." in plot.notes


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_without_a_place_are_not_drawn(value: float) -> None:
    """NaN and infinite values are omitted from the line."""
    later = tuple(
        LaterMetrics({"f1_score": v}, at, "", "ada")
        for v, at in zip((0.5, value, 0.7), TIMES, strict=True)
    )
    plot = monitoring([version(1, metrics={"f1_score": value}, later_metrics=later)])
    assert [row[1] for row in plot.rows] == [0.5, 0.7]


def test_dates_are_utc() -> None:
    """The axis shows UTC, also if Matplotlib has another time zone."""
    item = monitored()
    expected = monitoring([item]).to_png()
    with mpl.rc_context({"timezone": "Pacific/Auckland"}):
        assert monitoring([item]).to_png() == expected


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_not_a_formula(payload: str) -> None:
    """Names and data of an attacker are drawn as text."""
    later = (LaterMetrics({payload: 0.5}, TIMES[0], payload, payload),)
    plot = monitoring([version(1, metrics={payload: 0.6}, later_metrics=later)])
    assert plot.to_png().startswith(b"\x89PNG")
    assert not any(text.isspace() for text in texts(plot.figure) if text)
