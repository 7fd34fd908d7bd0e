"""Tests of MLflow's client with a registry: the calls of a user's notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from exo_nbregistry import ModelRegistry
from tests.mlflow_plugin.test_registry_store import refused

ROWS = np.arange(6.0).reshape(2, 3)
AS_PICKLE = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}


class Doubled:
    """A model that belongs to no package, so that its file can run code."""

    def predict(self, rows: Any) -> Any:
        """Return twice the first column."""
        return 2 * np.asarray(rows)[:, 0]


@pytest.fixture
def client() -> MlflowClient:
    """Return a client of the current stores."""
    return MlflowClient()


def log(model: Any, name: str = "kepler_rf", **fields: Any) -> Any:
    """Log a model in a run, and register it."""
    import mlflow.sklearn

    with mlflow.start_run():
        mlflow.log_params({"dataset": "kepler", "C": "7"})
        mlflow.log_metric("accuracy", 0.8)
        mlflow.log_metric("accuracy", 0.9)
        return mlflow.sklearn.log_model(
            model, name="model", registered_model_name=name, **AS_PICKLE, **fields
        )


def test_a_logged_model_is_a_version_with_its_facts(
    model: Any, client: MlflowClient, tmp_path: Path
) -> None:
    """Logging a model registers a version that both MLflow and the registry load."""
    import mlflow

    info = log(model)
    client.set_registered_model_alias("kepler_rf", "champion", 1)
    for uri in ("models:/kepler_rf@champion", "models:/kepler_rf/1", "models:/kepler_rf/latest"):
        assert list(mlflow.pyfunc.load_model(uri).predict(ROWS)) == list(model.predict(ROWS))
    assert type(mlflow.sklearn.load_model("models:/kepler_rf/1")) is type(model)
    version = client.get_model_version_by_alias("kepler_rf", "champion")
    assert (version.run_id, version.model_id) == (info.run_id, info.model_id)
    loaded, metadata = ModelRegistry(tmp_path / "registry").load_model("kepler_rf@champion")
    assert metadata.metrics == {"accuracy": 0.9}
    # A parameter of the run does not hide the one that the estimator has.
    assert metadata.hyperparameters["dataset"] == "kepler"
    assert metadata.hyperparameters["C"] == 1.0
    assert np.array_equal(loaded.coef_, model.coef_)


def test_metrics_that_are_logged_later_are_shown(model: Any, client: MlflowClient) -> None:
    """A version shows the metrics that its logged model has by now."""
    import mlflow

    info = log(model)
    with mlflow.start_run(run_id=info.run_id):
        mlflow.log_metric("f1_score", 0.7, model_id=info.model_id)
    found = client.get_model_version("kepler_rf", "1").metrics
    assert {metric.key: metric.value for metric in found}["f1_score"] == 0.7


def test_registering_a_logged_model_again_returns_its_version(
    model: Any, client: MlflowClient
) -> None:
    """A cell with register_model that is run twice adds one version."""
    import mlflow

    with mlflow.start_run():
        info = mlflow.sklearn.log_model(model, name="model", **AS_PICKLE)
    numbers = {mlflow.register_model(info.model_uri, "kepler_rf").version for _ in range(2)}
    assert numbers == {1}
    assert len(client.search_model_versions("name='kepler_rf'")) == 1


def test_a_pickle_that_this_process_did_not_log_is_not_run(client: MlflowClient) -> None:
    """A logged model with other types is refused with advice, and logging it again works."""
    import mlflow

    with mlflow.start_run():
        info = mlflow.sklearn.log_model(Doubled(), name="model", **AS_PICKLE)
    with refused("PERMISSION_DENIED", "log it again"):
        mlflow.register_model(info.model_uri, "doubled")
    log(mlflow.sklearn.load_model(info.model_uri), "doubled")
    assert list(mlflow.pyfunc.load_model("models:/doubled/1").predict(ROWS)) == [0.0, 6.0]


def test_other_flavors_are_kept_as_files(client: MlflowClient, tmp_path: Path) -> None:
    """A Python model returns byte for byte, and the registry has its facts as plain values."""
    import mlflow

    class Constant(mlflow.pyfunc.PythonModel):
        def predict(self, context: Any, model_input: list[str], params: Any = None) -> list[str]:
            return ["planet" for _ in model_input]

    with mlflow.start_run():
        mlflow.log_param("depth", "3")
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=Constant(),
            registered_model_name="constant",
            pip_requirements=["mlflow"],
        )
    assert mlflow.pyfunc.load_model("models:/constant/1").predict(["a"]) == ["planet"]
    logged = Path(mlflow.artifacts.download_artifacts(info.model_uri))
    stored = Path(mlflow.artifacts.download_artifacts("models:/constant/1"))
    own = "registered_model_meta"  # MLflow writes it into each download.
    kept = [path for path in logged.rglob("*") if path.is_file() and path.name != own]
    assert len(kept) > 3
    for path in kept:
        assert (stored / path.relative_to(logged)).read_bytes() == path.read_bytes()
    facts, metadata = ModelRegistry(tmp_path / "registry").load_model("constant")
    assert set(facts["mlflow_flavors"]) == {"python_function"}
    assert (metadata.algorithm, metadata.hyperparameters) == ("python_function", {"depth": "3"})


@pytest.mark.slow
def test_a_skops_model_is_registered(model: Any) -> None:
    """A model that MLflow logged in its safe format loads through both."""
    import mlflow

    with mlflow.start_run():
        mlflow.sklearn.log_model(
            model,
            name="model",
            registered_model_name="safe",
            serialization_format="skops",
            pip_requirements=["scikit-learn"],
        )
    assert list(mlflow.pyfunc.load_model("models:/safe/1").predict(ROWS)) == list(
        model.predict(ROWS)
    )


def test_a_version_is_copied_with_its_facts(
    model: Any, client: MlflowClient, tmp_path: Path
) -> None:
    """A copy adds a version that names its parent and has the same model."""
    import mlflow

    log(model)
    client.set_model_version_tag("kepler_rf", "1", "team", "vetting")
    copied = client.copy_model_version("models:/kepler_rf/1", "tess_rf")
    assert (copied.name, copied.source) == ("tess_rf", "models:/kepler_rf/1")
    assert copied.tags == {"team": "vetting"}
    metadata = ModelRegistry(tmp_path / "registry")["tess_rf:1"]
    assert (metadata.parent, metadata.metrics) == ("kepler_rf:1", {"accuracy": 0.9})
    assert list(mlflow.pyfunc.load_model("models:/tess_rf/1").predict(ROWS)) == list(
        model.predict(ROWS)
    )
    with pytest.raises(MlflowException):
        client.copy_model_version("models:/kepler_rf/9", "tess_rf")


@pytest.mark.slow
def test_autolog_registers_each_fit(client: MlflowClient) -> None:
    """Autolog with a name registers the fitted estimator, and its metrics are shown."""
    import mlflow.sklearn
    from sklearn.linear_model import Ridge

    mlflow.sklearn.autolog(
        registered_model_name="auto", serialization_format="cloudpickle", silent=True
    )
    try:
        with mlflow.start_run():
            Ridge().fit(np.arange(20.0).reshape(10, 2), np.arange(10.0))
    finally:
        mlflow.sklearn.autolog(disable=True)
    version = client.get_model_version("auto", "1")
    assert "training_r2_score" in {metric.key for metric in version.metrics}
    assert mlflow.sklearn.load_model("models:/auto/1").alpha == 1.0


def test_models_without_versions_are_remembered_by_other_processes(
    model: Any, client: MlflowClient, tmp_path: Path
) -> None:
    """An empty model is an event, so another handle of the registry has it, and verify passes."""
    client.create_registered_model("kepler_rf", {"team": "vetting"}, "Transits.")
    from exo_nbregistry.mlflow_plugin.registry_store import NbregistryStore

    again = NbregistryStore(f"exo-nbregistry://{tmp_path}/registry")
    assert again.get_registered_model("kepler_rf").tags == {"team": "vetting"}
    registry = ModelRegistry(tmp_path / "registry")
    assert len(registry.list_models()) == 0
    assert registry.verify().ok
    registry.register_model(model, "kepler_rf")
    actions = [entry["action"] for entry in registry.history("kepler_rf")]
    assert actions == ["register", "model created"]
    assert [v.version for v in again.get_latest_versions("kepler_rf")] == [1]


def test_a_native_version_is_a_model_of_mlflow(model: Any, client: MlflowClient) -> None:
    """A version that was registered without MLflow is found, and can be aliased and tagged."""
    registry = ModelRegistry("registry")
    registry.register_model(model, "Native", metrics={"accuracy": 0.9}, tags=["reviewed"])
    (found,) = client.search_registered_models()
    assert (found.name, found.latest_versions[0].version) == ("Native", 1)
    (version,) = client.search_model_versions("name = 'Native'")
    assert version.tags == {"reviewed": "true"}
    assert version.source.startswith("exo-nbregistry:")
    client.set_registered_model_alias("Native", "champion", "1")
    assert registry["native@champion"].version == 1


def test_a_protected_alias_is_not_moved(model: Any, client: MlflowClient) -> None:
    """A protected alias blocks its own move, and the deletion of its version and its model."""
    registry = ModelRegistry("registry")
    for C in (1.0, 2.0):
        registry.register_model(model, "native", hyperparameters={"C": C})
    registry.set_alias("native", "champion", 1, protected=True)
    registry.set_alias("native", "newest", 2)
    for call in (
        lambda: client.set_registered_model_alias("native", "champion", "2"),
        lambda: client.delete_registered_model_alias("native", "champion"),
        lambda: client.delete_model_version("native", "1"),
        lambda: client.delete_registered_model("native"),
    ):
        with refused("PERMISSION_DENIED", "protected"):
            call()
    assert registry["native@newest"].version == 2
    assert registry["native@champion"].version == 1


def test_a_version_of_another_registry_is_registered_with_its_checks(
    model: Any, client: MlflowClient, tmp_path: Path
) -> None:
    """Files of another registry are verified there first, and a damaged model keeps its code."""
    import mlflow

    other = ModelRegistry(tmp_path / "other")
    other.register_model(model, "native")
    uri = f"exo-nbregistry://{tmp_path}/other/-/native/1"
    assert mlflow.register_model(uri, "kepler_rf").version == 1
    assert list(mlflow.pyfunc.load_model("models:/kepler_rf/1").predict(ROWS)) == list(
        model.predict(ROWS)
    )
    (blob,) = (tmp_path / "other" / "models" / "native" / "blobs").glob("*.joblib")
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    with refused("DATA_LOSS"):
        mlflow.register_model(uri, "kepler_rf")


@pytest.mark.slow
def test_a_module_of_the_plugin_can_be_imported_first() -> None:
    """MLflow finds both classes, also if the plugin is imported first, without a warning."""
    code = (
        "import exo_nbregistry.mlflow_plugin.artifact_repository as first\n"
        "from mlflow.store.artifact.artifact_repository_registry import (\n"
        "    get_registered_artifact_repositories as found)\n"
        "assert found()['exo-nbregistry'] is first.NbregistryArtifactRepository\n"
    )
    options = ["-W", "error", "-W", "ignore::UserWarning:mlflow"]
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Failure attempting" not in done.stderr


def test_webhooks_and_prompts_are_refused_with_advice(client: MlflowClient, store: Any) -> None:
    """Calls that have no meaning here name an alternative."""
    from mlflow.entities.model_registry import RegisteredModelTag

    with refused("NOT_IMPLEMENTED", "revision"):
        store.create_webhook("hook", "https://example.org", [])
    with refused("NOT_IMPLEMENTED", "revision"):
        store.list_webhooks()
    with refused("NOT_IMPLEMENTED", "set_registry_uri"):
        store.create_registered_model("p", [RegisteredModelTag("mlflow.prompt.is_prompt", "true")])
