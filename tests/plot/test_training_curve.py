"""Plots of curves of a training, from attachments of any content."""

from __future__ import annotations

import math
from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.training_curve import training_curve
from tests.plot.builders import NAMES, legend, texts, version


def attached(**curves: Any) -> dict[str, Any]:
    """Return an attachment with curves; an underscore in a name is a space."""
    return {"curves": {name.replace("_", " "): v for name, v in curves.items()}, "x": "iteration"}


def test_each_curve_is_named_with_its_best_iteration() -> None:
    """The legend has each curve, and the iteration of the best held-out value."""
    plot = training_curve([version()], [attached(train_auc=[0.8, 0.9], valid_auc=[0.7, 0.6])])
    assert legend(plot.figure) == [
        "kepler_rf:1, train auc",
        "kepler_rf:1, valid auc",
        "kepler_rf:1, best at 1",
    ]
    assert plot.figure.axes[0].get_ylabel() == "auc (higher is better)"


def test_lower_losses_are_better() -> None:
    """The best iteration of a loss of a booster has the lowest value."""
    plot = training_curve([version()], [attached(valid_binary_logloss=[0.7, 0.5, 0.6])])
    assert plot.rows == [["kepler_rf:1, valid binary logloss", 0.5, 2, 0.6, 3]]


def test_the_last_of_several_sets_is_marked() -> None:
    """Boosters stop by the last set, which is solid and marked; the others are dash-dotted."""
    stored = attached(**{"validation-0_auc": [0.9, 1.0], "validation-1_auc": [0.8, 0.7]})
    plot = training_curve([version()], [stored])
    assert [line.get_linestyle() for line in plot.figure.axes[0].lines] == ["-.", "-", "None"]
    assert plot.figure.axes[0].lines[2].get_ydata().tolist() == [0.8]


def test_an_unknown_metric_has_no_best_iteration() -> None:
    """Without a known direction nothing is marked."""
    plot = training_curve([version()], [attached(valid_sharpness=[1.0, 2.0])])
    assert len(plot.figure.axes[0].lines) == 1
    assert plot.rows[0][1:3] == [None, None]


def test_versions_without_the_metric_are_named() -> None:
    """A version whose curves have another metric is a note."""
    data = [attached(valid_auc=[0.5, 0.6]), attached(valid_rmse=[2.0]), attached(valid_auc=[0.7])]
    plot = training_curve([version(1), version(2), version(3)], data)
    assert plot.notes == ("Omitted, without curves of auc: kepler_rf:2.",)
    assert plot.title == "auc by iteration of 2 versions"


def test_gaps_are_not_drawn() -> None:
    """NaN and values of other types are gaps."""
    plot = training_curve([version()], [attached(valid_auc=[math.nan, "x", 0.5, math.inf])])
    values = plot.figure.axes[0].lines[0].get_ydata()
    assert [math.isnan(value) for value in values] == [True, True, False, True]


@pytest.mark.parametrize("stored", [{}, {"curves": 3}, {"curves": {"a": "x", "b": [None]}}])
def test_an_attachment_without_curves_is_rejected(stored: dict[str, Any]) -> None:
    """Any attachment without a curve of numbers raises the same error."""
    with pytest.raises(RegistryError, match="kepler_rf:1 has no curve of numbers"):
        training_curve([version()], [stored])


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_text(name: str) -> None:
    """Names that look like formulas or control characters are drawn as text."""
    plot = training_curve([version()], [{"curves": {name: [1.0, 2.0]}, "x": name}])
    assert not any("\x1b" in text or "\x00" in text for text in texts(plot.figure))
    assert plot.to_png().startswith(b"\x89PNG")
