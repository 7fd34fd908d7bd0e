"""Outputs of other models than estimators: native boosters, Keras models, statsmodels results."""

from __future__ import annotations

from typing import Any, cast

from exo_nbregistry.inference.model_output import raw_outputs
from exo_nbregistry.introspection.output_kinds import Kind, Outputs
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
    return Outputs(cast(Kind, raw.kind), to_array(raw.values))
