"""The prediction for one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exo_nbregistry.inference.row_problems import Problem

if TYPE_CHECKING:
    from exo_nbregistry.inference.row_answers import Answers
    from exo_nbregistry.serve.batch import Batch


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction for one row.

    Attributes
    ----------
    label : object
        The class, a regressor's value, or a list of them for several outputs. None if the row is
        not predicted: if it is invalid, or a value is missing that the model requires.
    probability : float or None
        The probability of that class; None if the model has no probabilities. It is the
        calibrated one if the version carries a calibration.
    probabilities : dict
        The probability of each class, also calibrated.
    version : str
        The version that predicted, such as ``"kepler:3"``.
    outside : tuple of str
        Columns whose values are outside the range of the training data, the farthest first.
    status : str
        ``"ok"``; ``"outside"``, if a value is outside the range of the training data;
        ``"missing"``, if a value is missing that the training data always has; ``"invalid"``, if a
        value is not of the column's kind or the model rejects the row.
    problems : tuple of Problem
        Why the status is not ``"ok"``: at most five, each with the column, the message and how far
        a value is outside.
    n_problems : int
        The number of all problems.
    model_probability : float or None
        The probability that the model itself returned, if `probability` is a calibrated one.
    passed_through : dict
        Fields of the row that the model does not use, such as ``kepid``.
    """

    label: Any
    probability: float | None
    probabilities: dict[Any, float]
    version: str
    outside: tuple[str, ...] = ()
    status: str = "ok"
    problems: tuple[Problem, ...] = ()
    n_problems: int = 0
    model_probability: float | None = None
    passed_through: dict[str, Any] = field(default_factory=dict)


def list_predictions(answers: Answers, batch: Batch, version: str) -> list[Prediction]:
    """Return the answers to the rows of a batch."""
    rows = range(batch.rows)
    shares: list[dict[Any, float]] = [{} for _ in rows]
    probability: list[float | None] = [None] * batch.rows
    raw = probability
    if answers.shares is not None:
        for row, values in enumerate(answers.shares.tolist()):
            if answers.labels[row] is not None:
                shares[row] = dict(zip(answers.classes, values, strict=True))
        probability = answers.of_labels(answers.shares)
        if answers.model_shares is not None:
            raw = answers.of_labels(answers.model_shares)
    return [
        Prediction(
            answers.labels[row],
            probability[row],
            shares[row],
            version,
            tuple(answers.checked.outside(row)) if status != "ok" else (),
            status,
            tuple(answers.problems(row)) if status != "ok" else (),
            answers.checked.count(row),
            raw[row],
            batch.of_row(row),
        )
        for row, status in enumerate(answers.statuses)
    ]
