"""Data that a call has scored a model on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.autoregister.fits import Scored, rows_and_target
from exo_nbregistry.autoregister.predictions import Prediction


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
    """Return the data of a call of a metric, or None if it is on other predictions or labels.

    Parameters
    ----------
    prediction : Prediction
        Predictions of a model.
    arguments : mapping
        Arguments of the metric, by name.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> model, predicted = DummyClassifier(), np.array([1, 0])
    >>> prediction = Prediction(model, [[2.0], [3.0]], predicted)
    >>> read_metric(prediction, {"y_true": [1, 1], "y_pred": predicted, "pos_label": 1})
    Scored(X=[[2.0], [3.0]], y=[1, 1], sample_weight=None, pos_label=None)
    """
    truth, X = arguments["y_true"], prediction.rows
    scores = [value for name, value in arguments.items() if name != "y_true"]
    if X is None or not any(map(prediction.gave, scores)):
        return None
    if not _is_truth(prediction.estimator(), X, truth):
        return None
    label = arguments.get("pos_label")
    # 1 is the default of the metrics, also for labels that are text.
    label = None if isinstance(label, int) and label == 1 else label
    return Scored(X, truth, arguments.get("sample_weight"), label)


def _is_truth(model: Any, X: Any, truth: Any) -> bool:
    """Return whether true values have one for each row, and labels such as the model predicts.

    The area under a curve is often computed on ``y == "planet"``, which no model predicts.
    """
    import numpy as np

    found, classes = np.asarray(truth), getattr(model, "classes_", None)
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    if len(found) != n_rows:
        return False
    if not isinstance(classes, np.ndarray) or classes.ndim != 1:
        return True
    is_column = found.ndim == 1 or found.shape[1:] == (1,)
    # Objects are usually text, but can be of any kind.
    return is_column and (found.dtype.kind == "O" or _kind(found) == _kind(classes))


def _kind(labels: Any) -> str:
    return {"b": "bool", "i": "number", "u": "number", "f": "number"}.get(labels.dtype.kind, "text")
