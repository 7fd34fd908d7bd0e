"""Labels that follow from the probabilities, so that the model is called once.

Serving and the exported predict.py use this file. An export has a copy of it, so it imports only
NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# predict() of these is the first of the most probable classes.
_FIRST = {
    "sklearn.CalibratedClassifierCV",
    "sklearn.DecisionTreeClassifier",
    "sklearn.ExtraTreesClassifier",
    "sklearn.RandomForestClassifier",
}
# predict() of these compares scores before they are rounded, so that it decides between equals.
_ARGMAX = _FIRST | {
    "lightgbm.LGBMClassifier",
    "sklearn.GradientBoostingClassifier",
    "sklearn.HistGradientBoostingClassifier",
    "sklearn.LogisticRegression",
    "sklearn.MLPClassifier",
    "xgboost.XGBClassifier",
}


def predicts_most_probable(model: Any) -> bool:
    """Return whether a model, or the last step of a pipeline, predicts its most probable class.

    Some classes of these libraries do. `predict` of others can differ from their probabilities.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.svm import SVC
    >>> predicts_most_probable(LogisticRegression()), predicts_most_probable(SVC())
    (True, False)
    """
    return _class_name(model) in _ARGMAX


def _class_name(model: Any) -> str:
    """Return the library and the class of a model, or of the last step of a pipeline."""
    steps = getattr(model, "steps", None)
    kind = type(steps[-1][1] if isinstance(steps, list) and steps else model)
    if kind.__module__.startswith("exo_nbregistry.") and hasattr(model, "pipeline_"):
        return _class_name(model.pipeline_)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def most_probable(
    model: Any, data: Any, classes: Sequence[Any], part: Callable[[Any], Any]
) -> tuple[Any, Any] | None:
    """Return labels and probabilities by one call of the model, or None if two are necessary.

    Parameters
    ----------
    model : object
        A fitted model.
    data : object
        Rows, in the form that the model takes.
    classes : sequence
        Class labels, in the order of the probabilities.
    part : callable
        Returns some of the rows, by their places.
    """
    import numpy as np

    name = _class_name(model)
    if name not in _ARGMAX or not hasattr(model, "predict_proba"):
        return None
    shares = model.predict_proba(data)
    if not isinstance(shares, np.ndarray) or shares.shape[1:] != (len(classes),):
        return None
    labels = np.asarray(classes)[shares.argmax(axis=1)]
    if name not in _FIRST:
        equal = (shares == shares.max(axis=1, keepdims=True)).sum(axis=1) != 1
        tied = np.flatnonzero(equal)
        if len(tied):
            labels[tied] = model.predict(part(tied))
    return labels, shares
