"""A registry with models, and tables to score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from exo_nbregistry.registry.facade import ModelRegistry
from tests.scoring.tables import COLUMNS, table


@pytest.fixture
def registry(tmp_path: Path, new_workers: None) -> ModelRegistry:
    """Return a registry with kepler:1, which takes three columns and rejects missing values."""
    X = pd.DataFrame(np.random.default_rng(1).uniform(0, 1, (80, 3)), columns=COLUMNS)
    y = np.where(X["koi_depth"] > 0.5, "CONFIRMED", "FALSE POSITIVE")
    model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(X, y)
    registry = ModelRegistry(tmp_path / "registry")
    registry.register_model(model, "kepler", X=X, y=y)
    return registry


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """Return a Parquet file with 700 rows in 7 row groups."""
    path = tmp_path / "table.parquet"
    table(700).to_parquet(path, row_group_size=100, index=False)
    return path
