"""Tests of a registry in a bucket behind MLflow's client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server


def test_a_registry_in_a_bucket_is_used_by_its_uri(
    moto: Server, model: Any, logged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version in a bucket is registered, listed and loaded, with the user's options."""
    import mlflow

    names = {"access_key_id", "secret_access_key", "endpoint", "region", "allow_http"}
    for name in names & set(moto.options):
        monkeypatch.setenv(f"AWS_{name.upper()}", str(moto.options[name]))
    mlflow.set_registry_uri(f"exo-nbregistry:{moto.url(unused_prefix())}")
    version = mlflow.register_model(str(logged), "kepler_rf")
    assert version.version == 1
    client = mlflow.MlflowClient()
    assert [found.name for found in client.search_registered_models()] == ["kepler_rf"]
    rows = np.arange(6.0).reshape(2, 3)
    loaded = mlflow.pyfunc.load_model("models:/kepler_rf/1")
    assert list(loaded.predict(rows)) == list(model.predict(rows))
    uri = client.get_model_version_download_uri("kepler_rf", "1")
    folder = Path(mlflow.artifacts.download_artifacts(uri))
    assert (folder / "MLmodel").read_bytes() == (logged / "MLmodel").read_bytes()
