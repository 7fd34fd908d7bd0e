"""Counts of bikes by the hour: times, texts and a transformed target."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestBikeCounts(Workflow):
    """A TransformedTargetRegressor whose features come from times."""

    NOTEBOOK = '''
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from exo_nbregistry import ModelRegistry

rng = np.random.default_rng(3)
hours = pd.date_range("2026-03-01", periods=600, freq="h")
table = pd.DataFrame(
    {
        "datetime": hours,
        "weather": rng.choice(["clear", "mist", "rain"], 600),
        "temp": 10 + 8 * np.sin(np.arange(600) / 24) + rng.normal(0, 1, 600),
    }
)
busy = 40 + 30 * np.sin(hours.hour / 24 * 2 * np.pi) ** 2 - 20 * (table["weather"] == "rain")
count = pd.Series(rng.poisson(busy.to_numpy()), name="count")


def time_features(times):
    """Return the hour and the day of the week of each time."""
    column = times["datetime"].dt
    return pd.DataFrame({"hour": column.hour, "weekday": column.day_of_week})


features = make_column_transformer(
    (FunctionTransformer(time_features), ["datetime"]),
    (OneHotEncoder(sparse_output=False), ["weather"]),
    ("passthrough", ["temp"]),
)
model = TransformedTargetRegressor(
    make_pipeline(features, HistGradientBoostingRegressor(max_iter=30, random_state=0)),
    func=np.log1p,
    inverse_func=np.expm1,
)
X_train, X_test, y_train, y_test = table[:500], table[500:], count[:500], count[500:]
model.fit(X_train, y_train)

registry = ModelRegistry("registry")
ref = registry.register_model(
    model, "bikes", X=X_train, y=y_train, X_test=X_test, y_test=y_test
)
rows = X_test.head(20)
expected = model.predict(rows)
'''
    SHOWN = ("rmse", "datetime", "weather", "carries its own code")
    BAD = ("datetime", "yesterday")
    PROBLEM = "must be a date"

    def test_it_is_recorded(self, done: Executed) -> None:
        """The metrics have the unit of the counts, and the columns their dtypes."""
        version = done.version
        assert 4 < version.metrics["rmse"] < 20
        boosting = version.hyperparameters["regressor"]["params"]
        assert boosting["histgradientboostingregressor__max_iter"] == 30
        assert version.signature is not None
        dtypes = {column.name: column.dtype for column in version.signature.columns}
        assert [*dtypes] == ["datetime", "weather", "temp"]
        assert dtypes["datetime"].startswith("datetime64")
        assert version.code is not None
        assert "__main__.time_features" in version.code.by_value

    def test_a_nested_hyperparameter_is_found(self, done: Executed) -> None:
        """A filter finds the version by a parameter of the regressor, as it is displayed."""
        name = "hyperparameters.regressor__histgradientboostingregressor__max_iter"
        assert done.registry.list_models(where=f"{name} == 30").ids == (done.ref,)
