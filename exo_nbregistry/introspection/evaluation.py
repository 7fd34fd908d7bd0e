"""Metrics of predictions: labels, several labels or outputs per row, and numbers."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exo_nbregistry.introspection.class_metrics import (
    MAX_NAMED_CLASSES,
    class_metrics,
    report_classes,
)
from exo_nbregistry.introspection.scoring import name_labels
from exo_nbregistry.records.scoring import MACRO, Scoring
from exo_nbregistry.values.metric_table import METRICS, Outcome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

logger = logging.getLogger("exo_nbregistry")
_RANKING = ("roc_auc", "average_precision")


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
        How the metrics were measured; None if nothing was measured.
    reason : str
        Why nothing was measured; empty otherwise.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    scoring: Scoring | None = None
    reason: str = ""


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
    # Without new labels, they keep the names that the model has for them.
    labels = np.union1d(classes, y_true) if len(new) else np.sort(classes)
    with ignore_warnings():
        found |= class_metrics(y_true, y_pred, labels, weight)
        additional = report_classes(y_true, y_pred, labels, weight)
    if len(new):
        logger.warning(
            "y_test has labels that the model does not know: %s. They count as wrong, and metrics "
            "of scores are omitted.",
            name_labels(new.tolist()),
        )
    return Evaluation(found, additional, dict(arrays), scoring)


def measure_numbers(
    y_true: Array, y_pred: Array, weight: Array | None = None, names: Sequence[str] = ()
) -> Evaluation:
    """Compute the metrics of predicted numbers.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        True and predicted numbers.
    weight : ndarray of shape (n_samples,), optional
        Weight of each row.
    names : sequence of str
        Names of the outputs.

    Returns
    -------
    Evaluation
        Of several outputs the mean of each metric, and ``<metric>.<name>`` of up to 20 outputs.
    """
    if y_true.dtype.kind not in "biuf":
        raise ValueError("y_test must hold numbers to evaluate a regression")
    if y_true.size == y_pred.size == len(y_true):
        # A column and a row of numbers would be broadcast to a square by the plots.
        y_true, y_pred = y_true.ravel(), y_pred.ravel()
    found = _measure(Outcome(y_true, y_pred, sample_weight=weight), {"numbers"}, required="mae")
    if y_true.ndim > 1 and 1 < y_true.shape[1] <= MAX_NAMED_CLASSES:
        for column, name in enumerate(names):
            outcome = Outcome(y_true[:, column], y_pred[:, column], sample_weight=weight)
            values = _measure(outcome, {"numbers"}, required="mae")
            found |= {f"{metric}.{name}": value for metric, value in values.items()}
    scoring = Scoring("regression", sample_weight=weight is not None)
    return Evaluation(found, {}, arrays_of(y_true, y_pred, weight), scoring)


def measure_multilabel(
    y_true: Array,
    y_pred: Array,
    score: Array | None = None,
    weight: Array | None = None,
    names: Sequence[str] = (),
) -> Evaluation:
    """Compute the metrics of predicted sets of labels (multilabel).

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n_samples, n_labels)
        1 if a row has the label, else 0.
    score : ndarray of shape (n_samples, n_labels), optional
        Probabilities or decisions.
    weight : ndarray of shape (n_samples,), optional
        Weight of each row.
    names : sequence of str
        Names of the labels.

    Returns
    -------
    Evaluation
        ``accuracy`` of whole rows, ``hamming_loss``, and the other metrics as the unweighted mean
        over the labels; ranking metrics skip labels that all rows or no rows have.
    """
    import numpy as np
    from sklearn.metrics import accuracy_score, hamming_loss

    y_true, y_pred = y_true.astype(int), y_pred.astype(int)
    found = {
        "accuracy": float(accuracy_score(y_true, y_pred, sample_weight=weight)),
        "hamming_loss": float(hamming_loss(y_true, y_pred, sample_weight=weight)),
    }
    columns = np.arange(y_true.shape[1])
    with ignore_warnings():
        found |= class_metrics(y_true, y_pred, columns, weight, names=names)
        found |= _named_means(found)
    if score is not None:
        for name in _RANKING:
            values = [
                _of_label(METRICS[name].function, y_true[:, k], score[:, k], weight)
                for k in columns
            ]
            known = [value for value in values if math.isfinite(value)]
            found |= {name: float(np.mean(known))} if known else {}
    scoring = Scoring("multilabel", MACRO, sample_weight=weight is not None)
    return Evaluation(found, {}, arrays_of(y_true, y_pred, weight), scoring)


def measure_multioutput(
    y_true: Array, y_pred: Array, weight: Array | None = None, names: Sequence[str] = ()
) -> Evaluation:
    """Compute the metrics of a classifier with several outputs (multioutput).

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n_samples, n_outputs)
        True and predicted labels.
    weight : ndarray of shape (n_samples,), optional
        Weight of each row.
    names : sequence of str
        Names of the outputs.

    Returns
    -------
    Evaluation
        ``accuracy`` of whole rows; precision, recall and F1 as the mean of the macro averages of
        the outputs; and accuracy and F1 of up to 20 outputs by name.
    """
    import numpy as np
    from sklearn.metrics import accuracy_score

    whole = np.all(y_true == y_pred, axis=1)
    found = {"accuracy": float(np.average(whole, weights=weight))}
    by_output = []
    for truth, answer in zip(y_true.T, y_pred.T, strict=True):
        with ignore_warnings():
            labels = np.union1d(truth, answer)
            values = class_metrics(truth, answer, labels, weight)
            accuracy = float(accuracy_score(truth, answer, sample_weight=weight))
            by_output.append(values | {"accuracy": accuracy})
    for name in ("precision_macro", "recall_macro", "f1_macro", "f1_weighted"):
        found[name] = float(np.mean([values[name] for values in by_output]))
    found |= _named_means(found)
    if len(by_output) <= MAX_NAMED_CLASSES:
        for output, values in zip(names, by_output, strict=True):
            found[f"accuracy.{output}"] = values["accuracy"]
            found[f"f1_score.{output}"] = values["f1_macro"]
    scoring = Scoring("multioutput", MACRO, sample_weight=weight is not None)
    return Evaluation(found, {}, arrays_of(y_true, y_pred, weight), scoring)


def arrays_of(y_true: Array, y_pred: Array, weight: Array | None) -> dict[str, Array]:
    """Return the arrays that every evaluation has."""
    arrays = {"y_true": y_true, "y_pred": y_pred}
    return arrays if weight is None else arrays | {"sample_weight": weight}


@contextmanager
def ignore_warnings() -> Iterator[None]:
    """Ignore scikit-learn's warnings about undefined metrics, which are omitted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _named_means(found: Mapping[str, float]) -> dict[str, float]:
    """Return the means over the classes by the names of the default metrics."""
    names = {"precision": "precision_macro", "recall": "recall_macro", "f1_score": "f1_macro"}
    return {name: found[mean] for name, mean in names.items()}


def _of_label(
    function: Callable[[Outcome], float], truth: Array, score: Array, weight: Array | None
) -> float:
    import numpy as np

    return function(Outcome(truth, truth, np.array([0, 1]), score, 1, weight))


def _measure(outcome: Outcome, available: set[str], *, required: str) -> dict[str, float]:
    """Return the metrics that are defined; an error of the required one is raised."""
    found = {}
    with ignore_warnings():
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
