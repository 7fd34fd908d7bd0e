"""One prediction, one probability and one status for each row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from exo_nbregistry.inference.row_answers import RowAnswers
from exo_nbregistry.inference.scored_rows import label_kind, scored_rows


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ((True, False), "boolean"),
        ((0, 1, 2), "whole"),
        ((0, 0.5), "number"),
        (("a", "b"), "text"),
        ((1, "b"), "object"),
        ((True, 1), "object"),
    ],
)
def test_classes_have_a_kind(classes: tuple[Any, ...], kind: str) -> None:
    """The kind follows from the types of all labels."""
    assert label_kind(classes, is_number=True) == kind


def test_labels_of_clusters_are_whole_numbers() -> None:
    """Without classes a regressor predicts floats, and another model whole numbers."""
    assert label_kind((), is_number=True) == "number"
    assert label_kind((), is_number=False) == "whole"


def answers(model: Any, y: Any) -> RowAnswers:
    """Return an object that answers rows of one column."""
    X = np.arange(len(y), dtype=float).reshape(-1, 1)
    classes = getattr(model.fit(X, y), "classes_", ())
    columns = [{"name": "x", "minimum": 0.0, "maximum": 9.0}]
    return RowAnswers(model, columns, {"container": "array"}, classes)


def test_counts_have_each_status() -> None:
    """Rows are counted by status, and by whether they have a prediction."""
    found = answers(LogisticRegression(), ["a", "a", "b", "b"])
    scored = scored_rows(found({"x": [1.0, 2.0, 90.0, None, "?"]}, rows=5), 1)
    assert scored.counts() == {"ok": 2, "outside": 1, "missing": 1, "invalid": 1, "predicted": 3}
    assert np.isnan(scored.probability).tolist() == [False, False, False, True, True]


def test_the_place_chooses_the_probability() -> None:
    """The probability refers to the class at the place, or to the predicted class."""
    found = answers(LogisticRegression(), ["a", "a", "b", "b"])({"x": [0.0, 3.0]}, rows=2)
    first, second = (scored_rows(found, place).probability for place in (0, 1))
    assert np.allclose(first + second, 1)
    predicted = scored_rows(found, None)
    assert predicted.labels == ["a", "b"]
    assert predicted.probability.tolist() == [first[0], second[1]]


def test_several_outputs_have_no_score() -> None:
    """Rows with lists of values are an error."""
    found = answers(LinearRegression(), np.ones((4, 2)))
    with pytest.raises(ValueError, match="several values"):
        scored_rows(found({"x": [1.0]}, rows=1), None)
