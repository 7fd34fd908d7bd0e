"""A hyperparameter against a metric: numbers along an axis, choices side by side."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.hyperparameter import hyperparameter_against_metric, varied
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from tests.plot.builders import texts, version


def versions(name: str, *values: Any) -> list[ModelMetadata]:
    """Return a version for each value of a hyperparameter."""
    return [
        version(i, hyperparameters={name: value}, metrics={"f1_score": i / 100})
        for i, value in enumerate(values, 1)
    ]


def ticks(plot: Plot) -> list[str]:
    """Return the tick labels of the axis."""
    plot.figure.draw_without_rendering()
    return [tick.get_text() for tick in plot.figure.axes[0].get_xticklabels()]


@pytest.mark.parametrize(
    ("values", "scale"), [((1, 10, 100), "log"), ((1, 10, 50), "linear"), ((0, 1, 500), "linear")]
)
def test_numbers_are_along_an_axis(values: tuple[int, ...], scale: str) -> None:
    """Each version is a point; positive numbers over two decades have a logarithmic axis."""
    plot = hyperparameter_against_metric(versions("C", *values))
    axes = plot.figure.axes[0]
    (points,) = axes.lines
    assert list(points.get_xdata()) == list(values)
    assert points.get_ydata() == pytest.approx([0.01, 0.02, 0.03])
    assert points.get_linestyle() == "None"
    assert axes.get_xscale() == scale
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("C", "f1_score (higher is better)")
    assert not any("$" in text for text in texts(plot.figure))


def test_categories_are_side_by_side() -> None:
    """Numbers come first by size, then other values, each at its own position."""
    plot = hyperparameter_against_metric(versions("max_depth", None, 20, 8, None, True))
    assert ticks(plot) == ["8", "20", "None", "True"]
    places = [round(x) for x in plot.figure.axes[0].lines[0].get_xdata()]
    assert places == [2, 1, 0, 2, 3]


def test_points_of_one_choice_are_moved_apart_the_same_way_each_time() -> None:
    """Points of equal values are separated, and equal plots give equal bytes."""
    items = versions("kernel", *["rbf"] * 30)
    items += [version(99, hyperparameters={"kernel": "poly"}, metrics={"f1_score": 0.5})]
    first, second = (hyperparameter_against_metric(items) for _ in range(2))
    x = first.figure.axes[0].lines[0].get_xdata()
    assert len(set(x)) == 31
    assert max(abs(value - round(value)) for value in x) < 0.3
    assert first.to_png() == second.to_png()


def test_rare_choices_are_counted() -> None:
    """Of many values the most frequent twelve are shown, and a note counts the others."""
    names = [f"choice {i}" for i in range(12)] * 2 + ["rare 1", "rare 2"]
    plot = hyperparameter_against_metric(versions("kind", *names))
    assert len(ticks(plot)) == 12
    assert plot.notes == ("Omitted: 2 versions with less frequent values.",)


def test_many_numbers_and_none_are_an_axis() -> None:
    """If a value such as None is among many numbers, only the numbers are shown."""
    plot = hyperparameter_against_metric(versions("max_depth", None, *range(1, 30)))
    assert len(plot.figure.axes[0].lines[0].get_xdata()) == 29
    assert plot.notes == ("Omitted: 1 version with other values than numbers.",)


def test_what_varies_most_is_the_default() -> None:
    """By default, the hyperparameter with most values is plotted; a note names the others."""
    items = [
        version(i, hyperparameters={"a": i % 2, "b": i, "same": 1}, metrics={"f1_score": 0.5})
        for i in range(1, 5)
    ]
    assert varied(items) == ["b", "a"]
    plot = hyperparameter_against_metric(items)
    assert plot.title == "f1_score by b"
    assert plot.notes == ("Other differing hyperparameters: a.",)


def test_what_lacks_one_of_the_two_is_left_out() -> None:
    """Versions without the hyperparameter, or without the metric, are counted."""
    items = [
        *versions("C", 1.0, 2.0),
        version(3, hyperparameters={"C": 3.0}),
        version(4, metrics={"f1_score": 0.5}),
    ]
    plot = hyperparameter_against_metric(items, hyperparameter="C")
    assert [row[0] for row in plot.rows] == ["kepler_rf:1", "kepler_rf:2"]
    assert plot.notes == ("Omitted: 2 versions without one of the two.",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hyperparameter": "gamma"}, "hyperparameter 'gamma': no version has it. Available: C"),
        ({"metric": "auc"}, "metric 'auc': no version has it. Available: f1_score"),
    ],
)
def test_an_unknown_name_is_rejected(options: dict[str, str], message: str) -> None:
    """The error lists the available names."""
    with pytest.raises(RegistryError, match=message):
        hyperparameter_against_metric(versions("C", 1, 2), **options)


def test_equal_hyperparameters_are_rejected() -> None:
    """Versions with equal hyperparameters raise an error."""
    with pytest.raises(RegistryError, match="all hyperparameters of these versions are equal"):
        hyperparameter_against_metric(versions("C", 1, 1))


@pytest.mark.parametrize(
    "value",
    ["$x$", [1, {"a": None}], 10**400, float("nan"), "x" * 300],
    ids=lambda value: repr(value)[:9],
)
def test_odd_values_are_choices(value: Any) -> None:
    """Formulas, lists, huge numbers and NaN are shown as short plain text."""
    plot = hyperparameter_against_metric(versions("odd", value, "other"))
    assert len(ticks(plot)) == 2
    assert max(map(len, ticks(plot))) <= 24
    assert plot.to_png() == plot.to_png()


def test_a_nested_hyperparameter_is_plotted() -> None:
    """The parameter of a nested estimator that differs is chosen and found by its name."""
    nested = [{"class": "Ridge", "params": {"alpha": alpha}} for alpha in (1.0, 2.0, 4.0)]
    items = versions("regressor", *nested)
    for plot in (
        hyperparameter_against_metric(items),
        hyperparameter_against_metric(items, hyperparameter="regressor__alpha"),
    ):
        assert plot.figure.axes[0].get_xlabel() == "regressor__alpha"
        assert list(plot.figure.axes[0].lines[0].get_xdata()) == [1.0, 2.0, 4.0]
