"""Kinds of the outputs of a model: labels, probabilities, decisions or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exo_nbregistry.errors import RecordError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Kind = Literal["labels", "probabilities", "decisions", "numbers", "unknown"]
# More different integers than this are numbers, such as counts.
_MAX_LABELS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """Outputs of a model on a test set.

    Attributes
    ----------
    kind : {'labels', 'probabilities', 'decisions', 'numbers', 'unknown'}
        What the values are; `infer_outputs` decides what is unknown.
    values : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        The outputs. Probabilities and decisions of one dimension refer to the positive class.
    classes : ndarray of shape (n_classes,) or None
        Labels that the model knows.
    """

    kind: Kind
    values: Array
    classes: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MeasurementOptions:
    """Options of a measurement.

    Attributes
    ----------
    pos_label : object
        The positive class, or None.
    threshold : float or None
        Minimum score of a row that is predicted positive.
    weight : ndarray of shape (n_samples,) or None
        Weight of each row.
    names : sequence of str
        Names of the outputs.
    """

    pos_label: Any = None
    threshold: float | None = None
    weight: Any = None
    names: Any = ()

    def check_unused(self, owner: str, *more: str) -> None:
        """Raise RecordError if a positive class, a threshold or one of `more` was passed."""
        arguments = {"weight": "sample_weight"}
        for name in ("pos_label", "threshold", *more):
            if getattr(self, name) is not None:
                key = arguments.get(name, name)
                raise RecordError(f"{key}= requires {owner}.", key=key)


def infer_outputs(values: Array, y_true: Array, model: Any, options: MeasurementOptions) -> Outputs:
    """Return the outputs of a function whose kind is unknown.

    Parameters
    ----------
    values : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        What the function returned.
    y_true : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        True labels or numbers.
    model : object
        The model; its ``classes_`` are the columns of probabilities.
    options : MeasurementOptions
        A positive class or a threshold makes the outputs those of a classifier.

    Returns
    -------
    Outputs
        Labels if truth and values are labels; probabilities or decisions if only the truth
        is; otherwise numbers.
    """
    import numpy as np

    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    known = getattr(model, "classes_", None)
    classes = None if known is None or np.ndim(known) != 1 else np.asarray(known)
    if classes is None and not _is_classification(values, y_true, options):
        return Outputs("numbers", values)
    if y_true.dtype.kind in "US" and values.dtype.kind in "biu":
        values = values.astype(float)  # numbers cannot be the labels: 0 and 1 are scores
    elif y_true.dtype.kind == "b" and values.ndim == y_true.ndim and is_indicator(values):
        return Outputs("labels", values.astype(bool), classes)
    same_kind = y_true.dtype.kind not in "US" and values.ndim == y_true.ndim
    if values.dtype.kind in "biuUS" or (same_kind and _is_integral(values)):
        return Outputs(
            "labels",
            values.astype(y_true.dtype) if _both_numbers(values, y_true) else values,
            classes,
        )
    # Of one label per row, the probabilities of all classes sum to 1.
    is_share = are_shares(values) and (y_true.ndim > 1 or values.ndim == 1 or are_rows(values))
    return Outputs("probabilities" if is_share else "decisions", values, classes)


def check_predictions(values: Array, y_true: Array) -> Array:
    """Return predictions, after a check that each row of the truth has one.

    Raises
    ------
    ValueError
        If a row lacks a prediction, or if one is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> check_predictions(np.array([0.5, np.nan]), np.array([0, 1]))
    Traceback (most recent call last):
    ...
    ValueError: 1 of 2 predictions is NaN
    """
    import numpy as np

    rows = len(y_true)
    if values.ndim == 0 or len(values) != rows:
        found = "a single value" if values.ndim == 0 else f"{len(values)} rows"
        raise ValueError(f"the predictions are {found}, and y_test has {rows} rows")
    if values.dtype.kind in "fc" and (
        count := int(np.isnan(values).reshape(rows, -1).any(1).sum())
    ):
        raise ValueError(f"{count} of {rows} predictions {'is' if count == 1 else 'are'} NaN")
    return values


def known_classes(values: Array, y_true: Array) -> Array:
    """Return the labels of scores by class: those of the truth, or the first integers."""
    import numpy as np

    found = np.unique(y_true)
    if values.ndim == 1:
        pairs = (np.array([0, 1]), np.array([-1, 1]))
        if y_true.dtype.kind == "b":
            return np.array([False, True])
        if y_true.dtype.kind in "US":
            return found
        fits = (pair for pair in pairs if np.isin(found, pair).all())
        return next(fits, found).astype(y_true.dtype)
    if y_true.dtype.kind not in "biu" or (len(found) and found.min() < 0):
        fits_columns = len(found) == values.shape[1]
    else:
        first = np.arange(values.shape[1])
        if np.isin(found, first).all():
            return first.astype(y_true.dtype)
        fits_columns = len(found) == values.shape[1]
    if not fits_columns:
        raise ValueError(
            f"the model returned {values.shape[1]} columns, and y_test has {len(found)} labels"
        )
    return found


def is_indicator(y: Array) -> bool:
    """Return whether labels are indicators of several labels: only 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> is_indicator(np.array([[0, 1], [1, 1]])), is_indicator(np.array([[0, 2]]))
    (True, False)
    """
    import numpy as np

    return y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all())


def _is_classification(values: Array, y_true: Array, options: MeasurementOptions) -> bool:
    import numpy as np

    if options.pos_label is not None or options.threshold is not None:
        return True
    if y_true.dtype.kind in "bUS":
        return True
    if not _is_integral(y_true):
        return False
    if values.ndim > y_true.ndim:
        return True
    if is_indicator(y_true) or set(np.unique(y_true).tolist()) <= {-1, 1}:
        return _are_between(values) or _is_integral(values)
    return _is_integral(values) and len(np.unique(y_true)) <= _MAX_LABELS


def _is_integral(values: Array) -> bool:
    import numpy as np

    if values.dtype.kind == "f":
        return bool(np.all(np.mod(values, 1) == 0))
    return values.dtype.kind in "biu"


def _both_numbers(values: Array, y_true: Array) -> bool:
    return values.dtype.kind in "biuf" and y_true.dtype.kind in "iu"


def _are_between(values: Array) -> bool:
    return bool((values >= 0).all() and (values <= 1).all())


def are_shares(values: Array) -> bool:
    """Return whether scores are probabilities."""
    return values.dtype.kind == "f" and _are_between(values)


def are_rows(values: Array) -> bool:
    """Return whether the columns of each row sum to 1, as the probabilities of classes do."""
    import numpy as np

    return values.ndim == 2 and np.allclose(values.sum(axis=1), 1, atol=1e-3)


def is_one_hot(y: Array) -> bool:
    """Return whether each row of indicators has one label."""
    return is_indicator(y) and bool((y.sum(axis=1) == 1).all())
