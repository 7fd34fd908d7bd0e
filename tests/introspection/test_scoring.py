"""The choice of the positive class and the average."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.scoring import choose_scoring, declare_scoring, name_labels
from exo_nbregistry.records.scoring import Scoring


@pytest.mark.parametrize(
    ("classes", "positive"),
    [
        ([0, 1], 1),
        ([0.0, 1.0], 1.0),
        ([-1, 1], 1),
        ([False, True], True),
        (np.array([0, 1]), 1),
        ([1], None),
        ([1, 2], None),
        (["0", "1"], None),
        (["no", "yes"], None),
        ([], None),
    ],
)
def test_only_labels_with_an_order_of_their_own_have_a_positive_class(
    classes: Any, positive: Any
) -> None:
    """Numbers from 0 or -1 to 1 have a positive class; other labels are averaged."""
    found = choose_scoring(classes)
    assert found == Scoring("binary", "macro" if positive is None else "binary", positive)
    assert type(found.pos_label) is type(positive)


def test_more_classes_are_averaged() -> None:
    """Three classes are averaged, also if they are numbers."""
    assert choose_scoring([0, 1, 2]) == Scoring("multiclass", "macro")


@pytest.mark.parametrize(("classes", "label"), [([0, 1], "1"), (["0", "1"], 1), (["a", "b"], "A")])
def test_a_label_of_another_type_is_not_found(classes: Any, label: Any) -> None:
    """Text and numbers are different labels."""
    with pytest.raises(RecordError, match="is not a label of the model"):
        choose_scoring(classes, pos_label=label)


def test_the_label_is_stored_as_the_model_knows_it() -> None:
    """A positive class that equals a label is stored as that label."""
    found = choose_scoring([0, 1], pos_label=np.float64(1.0))
    assert type(found.pos_label) is int


def test_no_message_names_more_than_five_labels() -> None:
    """Further labels are counted, and long ones are cut."""
    assert name_labels(["x" * 100]).count("x") < 50
    assert name_labels(range(7)) == "0, 1, 2, 3, 4 and 2 more"


def test_metrics_of_the_user_are_declared() -> None:
    """Without test data, the scoring is what the user declares, checked against the labels."""
    model = LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"])
    assert declare_scoring(model, None, None) is None
    assert declare_scoring(model, "no", 0.3) == Scoring("binary", "binary", "no", 0.3)
    assert declare_scoring({"any": "model"}, "no", None) == Scoring("binary", "binary", "no")
    with pytest.raises(RecordError, match="not a label"):
        declare_scoring(model, "maybe", None)
    with pytest.raises(RecordError, match="pass pos_label="):
        declare_scoring({}, None, 0.3)
