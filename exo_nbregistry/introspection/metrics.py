"""Measure a fitted model on data that it has not seen."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

logger = logging.getLogger("exo_nbregistry")

# A confusion matrix of more classes would crowd the record, and nobody reads it.
MAX_REPORTED_CLASSES = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model achieved on test data.

    Attributes
    ----------
    metrics : dict of str to float
        Single numbers; one that cannot be computed is not there.
    additional : dict
        ``classes``, ``confusion_matrix`` (rows are the true classes) and
        ``classification_report`` of a classifier.
    arrays : dict of str to ndarray
        ``y_true``, ``y_pred`` and, of a classifier, ``classes`` and either ``probabilities`` of
        shape (n_samples, n_classes) or ``y_score``, its decision function. Never of object
        dtype, so that a file of them holds no pickle.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)


def is_measured(model: Any) -> bool:
    """Tell whether a model predicts what can be true or false: it is a classifier or a regressor.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> is_measured(KMeans())
    False
    """
    return _is_a(model, "classifier") or _is_a(model, "regressor")


def evaluate(model: Any, X_test: Any, y_test: Any) -> Evaluation:
    """Measure a model, equal to the last digit however often and on however many cores.

    Parameters
    ----------
    model : estimator
        Fitted classifier or regressor; of anything else nothing is measured.
    X_test : array-like of shape (n_samples, n_features)
        Features.
    y_test : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Truth.

    Returns
    -------
    Evaluation
        Of a classifier accuracy, precision, recall, f1_score, roc_auc, average_precision,
        log_loss and brier; of a regressor r2, mae and rmse. With two classes the second one of
        ``classes_`` is the positive one; with more, each metric is the mean over the classes
        (one against the rest) weighted by their rows, a class never predicted having precision
        0. Several outputs of a classifier have the accuracy of whole rows only.

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

    # Threads add up the votes of a forest in any order, which changes the last digit.
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
        # A class without BaseEstimator has no tags, but may say by its mixin what it is.
        return any(part.__name__ == f"{kind.title()}Mixin" for part in type(model).__mro__)


def _array(values: Any) -> Array:
    """Return labels or numbers as an array that numpy saves without pickle."""
    import numpy as np

    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    if array.dtype.kind in "OT":
        array = np.array(array.tolist())
    return array.astype(str) if array.dtype.kind in "OT" else array


def _regression(y_pred: Array, y_true: Array) -> Evaluation:
    from sklearn import metrics

    functions = {
        "r2": lambda: metrics.r2_score(y_true, y_pred, force_finite=False),
        "rmse": lambda: metrics.root_mean_squared_error(y_true, y_pred),
    }
    with _silence():
        mae = float(metrics.mean_absolute_error(y_true, y_pred))
        found = _measure(functions) | {"mae": mae}
    return Evaluation(found, {}, {"y_true": y_true, "y_pred": y_pred})


@contextmanager
def _silence() -> Iterator[None]:
    """Ignore what scikit-learn says of undefined metrics: they are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _measure(functions: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Return the metrics that can be computed and are numbers."""
    found = {}
    for name, function in functions.items():
        try:
            value = float(function())
        except ValueError as error:
            logger.debug("%s is left out: %s", name, error)
            continue
        if math.isfinite(value):
            found[name] = value
    return found


def _classification(model: Any, X: Any, y_true: Array) -> Evaluation:
    import numpy as np
    from sklearn import metrics

    y_pred = _array(model.predict(X))
    arrays = {"y_true": y_true, "y_pred": y_pred}
    if y_true.ndim > 1 and y_true.shape[1] > 1:
        whole = np.all(y_true == y_pred, axis=1)
        return Evaluation({"accuracy": float(np.mean(whole))}, {}, arrays)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    classes = _array(getattr(model, "classes_", np.unique(y_true))).ravel()
    score, is_probability = _scores(model, X, classes)
    with _silence():
        found = {"accuracy": float(metrics.accuracy_score(y_true, y_pred))}
        found |= _measure(_label_metrics(y_true, y_pred, classes))
        if score is not None and np.isin(y_true, classes).all():
            found |= _measure(_score_metrics(y_true, score, classes, is_probability))
        additional = _report(y_true, y_pred, classes)
    arrays = {"y_true": y_true, "y_pred": y_pred, "classes": classes}
    if score is not None:
        arrays["probabilities" if is_probability else "y_score"] = score
    return Evaluation(found, additional, arrays)


def _scores(model: Any, X: Any, classes: Array) -> tuple[Array | None, bool]:
    """Return probabilities or decisions by class, and which of the two they are."""
    import numpy as np

    is_probability = hasattr(model, "predict_proba")
    if not is_probability and not hasattr(model, "decision_function"):
        return None, False
    score = np.asarray(model.predict_proba(X) if is_probability else model.decision_function(X))
    # One column for each pair of classes is no score of a class, even where the number fits.
    params = model.get_params() if hasattr(model, "get_params") else {}
    by_pair = any(k.endswith("decision_function_shape") and params[k] == "ovo" for k in params)
    if score.ndim == 1 and len(classes) == 2:
        return score, False
    fits = score.ndim == 2 and score.shape[1] == len(classes)
    return (score, is_probability) if fits and (is_probability or not by_pair) else (None, False)


def _label_metrics(y_true: Array, y_pred: Array, classes: Array) -> dict[str, Callable[[], float]]:
    import numpy as np
    from sklearn import metrics

    options: dict[str, Any] = {"average": "weighted", "zero_division": 0.0}
    if len(classes) == 2 and np.isin(y_true, classes).all():
        options = {"labels": classes, "pos_label": classes[1], "zero_division": np.nan}
    return {
        "precision": lambda: metrics.precision_score(y_true, y_pred, **options),
        "recall": lambda: metrics.recall_score(y_true, y_pred, **options),
        "f1_score": lambda: metrics.f1_score(y_true, y_pred, **options),
    }


def _score_metrics(
    y_true: Array, score: Array, classes: Array, is_probability: bool
) -> dict[str, Callable[[], float]]:
    import numpy as np
    from sklearn import metrics

    truth = y_true[:, np.newaxis] == classes
    rank = score
    if len(classes) == 2:
        rank = score if score.ndim == 1 else score[:, 1]
    target = truth[:, 1] if len(classes) == 2 else truth
    functions: dict[str, Callable[[], float]] = {
        "roc_auc": lambda: metrics.roc_auc_score(target, rank, average="weighted"),
    }
    if target.any():
        functions["average_precision"] = lambda: metrics.average_precision_score(
            target, rank, average="weighted"
        )
    if is_probability:
        functions["log_loss"] = lambda: metrics.log_loss(y_true, score, labels=classes)
        functions["brier"] = lambda: _brier(truth, score)
    return functions


def _brier(truth: Array, probabilities: Array) -> float:
    """Return the mean squared error of the probabilities.

    Two classes err alike, so only one of them is counted, as scikit-learn does.

    Source: Brier 1950, Monthly Weather Review 78, 1.
    """
    import numpy as np

    total = float(np.mean(np.sum((probabilities - truth) ** 2, axis=1)))
    return total / 2 if truth.shape[1] == 2 else total


def _report(y_true: Array, y_pred: Array, classes: Array) -> dict[str, Any]:
    import numpy as np
    from sklearn import metrics

    labels = np.union1d(classes, y_true)
    if len(labels) > MAX_REPORTED_CLASSES:
        return {}
    report = metrics.classification_report(
        y_true, y_pred, labels=labels, output_dict=True, zero_division=0.0
    )
    return {
        "classes": labels.tolist(),
        "confusion_matrix": metrics.confusion_matrix(y_true, y_pred, labels=labels).tolist(),
        "classification_report": report,
    }
