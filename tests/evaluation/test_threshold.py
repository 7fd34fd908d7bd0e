"""Precision and recall above a threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_score, recall_score

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.threshold import KnownRows, wilson_interval


def known_rows(n: int = 300) -> KnownRows:
    """Return rows whose labels follow their probabilities, with some exactly at a threshold."""
    rng = np.random.default_rng(0)
    probability = rng.random(n).round(2)
    return KnownRows(rng.random(n) < probability, probability, "the test set stored with toy:1")


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 0.99])
def test_precision_and_recall_equal_scikit_learn(threshold: float) -> None:
    """At each threshold, both values equal scikit-learn's."""
    rows = known_rows()
    found = rows.at(threshold)
    flagged = rows.probability >= threshold
    assert found.precision == precision_score(rows.truth, flagged)
    assert found.recall == recall_score(rows.truth, flagged)


@pytest.mark.parametrize(("right", "total"), [(0, 5), (5, 5), (9, 10), (313, 959)])
def test_the_interval_is_wilsons(right: int, total: int) -> None:
    """The interval of a proportion is Wilson's, as in scipy."""
    expected = binomtest(right, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(right, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_without_rows_the_interval_is_undefined() -> None:
    """Without rows both limits are NaN."""
    assert all(map(math.isnan, wilson_interval(0, 0)))


def test_the_description_has_three_sentences() -> None:
    """It has precision, recall, their intervals, the gain over chance and the rows."""
    truth = np.array([True] * 20 + [False] * 20)
    rows = KnownRows(truth, np.r_[np.full(25, 0.9), np.full(15, 0.1)], "those of a test")
    precision, recall, where = rows.describe(0.5)
    assert precision == "Precision 0.800 (0.609 to 0.911); 1.6 times the 50% among all rows."
    assert recall == "Recall 1.000 (0.839 to 1.000)."
    assert where == (
        "Measured on 40 rows, those of a test: 25 of them reach 0.5. In brackets: 95% intervals."
    )


def test_without_flagged_rows_precision_is_unknown() -> None:
    """If no row reaches the threshold, precision is unknown and recall is zero."""
    precision, recall, _ = known_rows().describe(1.1)
    assert precision == "Precision unknown: there are no such rows."
    assert recall.startswith("Recall 0.000 (0.000 to 0.0")


def test_the_figure_marks_the_threshold() -> None:
    """Equal thresholds give equal images, and no figure stays open in pyplot."""
    import matplotlib.pyplot as plt

    rows = known_rows()
    assert rows.draw(0.5) == rows.draw(0.5) != rows.draw(0.9)
    assert rows.draw(0.5).data.startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_the_figure_has_the_colors_and_the_width_of_its_page() -> None:
    """A page of a dark theme gets another image, as wide as it asks for."""
    rows = known_rows()
    light, dark = (rows.draw(0.5, theme=theme, width=4) for theme in ("light", "dark"))
    assert light.data != dark.data
    assert (light.width, dark.width) == (384, 384)
    with pytest.raises(RegistryError, match="Unknown theme 'blue'; choose 'light' or 'dark'"):
        rows.draw(0.5, theme="blue")


def test_rows_of_a_group_do_not_narrow_the_interval() -> None:
    """Repeated rows of a group have the interval of single rows, and the text has the unit."""
    truth = np.array([True] * 15 + [False] * 5)
    single = KnownRows(truth, np.linspace(0.6, 0.9, 20), "a test")
    repeated = KnownRows(np.repeat(truth, 4), np.repeat(single.probability, 4), "a test")
    grouped = repeated.grouped(np.repeat(np.arange(20), 4), "star")
    alone = single.grouped(np.arange(20), "star")
    assert grouped.describe(0.5)[0] == alone.describe(0.5)[0] != repeated.describe(0.5)[0]
    assert grouped.describe(0.5)[-1].endswith("In brackets: 95% intervals over 20 stars.")


def test_groups_of_other_rows_are_ignored() -> None:
    """If there are not as many groups as rows, the rows are independent."""
    rows = KnownRows(np.array([True, False]), np.array([0.9, 0.1]), "a test")
    assert rows.grouped(np.array(["a"]), "star") is rows
