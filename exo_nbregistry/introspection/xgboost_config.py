"""The configuration that XGBoost keeps in a booster."""

from __future__ import annotations

import json
from typing import Any


def read_learner(booster: Any) -> dict[str, Any]:
    """Return the learner of a booster's configuration.

    Parameters
    ----------
    booster : xgboost.Booster
        The booster.

    Returns
    -------
    dict
        Names and parameters by part, as text.
    """
    import xgboost

    # Without warnings of a deprecated booster, which the user has seen in the training.
    with xgboost.config_context(verbosity=0):
        learner: dict[str, Any] = json.loads(booster.save_config())["learner"]
    return learner
