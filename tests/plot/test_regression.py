"""Residuals, predictions against the truth and the distribution of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.regression import (
    binned_means,
    error_distribution,
    predicted_against_true,
    residuals,
)
from exo_nbregistry.plot.view import Plot
from tests.plot.builders import legend, line, results, texts, version

ALL = [residuals, predicted_against_true, error_distribution]


def numbers(rows: int = 200, seed: int = 0) -> dict[str, Any]:
    """Return evaluation arrays of a regressor."""
    chance = np.random.default_rng(seed)
    true = chance.normal(size=rows)
    return {"y_true": true, "y_pred": true + chance.normal(scale=0.3, size=rows)}


def test_residuals_are_true_minus_predicted() -> None:
    """Each point is the residual at its prediction, and the table has the errors."""
    arrays = numbers()
    plot = residuals([version()], [arrays])
    points = plot.figure.axes[0].lines[0]
    true, predicted = arrays["y_true"], arrays["y_pred"]
    np.testing.assert_array_equal(points.get_xdata(), predicted)
    np.testing.assert_array_equal(points.get_ydata(), true - predicted)
    error = true - predicted
    assert plot.rows[0][1:] == pytest.approx(
        [error.mean(), root_mean_squared_error(true, predicted), abs(error).max(), 200]
    )
    assert plot.to_frame()["residual"].tolist() == error.tolist()


def test_the_mean_of_residuals_shows_a_trend() -> None:
    """The line has the means of bins with equally many rows; equal predictions are one bin."""
    x = np.arange(100.0)
    centers, means = binned_means(x[::-1], 2 * x[::-1])
    assert centers.tolist() == [4.5 + 10 * i for i in range(10)]
    np.testing.assert_array_equal(means, 2 * centers)
    assert [len(part) for part in binned_means(np.ones(100), x)] == [1, 1]


def test_predictions_are_drawn_against_the_truth() -> None:
    """Both axes have the same range, with a diagonal, and the table has the registered metrics."""
    arrays = numbers()
    plot = predicted_against_true([version()], [arrays])
    (axes,) = plot.figure.axes
    true, predicted = arrays["y_true"], arrays["y_pred"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), true)
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), predicted)
    assert axes.get_xlim() == axes.get_ylim()
    diagonal = line(plot.figure, "perfect prediction")
    np.testing.assert_array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    assert plot.rows[0][1:] == pytest.approx(
        [
            r2_score(true, predicted),
            root_mean_squared_error(true, predicted),
            mean_absolute_error(true, predicted),
            200,
        ]
    )


def test_the_metrics_of_a_table_are_weighted_as_the_registered_ones() -> None:
    """With sample weights, the table has the weighted metrics."""
    weight = np.linspace(0.0, 3.0, 200)
    arrays = numbers() | {"sample_weight": weight}
    true, predicted = arrays["y_true"], arrays["y_pred"]
    assert predicted_against_true([version()], [arrays]).rows[0][1:4] == pytest.approx(
        [
            metric(true, predicted, sample_weight=weight)
            for metric in (r2_score, root_mean_squared_error, mean_absolute_error)
        ]
    )


def test_errors_are_shares_of_the_rows() -> None:
    """The steps of each version add up to all of its rows, and share their edges."""
    plot = error_distribution([version(1), version(2)], [numbers(), numbers(seed=1)])
    first, second = (patch.get_data() for patch in plot.figure.axes[0].patches)
    assert first.values.sum() == pytest.approx(1)
    assert second.values.sum() == pytest.approx(1)
    np.testing.assert_array_equal(first.edges, second.edges)
    assert legend(plot.figure) == ["no error", "kepler_rf:1", "kepler_rf:2"]


def test_a_far_error_does_not_stretch_the_axis() -> None:
    """Errors far from the others are counted in a note instead."""
    arrays = numbers(1000)
    arrays["y_pred"][0] = 1e6
    plot = error_distribution([version()], [arrays])
    assert max(map(abs, plot.figure.axes[0].get_xlim())) < 10
    assert any("larger errors are beyond the axis" in note for note in plot.notes)


@pytest.mark.parametrize("draw", ALL)
def test_versions_on_different_rows_are_named(draw: Callable[..., Plot]) -> None:
    """A note warns that versions were evaluated on different test rows."""
    plot = draw([version(1), version(2)], [numbers(), numbers(seed=1)])
    assert "different test rows" in plot.notes[-1]
    assert {row[0] for row in plot.rows} == {"kepler_rf:1", "kepler_rf:2"}
    assert any("kepler_rf:2" in text for text in texts(plot.figure))


@pytest.mark.parametrize("draw", [residuals, predicted_against_true])
def test_a_large_test_set_is_thinned(draw: Callable[..., Plot]) -> None:
    """At most 5,000 points are drawn, a note names the limit, and the numbers are of all rows."""
    plot = draw([version()], [numbers(20_001)])
    assert len(plot.figure.axes[0].lines[0].get_xdata()) <= 5_000
    assert "At most 5,000 rows are drawn" in plot.notes[-1]
    assert plot.rows[0][-1] == len(plot.to_frame()) == 20_001


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (results(), "has no predictions of numbers"),
        ({"y_true": np.ones(3)}, "has no predictions of numbers"),
        ({"y_true": np.array(["a"]), "y_pred": np.array(["b"])}, "has no predictions of numbers"),
        ({"y_true": np.ones(3), "y_pred": np.ones(4)}, "do not match its test rows"),
        ({"y_true": np.ones(0), "y_pred": np.ones(0)}, "do not match its test rows"),
        ({"y_true": np.ones((3, 2)), "y_pred": np.ones((3, 2))}, "has several outputs"),
        ({"y_true": np.ones(2), "y_pred": np.array([1, np.inf])}, "are not finite"),
        (numbers(3) | {"sample_weight": np.ones(2)}, "has weights that do not match its test rows"),
    ],
)
def test_others_are_omitted(draw: Callable[..., Plot], arrays: dict[str, Any], reason: str) -> None:
    """Arrays that are not numbers for each row are not drawn; the reason is named."""
    with pytest.raises(RegistryError, match=reason):
        draw([version()], [arrays])
    plot = draw([version(1), version(2)], [numbers(), arrays])
    assert [row[0] for row in plot.rows] == ["kepler_rf:1"]
    assert any(f"kepler_rf:2 {reason}" in note or reason in note for note in plot.notes)


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize("rows", [1, 2])
def test_few_or_constant_rows_are_drawn(draw: Callable[..., Plot], rows: int) -> None:
    """One row, and a constant truth without errors, have a figure."""
    arrays = {"y_true": np.full(rows, 2), "y_pred": np.full((rows, 1), 2.0)}
    plot = draw([version()], [arrays])
    assert plot.to_png().startswith(b"\x89PNG")
    assert plot.rows[0][-1] == rows
