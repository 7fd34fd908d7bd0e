"""Metrics of a fitted model on test data."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exo_nbregistry.values.metric_table import METRICS, Outcome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

logger = logging.getLogger("exo_nbregistry")

# A larger confusion matrix would dominate the record.
MAX_REPORTED_CLASSES = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Results of a model on test data.

    Attributes
    ----------
    metrics : dict of str to float
        Values by name; a metric that is undefined is missing.
    additional : dict
        ``classes``, ``confusion_matrix`` (rows are the true classes) and
        ``classification_report`` of a classifier.
    arrays : dict of str to ndarray
        ``y_true`` and ``y_pred``; of a classifier also ``classes`` and either ``probabilities``
        of shape (n_samples, n_classes) or ``y_score``, its decision function. Never of object
        dtype, so that numpy saves them without pickle.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)


def is_measured(model: Any) -> bool:
    """Return whether a model can be evaluated: it is a classifier or a regressor.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> is_measured(KMeans())
    False
    """
    return _is_a(model, "classifier") or _is_a(model, "regressor")


def evaluate(model: Any, X_test: Any, y_test: Any) -> Evaluation:
    """Compute the metrics of a model; results do not depend on the number of cores.

    Parameters
    ----------
    model : estimator
        Fitted classifier or regressor; other estimators have no metrics.
    X_test : array-like of shape (n_samples, n_features)
        Features.
    y_test : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels or numbers.

    Returns
    -------
    Evaluation
        The metrics of `METRICS` that the model allows. Of two classes, the second one of
        ``classes_`` is positive. Of more classes, each metric is the mean over the classes (one
        against the rest) weighted by their rows, and the precision of a class that is never
        predicted is 0. A classifier with several outputs has only the accuracy of whole rows.

    Raises
    ------
    ValueError
        If predictions and truth differ in number or kind.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> found = evaluate(LogisticRegression().fit(X, y), X, y)
    >>> found.metrics["roc_auc"], found.additional["confusion_matrix"]
    (1.0, [[2, 0], [0, 2]])
    """
    from joblib import parallel_config

    # Threads add the votes of a forest in any order, which changes the last digit.
    with parallel_config(backend="sequential"):
        if _is_a(model, "classifier"):
            return _classification(model, X_test, _array(y_test))
        if _is_a(model, "regressor"):
            return _regression(_array(model.predict(X_test)), _array(y_test))
    return Evaluation()


def _is_a(model: Any, kind: str) -> bool:
    from sklearn import base

    if getattr(model, "_estimator_type", None) == kind:
        return True
    try:
        return bool(getattr(base, f"is_{kind}")(model))
    except AttributeError:
        # A class without BaseEstimator has no tags, but may have a mixin.
        return any(part.__name__ == f"{kind.title()}Mixin" for part in type(model).__mro__)


def _array(values: Any) -> Array:
    """Return labels or numbers as an array that numpy saves without pickle."""
    import numpy as np

    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    if array.dtype.kind in "OT":
        array = np.array(array.tolist())
    return array.astype(str) if array.dtype.kind in "OT" else array


def _regression(y_pred: Array, y_true: Array) -> Evaluation:
    found = _measure(Outcome(y_true, y_pred), {"numbers"}, required="mae")
    return Evaluation(found, {}, {"y_true": y_true, "y_pred": y_pred})


@contextmanager
def _ignore_warnings() -> Iterator[None]:
    """Ignore scikit-learn's warnings about undefined metrics, which are omitted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _measure(outcome: Outcome, available: set[str], *, required: str) -> dict[str, float]:
    """Return the metrics that are defined; an error of the required one is raised."""
    found = {}
    with _ignore_warnings():
        for name, metric in METRICS.items():
            if metric.needs not in available:
                continue
            try:
                value = metric.function(outcome)
            except ValueError as error:
                if name == required:
                    raise
                logger.debug("%s is omitted: %s", name, error)
                continue
            if math.isfinite(value):
                found[name] = value
    return found


def _classification(model: Any, X: Any, y_true: Array) -> Evaluation:
    import numpy as np

    y_pred = _array(model.predict(X))
    arrays = {"y_true": y_true, "y_pred": y_pred}
    if y_true.ndim > 1 and y_true.shape[1] > 1:
        whole = np.all(y_true == y_pred, axis=1)
        return Evaluation({"accuracy": float(np.mean(whole))}, {}, arrays)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    classes = _array(getattr(model, "classes_", np.unique(y_true))).ravel()
    score, is_probability = _scores(model, X, classes)
    available = {"labels"}
    if score is not None and np.isin(y_true, classes).all():
        available |= {"scores", "probabilities"} if is_probability else {"scores"}
    found = _measure(Outcome(y_true, y_pred, classes, score), available, required="accuracy")
    additional = _report(y_true, y_pred, classes)
    arrays = {"y_true": y_true, "y_pred": y_pred, "classes": classes}
    if score is not None:
        arrays["probabilities" if is_probability else "y_score"] = score
    return Evaluation(found, additional, arrays)


def _scores(model: Any, X: Any, classes: Array) -> tuple[Array | None, bool]:
    """Return probabilities or decisions by class, and whether they are probabilities."""
    import numpy as np

    is_probability = hasattr(model, "predict_proba")
    if not is_probability and not hasattr(model, "decision_function"):
        return None, False
    score = np.asarray(model.predict_proba(X) if is_probability else model.decision_function(X))
    # A column for each pair of classes is not the score of a class, even if the number matches.
    params = model.get_params() if hasattr(model, "get_params") else {}
    by_pair = any(k.endswith("decision_function_shape") and params[k] == "ovo" for k in params)
    if score.ndim == 1 and len(classes) == 2:
        return score, False
    fits = score.ndim == 2 and score.shape[1] == len(classes)
    return (score, is_probability) if fits and (is_probability or not by_pair) else (None, False)


def _report(y_true: Array, y_pred: Array, classes: Array) -> dict[str, Any]:
    import numpy as np
    from sklearn import metrics

    labels = np.union1d(classes, y_true)
    if len(labels) > MAX_REPORTED_CLASSES:
        return {}
    with _ignore_warnings():
        report = metrics.classification_report(
            y_true, y_pred, labels=labels, output_dict=True, zero_division=0.0
        )
    return {
        "classes": labels.tolist(),
        "confusion_matrix": metrics.confusion_matrix(y_true, y_pred, labels=labels).tolist(),
        "classification_report": report,
    }
