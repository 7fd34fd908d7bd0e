"""The positive class, the threshold and the average of a classifier's metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.scoring import BINARY, MACRO, Scoring
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def choose_scoring(
    classes: Sequence[Any],
    *,
    pos_label: Any = None,
    threshold: float | None = None,
    sample_weight: bool = False,
) -> Scoring:
    """Return how the metrics of a classifier are measured.

    Parameters
    ----------
    classes : sequence
        Labels that the classifier knows.
    pos_label : object
        The positive class. By default it is the larger one of {0, 1}, {-1, 1} and {False, True},
        as in scikit-learn; metrics of other labels are averaged over the classes.
    threshold : float, optional
        Minimum score of a row that is predicted positive.
    sample_weight : bool
        Whether the test rows are weighted.

    Raises
    ------
    RecordError
        If the positive class is unknown, or if a threshold is passed without two classes.

    Examples
    --------
    >>> choose_scoring([0, 1]).label, choose_scoring(["CONFIRMED", "FALSE POSITIVE"]).label
    ('of 1', 'macro average')
    >>> choose_scoring(["no", "yes"], pos_label="no").label
    'of no'
    """
    labels = [_plain(label) for label in classes]
    task = "multiclass" if len(labels) > 2 else "binary"
    positive = larger_label(labels) if pos_label is None else _find(_plain(pos_label), labels)
    if threshold is not None:
        threshold = check_threshold(threshold)
        if task != "binary":
            raise RecordError(
                f"threshold= requires a classifier of two classes, got {len(labels)} classes.",
                key="threshold",
            )
        if positive is None:
            raise RecordError(
                f"threshold= requires the positive class; pass pos_label={labels[0]!r} or another "
                "label.",
                key="pos_label",
            )
    average = MACRO if positive is None else BINARY
    return Scoring(task, average, positive, threshold, sample_weight)


def declare_scoring(model: Any, pos_label: Any, threshold: float | None) -> Scoring | None:
    """Return the scoring of metrics that the user measured; None if neither is passed.

    Parameters
    ----------
    model : object
        The model; its ``classes_`` are the labels, if it has any.
    pos_label : object
        The positive class, or None.
    threshold : float or None
        Minimum score of a row that is predicted positive.

    Raises
    ------
    RecordError
        As for `choose_scoring`.
    """
    if pos_label is None and threshold is None:
        return None
    classes = getattr(model, "classes_", None)
    if classes is not None and getattr(classes, "ndim", 0) == 1:
        return choose_scoring(classes.tolist(), pos_label=pos_label, threshold=threshold)
    if pos_label is None:
        raise RecordError(
            "threshold= requires the positive class; pass pos_label=.", key="pos_label"
        )
    at = None if threshold is None else check_threshold(threshold)
    return Scoring("binary", BINARY, _plain(pos_label), at)


def check_threshold(threshold: Any) -> float:
    """Return a threshold as a float.

    Raises
    ------
    RecordError
        If it is not a finite number.
    """
    import math

    try:
        value = float(threshold)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or isinstance(threshold, bool | str):
        raise RecordError(
            f"threshold must be a number, such as 0.3, got {threshold!r:.60}.", key="threshold"
        )
    return value


def check_share(threshold: float) -> None:
    """Check that a threshold of probabilities is between 0 and 1.

    Raises
    ------
    RecordError
        If it is not.

    Examples
    --------
    >>> check_share(30.0)
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: threshold=30 is not a probability; pass a number from 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise RecordError(
            f"threshold={threshold:g} is not a probability; pass a number from 0 to 1.",
            key="threshold",
        )


def no_scores(model: Any) -> RecordError:
    """Return the error of a threshold for a model that only predicts labels."""
    return RecordError(
        "threshold= requires a model with predict_proba or decision_function, got "
        f"{type(model).__name__}.",
        key="threshold",
    )


def name_labels(labels: Sequence[Any]) -> str:
    """Return labels on one line: at most five, and the number of the others.

    Examples
    --------
    >>> name_labels(["a", "b"]), name_labels(range(9))
    ("'a', 'b'", '0, 1, 2, 3, 4 and 4 more')
    """
    return name_list(labels, quoted=True, width=40)


def apply_threshold(score: Array, classes: Array, scoring: Scoring) -> Array:
    """Return the predicted labels of two classes at the threshold of a scoring.

    Parameters
    ----------
    score : ndarray of shape (n_samples, 2) or (n_samples,)
        Probabilities by class, or the decision function of the second class.
    classes : ndarray of shape (2,)
        The classes.
    scoring : Scoring
        Positive class and threshold.
    """
    import numpy as np

    place = int(np.flatnonzero(classes == scoring.pos_label)[0])
    sign = 1 if place else -1
    positive = sign * score if score.ndim == 1 else score[:, place]
    found: Array = np.where(positive >= scoring.threshold, classes[place], classes[1 - place])
    return found


def _plain(label: Any) -> Any:
    """Return a NumPy scalar as a Python value, because text must not equal its own number."""
    return label.item() if getattr(label, "ndim", None) == 0 else label


def larger_label(labels: Sequence[Any]) -> Any:
    """Return the larger one of {0, 1}, {-1, 1} or {False, True}; None for other labels.

    Examples
    --------
    >>> larger_label([-1, 1]), larger_label([False, True]), larger_label(["no", "yes"])
    (1, True, None)
    """
    return type(labels[0])(1) if set(labels) in ({0, 1}, {-1, 1}) else None


def _find(label: Any, labels: Sequence[Any]) -> Any:
    for known in labels:
        # Of a list or an array, == is not a truth value.
        is_scalar = not hasattr(label, "__len__") or isinstance(label, str | bytes)
        if is_scalar and known == label and isinstance(known, str) == isinstance(label, str):
            return known
    raise RecordError(
        f"pos_label={label!r:.60} is not a label of the model; pass one of {name_labels(labels)}.",
        key="pos_label",
    )
