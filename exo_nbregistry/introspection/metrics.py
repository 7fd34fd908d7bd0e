"""Metrics of a fitted model on test data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.introspection.evaluation import (
    Evaluation,
    arrays_of,
    measure_labels,
    measure_multilabel,
    measure_multioutput,
    measure_numbers,
)
from exo_nbregistry.introspection.model_outputs import measure_values
from exo_nbregistry.introspection.output_kinds import (
    MeasurementOptions,
    check_predictions,
    infer_outputs,
    is_indicator,
)
from exo_nbregistry.introspection.scoring import (
    apply_threshold,
    check_share,
    choose_scoring,
    no_scores,
)
from exo_nbregistry.introspection.structure import is_kind
from exo_nbregistry.introspection.target import output_names, read_target, read_weights, to_array
from exo_nbregistry.introspection.unsupervised import measure_clusters, measure_outliers
from exo_nbregistry.introspection.wrapper_outputs import wrapper_outputs

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Evaluation", "evaluate", "is_clustering", "is_measured"]


def is_measured(model: Any) -> bool:
    """Return whether a model can be evaluated: it is a classifier or a regressor.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> is_measured(KMeans())
    False
    """
    return is_kind(model, "classifier") or is_kind(model, "regressor")


def is_clustering(model: Any) -> bool:
    """Return whether a model is a clustering, which is measured without true labels.

    A Gaussian mixture is one, although scikit-learn calls it a density estimator.
    """
    is_mixture = hasattr(model, "predict") and is_kind(model, "density_estimator")
    return is_mixture or is_kind(model, "clusterer")


def evaluate(
    model: Any,
    X_test: Any,
    y_test: Any,
    *,
    pos_label: Any = None,
    threshold: float | None = None,
    sample_weight: Any = None,
    predict: Callable[[Any, Any], Any] | None = None,
) -> Evaluation:
    """Compute the metrics of a model; results do not depend on the number of cores.

    Parameters
    ----------
    model : object
        Fitted classifier, regressor, outlier detector or clustering; native booster of XGBoost or
        LightGBM; Keras model; results of statsmodels; or any model with `predict`.
    X_test : array-like of shape (n_samples, n_features)
        Features.
    y_test : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
        True labels or numbers. Only clusterings do not need them.
    pos_label : object, optional
        The positive class of a classifier. By default it is the larger one of {0, 1}, {-1, 1} and
        {False, True}, as in scikit-learn. Without a positive class, each metric is the unweighted
        mean over the classes.
    threshold : float, optional
        Minimum score of a row that a classifier of two classes predicts as positive; by default
        the predictions of the model are used.
    sample_weight : array-like of shape (n_samples,), optional
        Weight of each row.
    predict : callable, optional
        Takes the model and `X_test` and returns labels, numbers, clusters, or scores: one of the
        positive class, or a column for each class. By default the model predicts itself.

    Returns
    -------
    Evaluation
        The metrics of `METRICS` that the model allows, and for a classifier those of
        `class_metrics`. In a mean, the precision of a class that is never predicted is 0, and
        ranking metrics skip classes without a test row. Without metrics, ``reason`` explains why.

    Raises
    ------
    ValueError
        If predictions and truth differ in number or kind, or if a true label is missing.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> found = evaluate(LogisticRegression().fit(X, y), X, y)
    >>> found.metrics["roc_auc"], found.additional["confusion_matrix"]
    (1.0, [[2, 0], [0, 2]])
    >>> found.scoring.label
    'of 1'
    >>> evaluate({"cut": 1.5}, X, y, predict=lambda m, X: [x[0] > m["cut"] for x in X]).metrics[
    ...     "recall"
    ... ]
    1.0
    """
    from joblib import parallel_config

    if isinstance(model, Bundle):
        y_test = None if y_test is None else model.labels_of(y_test)
        pos_label = None if pos_label is None else model.label_of(pos_label)
    y_true = None if y_test is None else read_target(y_test)
    weight = None if sample_weight is None else read_weights(sample_weight)
    n_outputs = 1 if y_true is None or y_true.ndim < 2 else y_true.shape[1]
    options = MeasurementOptions(pos_label, threshold, weight, output_names(y_test, n_outputs))
    # Threads add the votes of a forest in any order, which changes the last digit.
    with parallel_config(backend="sequential"):
        values = None if predict is None else to_array(predict(model, X_test))
        if isinstance(model, Bundle) and values is not None and values.dtype.kind != "b":
            values = to_array(model.labels_of(values))
        if is_clustering(model):
            options.check_unused(f"a classifier, got {type(model).__name__}", "weight")
            return measure_clusters(model, X_test, y_true, values)
        if values is not None and y_true is not None:
            values = check_predictions(values, y_true)
            outputs = infer_outputs(values, y_true, model, options)
            return measure_values(outputs, y_true, options)
        return _evaluate(model, X_test, y_true, options)


def _evaluate(model: Any, X: Any, y_true: Array | None, options: MeasurementOptions) -> Evaluation:
    """Measure a model by its own predictions."""
    if y_true is None:
        return Evaluation(reason="y_test is missing")
    if is_kind(model, "classifier"):
        return _classification(model, X, y_true, options)
    if is_kind(model, "outlier_detector"):
        return measure_outliers(model, X, y_true, options)
    outputs = wrapper_outputs(model, X)
    if isinstance(outputs, str):
        return Evaluation(reason=outputs)
    if outputs is not None:
        check_predictions(outputs.values, y_true)
        if outputs.kind == "unknown":
            outputs = infer_outputs(outputs.values, y_true, model, options)
        return measure_values(outputs, y_true, options)
    if is_kind(model, "regressor"):
        options.check_unused(f"a classifier, got {type(model).__name__}")
        y_pred = to_array(model.predict(X))
        return measure_numbers(y_true, y_pred, options.weight, options.names)
    return Evaluation(reason="it is not an estimator that can be evaluated")


def _classification(model: Any, X: Any, y_true: Array, options: MeasurementOptions) -> Evaluation:
    import numpy as np

    y_pred = to_array(model.predict(X))
    if y_true.ndim > 1 and y_true.shape[1] > 1:
        options.check_unused("a classifier with one output")
        if not is_indicator(y_true) or not is_indicator(y_pred):
            return measure_multioutput(y_true, y_pred, options.weight, options.names)
        score = _label_scores(model, X, y_true.shape)
        return measure_multilabel(y_true, y_pred, score, options.weight, options.names)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    known = getattr(model, "classes_", None)
    classes = np.union1d(y_true, y_pred) if known is None else to_array(known).ravel()
    scoring = choose_scoring(
        classes.tolist(),
        pos_label=options.pos_label,
        threshold=options.threshold,
        sample_weight=options.weight is not None,
    )
    score, is_probability = _scores(model, X, classes)
    if scoring.threshold is not None:
        if score is None:
            raise no_scores(model)
        if is_probability:
            check_share(scoring.threshold)
        y_pred = apply_threshold(score, classes, scoring)
    arrays = arrays_of(y_true, y_pred, options.weight) | {"classes": classes}
    if score is not None:
        arrays["probabilities" if is_probability else "y_score"] = score
    return measure_labels(arrays, scoring)


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


def _label_scores(model: Any, X: Any, shape: tuple[int, ...]) -> Array | None:
    """Return a score for each label of each row, or None."""
    import numpy as np

    if hasattr(model, "predict_proba"):
        score = model.predict_proba(X)
    elif hasattr(model, "decision_function"):
        score = model.decision_function(X)
    else:
        return None
    # Forests and neighbors return a table of two columns for each label.
    if isinstance(score, list):
        tables = [np.asarray(table) for table in score]
        if any(table.ndim != 2 or table.shape[1] != 2 for table in tables):
            return None
        score = np.column_stack([table[:, 1] for table in tables])
    score = score.toarray() if hasattr(score, "toarray") else np.asarray(score)
    return score if score.shape == shape else None
