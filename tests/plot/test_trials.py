"""Plots of the trials of a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.trials import Scale, parallel_coordinates
from exo_nbregistry.plot.view import Plot
from tests.plot.builders import texts, version


def trial(mean: float, rows: int = 100, error: str = "", **params: Any) -> dict[str, Any]:
    """Return a trial as it is attached."""
    return {"params": params, "mean": mean, "spread": 0.1, "rows": rows, "error": error}


def draw(*trials: Any) -> Plot:
    """Return a plot of a search with metric roc_auc."""
    return parallel_coordinates([version()], [{"metric": "roc_auc", "trials": list(trials)}])


def test_each_trial_is_a_line_and_the_best_is_on_top() -> None:
    """Lines pass through each value; the best trial is last, thick and marked."""
    plot = draw(trial(0.7, C=1.0, k="b"), trial(0.9, C=3.0, k="a"), trial(0.5, C=2.0, k="a"))
    *others, best = [one for one in plot.figure.axes[0].lines if len(one.get_xdata()) > 1]
    np.testing.assert_allclose(best.get_ydata(), [1, 0.25, 1])
    assert len(others) == 2
    np.testing.assert_allclose(others[-1].get_ydata(), [0, 0.75, 0.5])
    assert best.get_linewidth() > 2 * others[0].get_linewidth()
    assert (best.get_marker(), best.get_label()) == ("o", "best trial")
    axes = plot.figure.axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["C", "k", "roc_auc (mean)"]
    assert plot.rows == [[1, 0.9, 3.0, "a"], [2, 0.7, 1.0, "b"], [3, 0.5, 2.0, "a"]]


def test_failed_and_early_trials_are_left_out() -> None:
    """Failed trials, and trials on fewer rows, are counted in notes."""
    plot = draw(
        trial(0.9, C=1),
        trial(0.8, C=2),
        trial(0.99, rows=10, C=3),
        trial(float("nan"), error="ValueError: no", C=4),
    )
    assert [row[2] for row in plot.rows] == [1, 2]
    assert plot.notes == (
        "Omitted: 1 trial that failed.",
        "Omitted: 1 trial scored on fewer rows.",
    )


def test_what_is_the_same_in_all_has_no_axis() -> None:
    """A hyperparameter that is equal in all trials is named in a note."""
    plot = draw(trial(0.9, C=1, k="a"), trial(0.8, C=2, k="a"))
    assert plot.notes == ("Equal in all trials: k.",)
    assert plot.headers == ("rank", "roc_auc (mean)", "C", "k")


def test_one_trial_is_drawn_too() -> None:
    """A search of one trial has axes of one place."""
    assert draw(trial(0.9, C=1)).to_png().startswith(b"\x89PNG")


def test_thousands_of_trials_are_one_collection() -> None:
    """Many trials are drawn together, in a few seconds, with the best ones as lines."""
    plot = draw(*(trial(i / 5000, C=i, k="ab"[i % 2]) for i in range(5000)))
    axes = plot.figure.axes[0]
    drawn = [one for one in axes.collections if len(one.get_segments()) == 4999]
    assert len(drawn) == 1
    assert len(axes.lines) < 60
    assert len(plot.rows) == 5000


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1.0, 2.0, 3.0], [0, 0.5, 1]),
        ([0.01, 1.0, 100.0], [0, 0.5, 1]),
        (["b", "a"], [0.75, 0.25]),
        ([None, 5, 10, 5], [5 / 6, 1 / 6, 0.5, 1 / 6]),
        ([7, 7], [0.5, 0.5]),
        ([None, *range(10)], [np.nan, *np.arange(10) / 9]),
    ],
)
def test_scales(values: list[Any], places: list[float]) -> None:
    """Numbers have linear or logarithmic positions, and categories are in order."""
    np.testing.assert_allclose(Scale.of(values).places, places)


@pytest.mark.parametrize(
    "attachment",
    [
        {},
        {"trials": "none"},
        {"trials": []},
        {"trials": [trial(float("nan"), C=1)]},
        {"trials": [{"mean": 0.9, "params": None}, 5]},
    ],
)
def test_an_attachment_without_scores_is_rejected(attachment: dict[str, Any]) -> None:
    """Any attachment without a scored trial raises the same error."""
    with pytest.raises(RegistryError, match="kepler_rf:1 has no trial with a score"):
        parallel_coordinates([version()], [attachment])


def test_hostile_choices_are_text() -> None:
    """Names and values that look like formulas or control characters are shown unchanged."""
    plot = draw(trial(0.9, **{"$x$": "$\\frac$"}), trial(0.8, **{"$x$": "\x1b[31m"}))
    found = texts(plot.figure)
    assert {"$x$", "$\\frac$", "\\x1b[31m"} <= set(found)
    assert plot.to_png().startswith(b"\x89PNG")
