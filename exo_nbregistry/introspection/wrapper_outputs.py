"""Outputs of other models than estimators: native boosters, Keras models, statsmodels results."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from exo_nbregistry.inference.model_output import Raw, raw_outputs
from exo_nbregistry.introspection.output_kinds import (
    Kind,
    MeasurementOptions,
    Outputs,
    infer_outputs,
    is_one_hot,
    known_classes,
)
from exo_nbregistry.introspection.target import to_array


def wrapper_outputs(model: Any, X: Any) -> Outputs | str | None:
    """Return the outputs of a native booster, a Keras model or the results of statsmodels.

    Parameters
    ----------
    model : object
        Any model.
    X : array-like of shape (n_samples, n_features)
        Features.

    Returns
    -------
    Outputs, str or None
        None for another model; the reason if its objective has no metrics here.
    """
    raw = raw_outputs(model, X)
    if raw is None or isinstance(raw, str):
        return raw
    if raw.reason:
        return raw.reason
    return Outputs(cast(Kind, raw.kind), to_array(raw.values))


def label_form(model: Any, raw: Raw, y: Any, pos_label: Any) -> dict[str, Any]:
    """Return how the outputs of a native model become predictions.

    Parameters
    ----------
    model : object
        The model.
    raw : Raw
        Its outputs for a few rows.
    y : array-like or None
        True labels or numbers of the training or test data.
    pos_label : object
        The class that a single probability refers to, or None for the second one.

    Returns
    -------
    dict
        ``outputs``, and for a classifier ``classes`` and ``positive``, the place of the positive
        class.
    """
    kind, values = raw.kind, to_array(raw.values)
    target = None if y is None else to_array(y)
    if kind == "unknown" and target is not None:
        kind = infer_outputs(values, target, model, MeasurementOptions(pos_label)).kind
    if raw.reason or kind not in ("probabilities", "decisions"):
        return {"outputs": "numbers" if kind == "unknown" else kind}
    several = target is not None and target.ndim == 2 and target.shape[1] > 1
    if target is not None and several and not is_one_hot(target):
        return {"outputs": "multilabel"}
    count = 2 if values.ndim == 1 else values.shape[1]
    classes: list[Any] = list(range(count))
    if target is not None and not several:
        with suppress(ValueError):
            classes = known_classes(values, target.ravel()).tolist()
    if len(classes) != count:
        classes = list(range(count))
    positive = classes.index(pos_label) if pos_label in classes else 1
    return {"outputs": kind, "classes": classes, "positive": positive}
