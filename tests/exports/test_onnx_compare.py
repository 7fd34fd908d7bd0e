"""Differences of the predictions of an ONNX file and its model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exo_nbregistry.exports.onnx_compare import Difference, difference, read_report
from exo_nbregistry.exports.onnx_rows import ComparedRows

ROWS = ComparedRows({"depth": [1.0, 2.0]}, {"depth": "number"}, 1)
NAN = float("nan")


def test_labels_and_probabilities_are_compared() -> None:
    """The number of labels that differ is counted in rows."""
    ours = np.array(["dust", "planet"]), np.array([[0.9, 0.1], [0.4, 0.6]])
    theirs = [np.array(["dust", "dust"], dtype=object), np.array([[0.9, 0.1], [0.5, 0.5]])]
    found = difference(ROWS, ours, theirs)
    assert found.differing_labels == 1
    assert found.max_probability_difference == pytest.approx(0.1)
    assert not found.is_small
    assert found.sentence().startswith("On 2 rows, 1 label differs; the largest")


def test_numbers_are_compared_relative_to_the_largest() -> None:
    """A small difference of large numbers is small, and NaN in both is equal."""
    found = difference(ROWS, (np.array([1e6, NAN]), None), [np.array([[1e6 + 1], [NAN]])])
    assert (found.max_difference, found.max_relative_difference) == (1.0, 1e-6)
    assert found.is_small
    assert not found.is_wrong


def test_a_number_is_compared_with_the_range_of_the_predictions() -> None:
    """A difference that float32 makes in dates is wrong, although it is relatively small."""
    ours = np.array([2_457_000.0, 2_457_001.0])
    found = difference(ROWS, (ours, None), [np.array([[2_457_000.25], [2_457_001.0]])])
    assert (found.differing_numbers, found.wrong_rows, found.is_wrong) == (1, 1, True)
    assert "1 prediction differs by more than 1 % of their range" in found.sentence()


def test_a_few_rows_may_differ() -> None:
    """Up to 1 % of the rows are a warning, and more are wrong."""
    assert not Difference(1000, 0, 10, 1.0, differing_numbers=10).is_wrong
    assert Difference(1000, 0, 11, 1.0).is_wrong
    assert Difference(1000, 0, 0, 0.2, differing_numbers=11).is_wrong


@pytest.mark.parametrize("theirs", [[NAN, 1.0], [1.0, np.inf], [1.0], [1.0, 1.0, 1.0]])
def test_other_shapes_and_missing_numbers_are_errors(theirs: list[float]) -> None:
    """Outputs that cannot be subtracted are not compared."""
    with pytest.raises(ValueError, match=r"instead of|missing"):
        difference(ROWS, (np.array([1.0, 1.0]), None), [np.array(theirs)])


def test_the_smallest_difference_is_first() -> None:
    """Labels decide, then probabilities."""
    some, none, tiny = Difference(9, 0, 2, 0.0), Difference(9, 0, 0, 0.2), Difference(9, 0, 0, 0.1)
    assert min(some, none, tiny, key=lambda one: one.order) is tiny


def test_a_folder_without_a_report_has_no_differences(tmp_path: Path) -> None:
    """Only exports as ONNX have a report."""
    assert read_report(tmp_path) is None
