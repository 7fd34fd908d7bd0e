"""Metrics of clusterings and outlier detectors."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.introspection.evaluation import (
    Evaluation,
    arrays_of,
    ignore_warnings,
    measure_labels,
)
from exo_nbregistry.introspection.output_kinds import MeasurementOptions
from exo_nbregistry.introspection.scoring import apply_threshold, choose_scoring, no_scores
from exo_nbregistry.introspection.target import to_array
from exo_nbregistry.records.scoring import Scoring

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# The silhouette takes time with the square of the rows.
MAX_SILHOUETTE_ROWS = 10_000
_NOISE = -1


def measure_clusters(
    model: Any, X: Any, y: Array | None = None, labels: Array | None = None
) -> Evaluation:
    """Compute the metrics of a clustering.

    Parameters
    ----------
    model : estimator
        Fitted clustering; of a pipeline, the last step.
    X : array-like of shape (n_samples, n_features)
        Features.
    y : ndarray of shape (n_samples,), optional
        True groups, for ``adjusted_rand``.
    labels : ndarray of shape (n_samples,), optional
        Cluster of each row; by default the model predicts it.

    Returns
    -------
    Evaluation
        ``silhouette`` (of a sample if there are more than 10,000 rows), ``calinski_harabasz`` and
        ``davies_bouldin`` in the space of the clustering, without rows that it labels as noise.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> X = [[0.0], [0.1], [9.0], [9.1]]
    >>> found = measure_clusters(KMeans(2, n_init=1, random_state=0).fit(X), X)
    >>> found.metrics["silhouette"] > 0.9
    True
    """
    import numpy as np
    from sklearn import metrics

    if labels is None and not hasattr(model, "predict"):
        return Evaluation(reason="it has no predict method for the rows of X_test")
    labels = to_array(model.predict(X)) if labels is None else labels
    data = _as_clustered(model, X)
    found = {}
    if y is not None:
        found["adjusted_rand"] = metrics.adjusted_rand_score(y.ravel(), labels)
    kept = labels != _NOISE
    labels, data = labels[kept], data[kept]
    if 2 <= len(np.unique(labels)) < len(labels):
        size = MAX_SILHOUETTE_ROWS if len(labels) > MAX_SILHOUETTE_ROWS else None
        with ignore_warnings():
            found["silhouette"] = metrics.silhouette_score(
                data, labels, sample_size=size, random_state=0
            )
            dense = data.toarray() if hasattr(data, "toarray") else data
            found["calinski_harabasz"] = metrics.calinski_harabasz_score(dense, labels)
            found["davies_bouldin"] = metrics.davies_bouldin_score(dense, labels)
    if not found:
        return Evaluation(reason="X_test falls into fewer than two clusters")
    values = {name: float(value) for name, value in found.items()}
    return Evaluation(values, scoring=Scoring("clustering"))


def _as_clustered(model: Any, X: Any) -> Any:
    """Return the rows as the last step of a pipeline receives them."""
    import numpy as np

    data = X
    if isinstance(model, Bundle):
        data = model.model_input(X)
    elif hasattr(model, "steps") and len(model.steps) > 1:
        data = model[:-1].transform(X)
    return data.tocsr() if hasattr(data, "tocsr") else np.asarray(data)


def measure_outliers(model: Any, X: Any, y_true: Array, options: MeasurementOptions) -> Evaluation:
    """Compute the metrics of an outlier detector.

    Parameters
    ----------
    model : estimator
        Fitted outlier detector, whose ``predict`` returns -1 for outliers and 1 for inliers.
    X : array-like of shape (n_samples, n_features)
        Features.
    y_true : ndarray of shape (n_samples,)
        -1 for outliers and 1 for inliers as in scikit-learn; or 1 or True for outliers and 0 or
        False for inliers.
    options : MeasurementOptions
        The default positive class is the label of outliers; their score is the negated decision
        function.

    Returns
    -------
    Evaluation
        The metrics of labels and, with a decision function, of their ranking.
    """
    import numpy as np

    if not hasattr(model, "predict"):
        return Evaluation(reason="it has no predict method for the rows of X_test")
    y_true = y_true.ravel()
    present = set(y_true.tolist())
    if not (present <= {0, 1} or present <= {-1, 1}):
        return Evaluation(
            reason="y_test of an outlier detector must hold -1 for outliers and 1 for inliers, or "
            "1 for outliers and 0 for inliers"
        )
    # Without a 0, the labels are read as scikit-learn's.
    outlier, inlier = (1, 0) if 0 in present else (-1, 1)
    classes = np.array(sorted((outlier, inlier))).astype(y_true.dtype)
    is_outlier = to_array(model.predict(X)).ravel() == -1
    chosen = choose_scoring(
        classes.tolist(),
        pos_label=outlier if options.pos_label is None else options.pos_label,
        threshold=options.threshold,
        sample_weight=options.weight is not None,
    )
    scoring = dataclasses.replace(chosen, task="outlier")
    arrays = arrays_of(
        y_true, np.where(is_outlier, outlier, inlier).astype(y_true.dtype), options.weight
    )
    arrays["classes"] = classes
    if hasattr(model, "decision_function"):
        # The larger label is an inlier in scikit-learn's labels, and an outlier in the others.
        sign = 1 if outlier == -1 else -1
        arrays["y_score"] = sign * to_array(model.decision_function(X)).ravel()
    if scoring.threshold is not None:
        if "y_score" not in arrays:
            raise no_scores(model)
        arrays["y_pred"] = apply_threshold(arrays["y_score"], classes, scoring)
    return measure_labels(arrays, scoring)
