"""Metrics of a fitted model on test data."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.class_metrics import class_metrics, report_classes
from exo_nbregistry.introspection.scoring import apply_threshold, choose_scoring, name_labels
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.metric_table import METRICS, Outcome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

logger = logging.getLogger("exo_nbregistry")


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
        ``y_true`` and ``y_pred``, and ``sample_weight`` if it was passed; of a classifier also
        ``classes`` and either ``probabilities`` of shape (n_samples, n_classes) or ``y_score``,
        its decision function. Predictions are those at the threshold. Never of object
        dtype, so that numpy saves them without pickle.
    scoring : Scoring or None
        How the metrics were measured.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    scoring: Scoring | None = None


def is_measured(model: Any) -> bool:
    """Return whether a model can be evaluated: it is a classifier or a regressor.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> is_measured(KMeans())
    False
    """
    return _is_a(model, "classifier") or _is_a(model, "regressor")


def evaluate(
    model: Any,
    X_test: Any,
    y_test: Any,
    *,
    pos_label: Any = None,
    threshold: float | None = None,
    sample_weight: Any = None,
) -> Evaluation:
    """Compute the metrics of a model; results do not depend on the number of cores.

    Parameters
    ----------
    model : estimator
        Fitted classifier or regressor; other estimators have no metrics.
    X_test : array-like of shape (n_samples, n_features)
        Features.
    y_test : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels or numbers.
    pos_label : object, optional
        The positive class of a classifier. By default it is the larger one of {0, 1}, {-1, 1} and
        {False, True}, as in scikit-learn. Without a positive class, each metric is the unweighted
        mean over the classes.
    threshold : float, optional
        Minimum score of a row that a classifier of two classes predicts as positive; by default
        the predictions of the model are used.
    sample_weight : array-like of shape (n_samples,), optional
        Weight of each row.

    Returns
    -------
    Evaluation
        The metrics of `METRICS` that the model allows, and for a classifier those of
        `class_metrics`. In a mean, the precision of a class that is never predicted is 0, and
        ranking metrics skip classes without a test row. A classifier with several outputs has only
        the accuracy of whole rows.

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
    >>> found.scoring.label
    'of 1'
    """
    from joblib import parallel_config

    weight = None if sample_weight is None else _array(sample_weight).astype(float)
    # Threads add the votes of a forest in any order, which changes the last digit.
    with parallel_config(backend="sequential"):
        if _is_a(model, "classifier"):
            return _classification(model, X_test, _array(y_test), pos_label, threshold, weight)
        if pos_label is not None or threshold is not None:
            name = "pos_label" if pos_label is not None else "threshold"
            raise RecordError(
                f"{name}= requires a classifier, got {type(model).__name__}.", key=name
            )
        if _is_a(model, "regressor"):
            return _regression(_array(model.predict(X_test)), _array(y_test), weight)
    return Evaluation()


def _is_a(model: Any, kind: str) -> bool:
    from sklearn import base

    if read_attribute(model, "_estimator_type") == kind:
        return True
    try:
        return bool(getattr(base, f"is_{kind}")(model))
    except Exception:  # noqa: BLE001 - the code of a model can raise any error
        # A class without BaseEstimator has no tags, but may have a mixin.
        return any(part.__name__ == f"{kind.title()}Mixin" for part in type(model).__mro__)


def _array(values: Any) -> Array:
    """Return labels or numbers as an array that numpy saves without pickle."""
    import numpy as np

    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    if array.dtype.kind in "OT":
        array = np.array(array.tolist())
    return array.astype(str) if array.dtype.kind in "OT" else array


def _regression(y_pred: Array, y_true: Array, weight: Array | None) -> Evaluation:
    outcome = Outcome(y_true, y_pred, sample_weight=weight)
    found = _measure(outcome, {"numbers"}, required="mae")
    arrays = _arrays(y_true, y_pred, weight)
    return Evaluation(found, {}, arrays, Scoring("regression", sample_weight=weight is not None))


def _arrays(y_true: Array, y_pred: Array, weight: Array | None) -> dict[str, Array]:
    arrays = {"y_true": y_true, "y_pred": y_pred}
    return arrays if weight is None else arrays | {"sample_weight": weight}


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


def _classification(
    model: Any,
    X: Any,
    y_true: Array,
    pos_label: Any,
    threshold: float | None,
    weight: Array | None,
) -> Evaluation:
    import numpy as np

    y_pred = _array(model.predict(X))
    if y_true.ndim > 1 and y_true.shape[1] > 1:
        whole = np.all(y_true == y_pred, axis=1)
        found = {"accuracy": float(np.average(whole, weights=weight))}
        return Evaluation(found, {}, _arrays(y_true, y_pred, weight))
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    known = getattr(model, "classes_", None)
    classes = np.union1d(y_true, y_pred) if known is None else _array(known).ravel()
    scoring = choose_scoring(
        classes.tolist(),
        pos_label=pos_label,
        threshold=threshold,
        sample_weight=weight is not None,
    )
    score, is_probability = _scores(model, X, classes)
    if scoring.threshold is not None:
        if score is None:
            raise RecordError(
                f"threshold= requires a model with predict_proba or decision_function, got "
                f"{type(model).__name__}.",
                key="threshold",
            )
        y_pred = apply_threshold(score, classes, scoring)
    arrays = _arrays(y_true, y_pred, weight) | {"classes": classes}
    if score is not None:
        arrays["probabilities" if is_probability else "y_score"] = score
    return measure_labels(arrays, scoring)


def measure_labels(arrays: Mapping[str, Array], scoring: Scoring) -> Evaluation:
    """Compute the metrics of predicted labels.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``y_true``, ``y_pred`` and ``classes``, and optionally ``sample_weight`` and either
        ``probabilities`` or ``y_score``.
    scoring : Scoring
        Positive class or average.

    Returns
    -------
    Evaluation
        With the arrays and the scoring.
    """
    import numpy as np

    y_true, y_pred, classes = (arrays[name] for name in ("y_true", "y_pred", "classes"))
    weight = arrays.get("sample_weight")
    score = arrays.get("probabilities", arrays.get("y_score"))
    new = np.setdiff1d(y_true, classes)
    available = {"labels"}
    if score is not None and not len(new):
        available |= {"scores", "probabilities"} if "probabilities" in arrays else {"scores"}
    outcome = Outcome(y_true, y_pred, classes, score, scoring.pos_label, weight)
    found = _measure(outcome, available, required="accuracy")
    labels = np.union1d(classes, y_true)
    with _ignore_warnings():
        found |= class_metrics(y_true, y_pred, labels, weight)
        additional = report_classes(y_true, y_pred, labels, weight)
    if len(new):
        logger.warning(
            "y_test has labels that the model does not know: %s. They count as wrong, and metrics "
            "of scores are omitted.",
            name_labels(new.tolist()),
        )
    return Evaluation(found, additional, dict(arrays), scoring)


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
