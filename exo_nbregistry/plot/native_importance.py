"""Importances of native boosters and coefficients of statsmodels results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


def native_weights(model: Any, columns: Sequence[str]) -> tuple[list[str], Floats, str] | None:
    """Return features and weights of a native booster or of statsmodels results.

    Parameters
    ----------
    model : object
        Any model.
    columns : sequence of str
        Input features, for a booster without names.

    Returns
    -------
    columns : list of str
        Features of the model.
    values : ndarray of shape (n_columns,) or (n_classes, n_columns)
        Mean gain of the splits of a booster of trees by XGBoost, total gain by LightGBM, or
        coefficients.
    what : str
        ``importance`` or ``coefficient``.

    None for other models.
    """
    name = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    if name == "xgboost.Booster":
        return _xgboost(model, columns)
    if name == "lightgbm.Booster":
        values = np.asarray(model.feature_importance("gain"), dtype=np.float64)
        names = list(columns) if len(columns) == len(values) else list(model.feature_name())
        return names, values, "importance"
    if name.startswith("statsmodels.") and hasattr(model, "params"):
        return _statsmodels(model)
    return None


def _xgboost(booster: Any, columns: Sequence[str]) -> tuple[list[str], Floats, str]:
    import xgboost

    what = "importance"
    # Without warnings of a deprecated booster, which the user has seen in the training.
    with xgboost.config_context(verbosity=0):
        count = int(booster.num_features())
        own = booster.feature_names or [f"f{position}" for position in range(count)]
        try:
            scores = booster.get_score(importance_type="gain")
        except ValueError:  # XGBoostError: a linear booster has only coefficients
            scores, what = booster.get_score(importance_type="weight"), "coefficient"
    # XGBoost omits a feature without splits. A linear booster has a weight for each class.
    values = np.array([np.atleast_1d(scores.get(name, 0.0)) for name in own], dtype=np.float64).T
    return list(columns) if len(columns) == count else list(own), values, what


def _statsmodels(results: Any) -> tuple[list[str], Floats, str]:
    values = np.asarray(results.params, dtype=np.float64)
    names = getattr(results, "param_names", None) or results.model.exog_names
    if len(names) != len(values):
        names = [f"x{position}" for position in range(len(values))]
    # A model of several classes has a column of coefficients for each.
    return [str(name) for name in names], values.T, "coefficient"
