"""A registry with models to serve, and a running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import MAX_BYTES, MAX_ROWS, ROW, Client, running


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Return signals with a depth, a period that may be missing, and a number of transits."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "koi_depth": rng.uniform(10, 1000, 80),
            "koi_period": rng.uniform(1, 300, 80),
            "koi_num_transits": rng.integers(3, 90, 80),
        }
    )
    table.loc[1:10, "koi_period"] = np.nan
    return table


@pytest.fixture(scope="session")
def verdicts(table: pd.DataFrame) -> np.ndarray:
    """Return a label for each signal; deep ones are false positives."""
    return np.where(table["koi_depth"] > 500, "FALSE POSITIVE", "CONFIRMED")


def classifier(strength: float = 1.0) -> Pipeline:
    """Return a pipeline that imputes and classifies."""
    return make_pipeline(SimpleImputer(), LogisticRegression(C=strength, max_iter=5000))


@pytest.fixture
def registry(tmp_path: Path, table: pd.DataFrame, verdicts: np.ndarray) -> ModelRegistry:
    """Return a registry with two different versions of kepler; champion is the first."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for strength in (1.0, 1e-6):
        model = classifier(strength).fit(table, verdicts)
        registry.register_model(model, "kepler", X=table, y=verdicts)
    registry.set_alias("kepler", "champion", 1)
    return registry


@pytest.fixture
def row() -> dict[str, float]:
    """Return one valid signal."""
    return dict(ROW)


@pytest.fixture
def live(registry: ModelRegistry) -> LiveService:
    """Return the service of the champion."""
    return LiveService(registry, "kepler@champion")


@pytest.fixture
def port(live: LiveService) -> Iterator[int]:
    """Run a server without a token, with small limits."""
    with running(live, max_bytes=MAX_BYTES, max_rows=MAX_ROWS) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    """Return a client of that server."""
    with Client(port) as client:
        yield client


@pytest.fixture
def service(registry: ModelRegistry) -> InferenceService:
    """Return the service of the champion."""
    return InferenceService(registry, "kepler@champion")
