"""Reliability curves, and histograms of probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.calibration import calibration, probabilities
from exo_nbregistry.records.scoring import Scoring
from tests.plot.builders import legend, line, results, version

OUTSIDE = "has probabilities outside the range from 0 to 1"


def test_the_reliability_curve_equals_scikit_learns() -> None:
    """Points and errors equal those of scikit-learn with ten bins of equal width."""
    arrays = results(500)
    truth, given = arrays["y_true"] == "class 1", arrays["probabilities"][:, 1]
    plot = calibration([version()], [arrays])
    observed, predicted = calibration_curve(truth, given, n_bins=10)
    drawn = line(plot.figure, "kepler_rf:1")
    np.testing.assert_allclose(drawn.get_xdata(), predicted)
    np.testing.assert_allclose(drawn.get_ydata(), observed)
    frame = plot.to_frame()
    error = (frame["predicted"] - frame["observed"]).abs() @ frame["count"] / 500
    (row,) = plot.rows
    assert row[1:] == [pytest.approx(error), pytest.approx(brier_score_loss(truth, given)), 500]


def test_what_is_sure_and_right_is_on_the_diagonal() -> None:
    """Correct probabilities of 0 and 1 have no error; both ends have a bin."""
    arrays = results()
    truth = arrays["y_true"] == "class 1"
    sure = {**arrays, "probabilities": np.column_stack([~truth, truth]).astype(float)}
    plot = calibration([version()], [sure])
    assert plot.rows[0][1:3] == [0.0, 0.0]
    assert plot.to_frame()["predicted"].tolist() == [0.0, 1.0]


def test_of_many_classes_the_most_probable_counts() -> None:
    """The most probable class is plotted, and the caption explains it."""
    arrays = results(classes=4)
    plot = calibration([version()], [arrays])
    frame = plot.to_frame()
    right = arrays["classes"][arrays["probabilities"].argmax(axis=1)] == arrays["y_true"]
    assert frame["observed"] @ frame["count"] == pytest.approx(right.sum())
    assert frame["predicted"] @ frame["count"] == pytest.approx(
        arrays["probabilities"].max(axis=1).sum()
    )
    assert "most probable class" in plot.notes[0]


def test_a_histogram_has_the_rows_of_each_class() -> None:
    """The steps are shares of the class's rows, outlined and hatched apart."""
    arrays = results()
    plot = probabilities([version()], [arrays])
    assert legend(plot.figure) == ["class 0", "class 1"]
    for i, patch in enumerate(plot.figure.axes[0].patches):
        given = arrays["probabilities"][arrays["y_true"] == f"class {i}", 1]
        shares = np.histogram(given, np.linspace(0, 1, 21))[0] / len(given)
        np.testing.assert_allclose(patch.get_data().values, shares)
        mean, *quartiles, rows = plot.rows[i][1:]
        assert mean == pytest.approx(given.mean())
        assert quartiles == pytest.approx(np.quantile(given, [0.25, 0.5, 0.75]).tolist())
        assert rows == len(given)
    first, second = plot.figure.axes[0].patches
    assert first.get_hatch() != second.get_hatch()
    assert first.get_linestyle() != second.get_linestyle()


def test_of_many_classes_the_own_one_counts() -> None:
    """The histogram is of the probability of each row's true class; six classes are drawn."""
    arrays = results(classes=8)
    plot = probabilities([version()], [arrays])
    own = arrays["probabilities"][arrays["y_true"] == "class 3", 3]
    (row,) = (row for row in plot.rows if row[0] == "kepler_rf:1, class 3")
    assert row[1] == pytest.approx(own.mean())
    assert len(plot.figure.axes[0].patches) == 6
    assert plot.notes[-1] == "Only the 6 largest classes are shown."
    assert len(plot.rows) == 8


def test_labels_that_the_model_does_not_know_belong_to_no_class() -> None:
    """A row of an unknown class counts as negative and is not in a histogram."""
    arrays = results()
    odd = {**arrays, "y_true": np.where(np.arange(200) < 50, "other", arrays["y_true"])}
    assert sum(row[-1] for row in probabilities([version()], [odd]).rows) == 150
    assert calibration([version()], [odd]).rows[0][-1] == 200


@pytest.mark.parametrize("draw", [calibration, probabilities])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"probabilities": None}, "has no probabilities"),
        ({"probabilities": np.zeros((3, 2))}, "has probabilities that do not match its test rows"),
        ({"probabilities": np.full((200, 2), 7.0)}, OUTSIDE),
        ({"probabilities": np.full((200, 2), np.nan)}, OUTSIDE),
        ({"probabilities": np.full((200, 2), "x")}, "has no probabilities"),
    ],
)
def test_omitted_versions_are_named(draw, change: dict[str, object], reason: str) -> None:
    """A version that cannot be plotted is omitted with a note; alone it raises an error."""
    arrays = {k: v for k, v in {**results(), **change}.items() if v is not None}
    plot = draw([version(1), version(2)], [results(), arrays])
    assert f"Omitted: kepler_rf:2 {reason}." in plot.notes
    with pytest.raises(RegistryError, match=f"Cannot plot these versions. kepler_rf:2 {reason}"):
        draw([version(2)], [arrays])


def test_the_probability_of_the_positive_class_is_plotted() -> None:
    """Both plots show the probability of the positive class of the version and name it."""
    arrays = results()
    item = version(scoring=Scoring("binary", "binary", "class 0"))
    plot = calibration([item], [arrays])
    frame = plot.to_frame()
    given = arrays["probabilities"][:, 0]
    assert frame["predicted"] @ frame["count"] == pytest.approx(given.sum())
    positives = (arrays["y_true"] == "class 0").sum()
    assert frame["observed"] @ frame["count"] == pytest.approx(positives)
    assert plot.figure.axes[0].get_ylabel() == "fraction of class 0"
    spread = probabilities([item], [arrays])
    assert spread.figure.axes[0].get_xlabel() == "probability of class 0"
    assert spread.rows[0][1] == pytest.approx(given[arrays["y_true"] == "class 0"].mean())
