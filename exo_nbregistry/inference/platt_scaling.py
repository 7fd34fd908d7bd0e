"""The calibration that a version carries, fitted on rows that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ATTACHMENT = "out_of_fold"
"""Name of the attachment that stores out-of-fold predictions with a version."""
_ARRAYS = ("classes", "probabilities", "y_true")


def are_out_of_fold(attached: Any) -> bool:
    """Return whether an attachment has out-of-fold predictions; a user can use its name.

    Examples
    --------
    >>> are_out_of_fold([0.2, 0.9])
    False
    """
    return isinstance(attached, Mapping) and attached.keys() >= {*_ARRAYS}


def fit_calibration(arrays: Any, classes: Sequence[Any]) -> dict[str, float] | None:
    """Return the coefficients of Platt scaling, or None without a calibration.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``y_true``, ``classes`` and ``probabilities`` of rows that the model was not trained on.
        Any other object has no calibration.
    classes : sequence
        Classes of the model.

    Returns
    -------
    dict or None
        ``slope`` and ``intercept`` for `row_answers.calibrated`. None if the arrays are missing,
        have other classes or more than two, labels of one class only, or a slope that would reverse
        the order of the probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> share = np.linspace(0.01, 0.99, 200)
    >>> arrays = {"y_true": (share > 0.3).astype(int), "classes": np.array([0, 1])}
    >>> found = fit_calibration(
    ...     arrays | {"probabilities": np.column_stack([1 - share, share])}, [0, 1]
    ... )
    >>> found["slope"] > 1 and found["intercept"] > 0
    True
    """
    import numpy as np

    if not are_out_of_fold(arrays):
        return None
    known, shares, truth = (np.asarray(arrays[name]) for name in _ARRAYS)
    if known.shape != (2,) or list(map(str, known)) != list(map(str, classes)):
        return None
    if shares.shape != (*truth.shape, 2) or shares.dtype.kind != "f":
        return None
    truth = truth == known[1]
    usable = np.isfinite(shares[:, 1])
    if len(set(truth[usable].tolist())) < 2:
        return None
    slope, intercept = fit_sigmoid(shares[usable, 1], truth[usable])
    return {"slope": slope, "intercept": intercept} if slope > 0 else None


def fit_sigmoid(probability: Any, truth: Any) -> tuple[float, float]:
    """Return the slope and the intercept of a logistic regression on the log-odds.

    Source: Platt 1999, Advances in Large Margin Classifiers, 61.
    """
    from sklearn.linear_model import LogisticRegression

    from exo_nbregistry.inference.row_answers import log_odds

    fitted = LogisticRegression().fit(log_odds(probability)[:, None], truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def calibrates_itself(model: Any) -> bool:
    """Return whether a model, or the last step of a pipeline, calibrates its probabilities.

    Examples
    --------
    >>> from sklearn.calibration import CalibratedClassifierCV
    >>> from sklearn.pipeline import make_pipeline
    >>> calibrates_itself(make_pipeline(CalibratedClassifierCV()))
    True
    """
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if isinstance(steps, list) and steps else model
    return any(kind.__name__ == "CalibratedClassifierCV" for kind in type(last).__mro__)
