"""A forecast is registered with a column of steps, and measured on the values after its series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.forecasting import as_steps
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.records.metadata import Column
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService

SALES = pd.Series(
    100 + 2.0 * np.arange(60) + np.tile([0.0, 9, 4, -6, 2, 1], 10),
    index=pd.date_range("2021-01-01", periods=60, freq="MS"),
    name="sales",
)
PAST, FUTURE = SALES[:48], SALES[48:]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def holt_winters() -> Any:
    """Return exponential smoothing with a trend and a season."""
    options: dict[str, Any] = {"trend": "add", "seasonal": "add", "seasonal_periods": 6}
    return ExponentialSmoothing(PAST, **options).fit()


def test_a_forecast_is_described_without_data(registry: ModelRegistry) -> None:
    """The signature of a forecast is one column of steps, up to the length of its series."""
    version = registry.get_metadata(registry.register_model(holt_winters(), "sales"))
    assert version.signature is not None
    assert version.signature.columns == (Column("step", "int64", 1.0, 48.0),)
    assert version.signature.container == "steps"
    assert version.feature_columns == ("step",)
    assert version.dataset is None
    example = registry.load_attachment("sales", "input_example")
    assert example["rows"] == {"step": [1, 2, 3, 4, 5]}
    assert example["predictions"] == pytest.approx(holt_winters().forecast(5).tolist())


@pytest.mark.parametrize("data", [{"X": PAST}, {"y": PAST}], ids=["X", "y"])
def test_the_series_of_a_forecast_is_its_data_set(
    registry: ModelRegistry, data: dict[str, Any]
) -> None:
    """The series may be passed as X or as y, and its length and fingerprint are recorded."""
    version = registry.get_metadata(registry.register_model(holt_winters(), "sales", **data))
    assert version.training_samples == 48
    assert version.dataset is not None
    assert version.dataset.rows == 48


def test_a_forecast_is_measured_on_the_next_values(registry: ModelRegistry) -> None:
    """With y_test alone, the forecast is compared with the values that follow the series."""
    model = holt_winters()
    version = registry.get_metadata(registry.register_model(model, "sales", X=PAST, y_test=FUTURE))
    expected = mean_absolute_error(FUTURE, model.forecast(12))
    assert version.metrics["mae"] == pytest.approx(expected)
    assert version.test_samples == 12


def test_steps_can_be_chosen(registry: ModelRegistry) -> None:
    """X_test may be a table of steps, such as every sixth one."""
    model = holt_winters()
    steps = pd.DataFrame({"step": [6, 12]})
    ref = registry.register_model(model, "sales", X_test=steps, y_test=FUTURE.iloc[[5, 11]])
    expected = mean_absolute_error(FUTURE.iloc[[5, 11]], model.forecast(12).iloc[[5, 11]])
    assert registry.get_metadata(ref).metrics["mae"] == pytest.approx(expected)


def test_rows_are_not_forecast() -> None:
    """Rows of another table are an error that names y_test."""
    given = RegistrationInput("m", X_test=FUTURE.to_frame(), y_test=FUTURE)
    with pytest.raises(RecordError, match="pass y_test alone"):
        as_steps(holt_winters(), given)


def test_a_step_is_served(registry: ModelRegistry) -> None:
    """A row asks for the forecast that many steps after the end of the series."""
    model = SARIMAX(PAST, order=(1, 1, 0)).fit(disp=0)
    service = InferenceService(registry, registry.register_model(model, "sales", X=PAST))
    assert service.predict({"step": 7}).label == pytest.approx(model.forecast(7).iloc[-1])
    assert service.example == {"step": 1}


class Constant:
    """A forecast that does not know the length of its series."""

    def forecast(self, steps: int = 1) -> list[float]:
        """Return the same value for each step."""
        return [7.0] * steps


def test_a_series_of_unknown_length_has_no_count(registry: ModelRegistry) -> None:
    """The number of training rows is not the number of steps that a forecast accepts."""
    version = registry.get_metadata(registry.register_model(Constant(), "constant"))
    assert version.training_samples is None
    assert version.signature is not None
    assert version.signature.columns[0].maximum == 1000


def test_other_models_keep_their_data() -> None:
    """The data of a model that does not forecast are unchanged."""
    given = RegistrationInput("m", X=[[1.0]], y=[1])
    assert as_steps({"any": "model"}, given) is given
