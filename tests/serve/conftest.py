"""A registry with models that can be served."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Return signals with depths, periods that may be missing, and numbers of transits."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "koi_depth": rng.uniform(10, 1000, 80),
            "koi_period": rng.uniform(1, 300, 80),
            "koi_num_transits": rng.integers(3, 90, 80),
        }
    )
    table.loc[:9, "koi_period"] = np.nan
    return table


@pytest.fixture(scope="session")
def verdicts(table: pd.DataFrame) -> np.ndarray:
    """Return a label for each signal: deep ones are false positives."""
    return np.where(table["koi_depth"] > 500, "FALSE POSITIVE", "CONFIRMED")


def classifier(strength: float = 1.0) -> Pipeline:
    """Return a pipeline that imputes and classifies."""
    return make_pipeline(SimpleImputer(), LogisticRegression(C=strength, max_iter=5000))


@pytest.fixture
def registry(tmp_path: Path, table: pd.DataFrame, verdicts: np.ndarray) -> ModelRegistry:
    """Register two versions of kepler that differ, and let champion mean the first."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for strength in (1.0, 1e-6):
        model = classifier(strength).fit(table, verdicts)
        registry.register_model(model, "kepler", X=table, y=verdicts)
    registry.set_alias("kepler", "champion", 1)
    return registry


@pytest.fixture
def row() -> dict[str, float]:
    """Return one signal that the models take."""
    return {"koi_depth": 100.0, "koi_period": 50.0, "koi_num_transits": 20}
