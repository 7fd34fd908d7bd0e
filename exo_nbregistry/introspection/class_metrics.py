"""Precision, recall and F1 of each class and their means, and the report of all classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.records.scoring import label_text

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# A larger confusion matrix would dominate the record.
MAX_REPORTED_CLASSES = 100
MAX_NAMED_CLASSES = 20
_NAMES = ("precision", "recall", "f1_score")


def class_metrics(
    y_true: Array,
    y_pred: Array,
    labels: Array,
    sample_weight: Array | None = None,
    *,
    names: Sequence[str] = (),
) -> dict[str, float]:
    """Return the metrics of each class, and their means over the classes.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n_samples,) or (n_samples, n_labels)
        True and predicted labels, or indicators of several labels.
    labels : ndarray of shape (n_labels,)
        Labels of the model and of the test set.
    sample_weight : ndarray of shape (n_samples,), optional
        Weight of each row.
    names : sequence of str
        Names of the labels; by default the labels themselves.

    Returns
    -------
    dict of str to float
        ``precision_macro``, ``recall_macro``, ``f1_macro``, ``f1_weighted``, and of up to 20
        classes ``precision.<label>``, ``recall.<label>`` and ``f1_score.<label>``. A metric that
        is undefined is missing; in a mean it counts as 0.

    Examples
    --------
    >>> import numpy as np
    >>> y_true, y_pred = np.array(["a", "a", "b"]), np.array(["a", "b", "b"])
    >>> found = class_metrics(y_true, y_pred, np.array(["a", "b"]))
    >>> found["recall.a"], found["recall_macro"]
    (0.5, 0.75)
    """
    from sklearn.metrics import precision_recall_fscore_support

    def measure(average: str | None, **options: Any) -> list[Any]:
        found = precision_recall_fscore_support(
            y_true, y_pred, average=average, sample_weight=sample_weight, **options
        )
        return list(found[:3])

    precision, recall, f1 = measure("macro", zero_division=0.0)
    found = {"precision_macro": precision, "recall_macro": recall, "f1_macro": f1}
    found["f1_weighted"] = measure("weighted", zero_division=0.0)[2]
    if len(labels) <= MAX_NAMED_CLASSES:
        shown = names or [label_text(label) for label in labels]
        by_class = measure(None, labels=labels, zero_division=math.nan)
        for name, values in zip(_NAMES, by_class, strict=True):
            found |= {f"{name}.{label}": v for label, v in zip(shown, values, strict=True)}
    return {name: float(value) for name, value in found.items() if math.isfinite(value)}


def report_classes(
    y_true: Array, y_pred: Array, labels: Array, sample_weight: Array | None = None
) -> dict[str, Any]:
    """Return ``classes``, ``confusion_matrix`` and ``classification_report`` of a classifier.

    Parameters
    ----------
    y_true, y_pred, labels, sample_weight
        As for `class_metrics`.

    Returns
    -------
    dict of str to object
        Empty if there are more than `MAX_REPORTED_CLASSES` labels. The confusion matrix counts
        rows, also if they are weighted.
    """
    from sklearn import metrics

    if len(labels) > MAX_REPORTED_CLASSES:
        return {}
    report = metrics.classification_report(
        y_true,
        y_pred,
        labels=labels,
        sample_weight=sample_weight,
        output_dict=True,
        zero_division=0.0,
    )
    return {
        "classes": labels.tolist(),
        "confusion_matrix": metrics.confusion_matrix(y_true, y_pred, labels=labels).tolist(),
        "classification_report": report,
    }
