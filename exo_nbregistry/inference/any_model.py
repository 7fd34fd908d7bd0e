"""Predictions of any model: classes by their codes, and the probability of each class."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.model_facts import read_facts
from exo_nbregistry.inference.model_output import model_kind, raw_outputs


def predict_codes(model: Any, data: Any, *, is_classifier: bool = False) -> Any:
    """Return the predictions of a model: classes as the model has them, or numbers.

    Parameters
    ----------
    model : object
        Estimator, native booster, Keras model or statsmodels results.
    data : array-like of shape (n_samples, n_features)
        Rows, in the form that the model takes.
    is_classifier : bool, default=False
        Whether a Keras model without a loss returns scores of classes.

    Returns
    -------
    ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Of a native model, the class of the largest probability; of two classes, the second one
        from a probability of 0.5.

    Raises
    ------
    InvalidInputError
        If a native model does not predict the rows.
    """
    import numpy as np

    if model_kind(model) == "estimator":
        return np.asarray(model.predict(data))
    kind, values = _raw(model, data)
    if kind == "unknown" and (is_classifier or read_facts(model).kind == "classifier"):
        kind = "probabilities" if _are_shares(values) else "decisions"
    if kind in ("labels", "numbers", "unknown"):
        return values
    if values.ndim == 2:
        return values.argmax(axis=1)
    cut = 0.0 if kind == "decisions" else 0.5
    return (values >= cut).astype(int)


def predict_shares(model: Any, data: Any) -> Any:
    """Return the probability of each class.

    Parameters
    ----------
    model : object
        A classifier with probabilities.
    data : array-like of shape (n_samples, n_features)
        Rows, in the form that the model takes.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        Probabilities, in the order of the classes of the model.
    """
    import numpy as np

    if model_kind(model) == "estimator":
        return np.asarray(model.predict_proba(data))
    _, values = _raw(model, data)
    return values if values.ndim == 2 else np.column_stack([1 - values, values])


def _raw(model: Any, data: Any) -> tuple[str, Any]:
    import numpy as np

    raw = raw_outputs(model, data)
    if raw is None or isinstance(raw, str):
        name = type(model).__name__
        raise InvalidInputError(f"The {name} cannot predict these rows: {raw}.")
    return raw.kind, np.asarray(raw.values)


def _are_shares(values: Any) -> bool:
    return values.dtype.kind == "f" and bool((values >= 0).all() and (values <= 1).all())
