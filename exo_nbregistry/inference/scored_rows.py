"""One prediction, one probability and one status for each row of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from exo_nbregistry.inference.row_answers import Answers
from exo_nbregistry.inference.row_problems import STATUSES

# Kinds of predictions. Each has one dtype, so that all parts of a table have equal columns.
WHOLE, NUMBER, BOOLEAN, TEXT, OBJECT = "whole", "number", "boolean", "text", "object"
PREDICTED = "predicted"


class ScoredRows(NamedTuple):
    """Scores of rows.

    Attributes
    ----------
    labels : list
        Predictions; None for a row without one.
    probability : ndarray of shape (n_rows,)
        Probability of the positive class, or of the predicted one of several classes; NaN without
        a prediction or without probabilities.
    codes : ndarray of shape (n_rows,)
        For each row the place of its status in `STATUSES`.
    """

    labels: list[Any]
    probability: Any
    codes: Any

    def counts(self) -> dict[str, int]:
        """Return the number of rows with each status, and of those with a prediction."""
        found = Counter(self.codes.tolist())
        counts = {status: found[code] for code, status in enumerate(STATUSES)}
        return counts | {PREDICTED: len(self.labels) - self.labels.count(None)}


def label_kind(classes: Sequence[Any], *, is_number: bool) -> str:
    """Return the kind of the predictions of a model.

    Parameters
    ----------
    classes : sequence
        Class labels; empty if the model has none.
    is_number : bool
        Whether predictions without classes are any numbers, as those of a regressor.

    Examples
    --------
    >>> label_kind(["dust", "planet"], is_number=False), label_kind([], is_number=True)
    ('text', 'number')
    """
    if not classes:
        return NUMBER if is_number else WHOLE
    for kinds, name in (({bool}, BOOLEAN), ({int}, WHOLE), ({int, float}, NUMBER), ({str}, TEXT)):
        if set(map(type, classes)) <= kinds:
            return name
    return OBJECT


def scored_rows(answers: Answers, positive: int | None) -> ScoredRows:
    """Return the scores of answered rows.

    Parameters
    ----------
    answers : Answers
        The answers.
    positive : int or None
        Place of the positive class; None for the probability of the predicted class.

    Raises
    ------
    ValueError
        If the model predicts several values for each row.
    """
    import numpy as np

    labels = answers.labels
    if isinstance(next((label for label in labels if label is not None), None), list):
        raise ValueError("it predicts several values for each row")
    if answers.shares is None:
        probability = np.full(len(labels), np.nan)
    elif positive is None:
        probability = np.array(answers.of_labels(answers.shares), dtype=np.float64)
    else:
        probability = answers.shares[:, positive].astype(np.float64)
    return ScoredRows(labels, probability, answers.checked.codes)
