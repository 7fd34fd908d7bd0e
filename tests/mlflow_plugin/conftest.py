"""MLflow without a network, with its stores in the folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
WARNINGS = (
    # MLflow warns of its own type hints when it is imported.
    "ignore:.*Any type hint is inferred as AnyType:UserWarning",
    # The tests log runs in files, because a new database takes seconds.
    "ignore:The filesystem tracking backend:FutureWarning",
    "ignore:Filesystem tracking backend:FutureWarning",
    # MLflow's advice on the signature of its examples.
    "ignore:Hint. Inferred schema contains integer column:UserWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore some warnings of MLflow in these tests only."""
    for item in items:
        if HERE in item.path.parents:
            for warning in WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(autouse=True)
def _uris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use tracking and registry of the test's folder, and forget them afterwards."""
    import mlflow

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri((tmp_path / "mlruns").as_uri())
    mlflow.set_registry_uri(f"exo-nbregistry://{tmp_path}/registry")
    yield
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_registry_uri("")
    mlflow.set_tracking_uri("")


@pytest.fixture(scope="session")
def model() -> Any:
    """Return a fitted estimator with three columns."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    X = np.arange(30.0).reshape(10, 3)
    return LogisticRegression().fit(X, [0, 1] * 5)


@pytest.fixture(scope="session")
def logged(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a scikit-learn model that MLflow has written."""
    import mlflow.sklearn

    folder = tmp_path_factory.mktemp("logged") / "model"
    mlflow.sklearn.save_model(
        model, str(folder), serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
    )
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """Return the store of an empty registry."""
    from exo_nbregistry.mlflow_plugin.registry_store import NbregistryStore

    return NbregistryStore(f"exo-nbregistry://{tmp_path}/registry")
