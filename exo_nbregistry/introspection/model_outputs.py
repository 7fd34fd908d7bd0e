"""Metrics of the outputs of any model."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.evaluation import (
    Evaluation,
    arrays_of,
    measure_labels,
    measure_multilabel,
    measure_multioutput,
    measure_numbers,
)
from exo_nbregistry.introspection.output_kinds import (
    MeasurementOptions,
    Outputs,
    are_rows,
    is_indicator,
    is_one_hot,
    known_classes,
)
from exo_nbregistry.introspection.scoring import apply_threshold, check_share, choose_scoring

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def measure_values(outputs: Outputs, y_true: Array, options: MeasurementOptions) -> Evaluation:
    """Compute the metrics of a model's outputs.

    Parameters
    ----------
    outputs : Outputs
        What the model returned.
    y_true : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        True labels or numbers. If one label per row is encoded as indicators, the outputs are
        decoded alike.
    options : MeasurementOptions
        Positive class, threshold, weights and names.

    Raises
    ------
    ValueError
        If outputs and truth differ in number or kind.
    """
    import numpy as np

    values, weight = outputs.values, options.weight
    if outputs.kind == "numbers":
        options.check_unused("a classifier")
        return measure_numbers(y_true, values, weight, options.names)
    if y_true.ndim == 2 and y_true.shape[1] > 1 and is_one_hot(y_true) and are_rows(values):
        y_true = np.argmax(y_true, axis=1)
    if y_true.ndim == 2 and y_true.shape[1] > 1:
        options.check_unused("a classifier with one output")
        return _several(outputs, y_true, options)
    return _classes(outputs, y_true.ravel(), options)


def _several(outputs: Outputs, y_true: Array, options: MeasurementOptions) -> Evaluation:
    values, weight = outputs.values, options.weight
    if not is_indicator(y_true):
        return measure_multioutput(y_true, values, weight, options.names)
    if outputs.kind == "labels":
        return measure_multilabel(y_true, values, None, weight, options.names)
    cut = 0.5 if outputs.kind == "probabilities" else 0.0
    return measure_multilabel(y_true, values > cut, values, weight, options.names)


def _classes(outputs: Outputs, y_true: Array, options: MeasurementOptions) -> Evaluation:
    """Measure one label per row."""
    import numpy as np

    values, is_label = outputs.values, outputs.kind == "labels"
    classes = outputs.classes
    if classes is None:
        classes = np.union1d(y_true, values) if is_label else known_classes(values, y_true)
    scoring = choose_scoring(
        classes.tolist(),
        pos_label=options.pos_label,
        threshold=options.threshold,
        sample_weight=options.weight is not None,
    )
    if is_label:
        if scoring.threshold is not None:
            raise RecordError(
                "threshold= requires a model that returns probabilities or decisions, not labels.",
                key="threshold",
            )
        arrays = arrays_of(y_true, values.ravel(), options.weight)
        return measure_labels(arrays | {"classes": classes}, scoring)
    if values.ndim == 2 and values.shape[1] != len(classes):
        raise ValueError(
            f"the model returned {values.shape[1]} columns, and it has {len(classes)} classes"
        )
    is_probability = outputs.kind == "probabilities"
    # A single probability of exactly 0.5 is positive, as with threshold=0.5.
    at = 0.5 if values.ndim == 1 and is_probability else None
    if values.ndim == 1:
        values = _by_class(values, classes, scoring.pos_label, is_probability)
    cut = scoring if scoring.threshold is not None else dataclasses.replace(scoring, threshold=at)
    if cut.threshold is not None:
        if is_probability:
            check_share(cut.threshold)
        y_pred = apply_threshold(values, classes, cut)
    elif values.ndim == 1:
        y_pred = classes[(values > 0).astype(int)]
    else:
        y_pred = classes[np.argmax(values, axis=1)]
    arrays = arrays_of(y_true, y_pred, options.weight) | {"classes": classes}
    return measure_labels(
        arrays | {"probabilities" if is_probability else "y_score": values}, scoring
    )


def _by_class(score: Array, classes: Array, positive: Any, is_probability: bool) -> Array:
    """Return the scores of the positive class as probabilities by class, or decisions."""
    import numpy as np

    if positive is None or len(classes) != 2:
        raise RecordError(
            "One score per row requires a positive class; pass pos_label=, or return one column "
            "for each class.",
            key="pos_label",
        )
    is_second = classes[1] == positive
    if not is_probability:
        return score if is_second else -score
    return np.column_stack([1 - score, score] if is_second else [score, 1 - score])
