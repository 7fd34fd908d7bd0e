"""A Holt-Winters forecast of monthly passengers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestForecast(Workflow):
    """Results of statsmodels with ``forecast(steps)``."""

    NOTEBOOK = """
import numpy as np
import pandas as pd
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from exo_nbregistry import ModelRegistry

months = pd.date_range("2018-01-01", periods=84, freq="MS")
season = 10 * np.sin(np.arange(84) * 2 * np.pi / 12)
noise = np.random.default_rng(7).normal(0, 1, 84)
passengers = pd.Series(100 + np.arange(84) + season + noise, index=months, name="passengers")
past, future = passengers[:72], passengers[72:]
model = ExponentialSmoothing(past, trend="add", seasonal="add", seasonal_periods=12).fit()

registry = ModelRegistry("registry")
ref = registry.register_model(model, "passengers", X=past, y_test=future)
rows = [[step] for step in range(1, 13)]
expected = model.forecast(12).to_numpy()
"""
    SHOWN = ("ExponentialSmoothing", "rmse", "seasonal_periods", "step")
    BAD = ("step", "next")
    PROBLEM = "must be a whole number"

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the forecast of as many steps as there are rows."""
        return np.asarray(model.forecast(len(rows)))

    def test_it_is_recorded(self, done: Executed) -> None:
        """One call measures the months after the series, and records the model's options."""
        version = done.version
        assert 0 < version.metrics["rmse"] < 10
        assert version.feature_columns == ("step",)
        assert 12 in version.hyperparameters.values()
        assert version.dataset is not None
