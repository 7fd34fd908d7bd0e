"""Data that a call has scored a model on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.autoregister.fits import Prediction, Scored, rows_and_target


def read_score(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Scored:
    """Return the data of a call of ``score``.

    Parameters
    ----------
    args, kwargs : sequence and mapping
        The arguments.

    Examples
    --------
    >>> read_score(([[1.0]], [0]), {"sample_weight": [2.0]})
    Scored(X=[[1.0]], y=[0], sample_weight=[2.0], pos_label=None)
    """
    X, y = rows_and_target(args, kwargs)
    weight = args[2] if len(args) > 2 else kwargs.get("sample_weight")
    return Scored(X, y, weight)


def read_metric(prediction: Prediction, arguments: Mapping[str, Any]) -> Scored | None:
    """Return the data of a call of a metric, or None if it is on other predictions.

    Parameters
    ----------
    prediction : Prediction
        Predictions of a model.
    arguments : mapping
        Arguments of the metric, by name.

    Examples
    --------
    >>> predicted = [1, 0]
    >>> prediction = Prediction(object, lambda: [[2.0], [3.0]], lambda: predicted)
    >>> read_metric(prediction, {"y_true": [1, 1], "y_pred": predicted, "pos_label": 1})
    Scored(X=[[2.0], [3.0]], y=[1, 1], sample_weight=None, pos_label=None)
    """
    result, X = prediction.result(), prediction.X()
    if result is None or X is None:
        return None
    scores = [value for name, value in arguments.items() if name != "y_true"]
    # A column of probabilities is a view of the array that the model returned.
    if not any(value is result or getattr(value, "base", None) is result for value in scores):
        return None
    label = arguments.get("pos_label")
    # 1 is the default of the metrics, also for labels that are text.
    label = None if isinstance(label, int) and label == 1 else label
    return Scored(X, arguments["y_true"], arguments.get("sample_weight"), label)
