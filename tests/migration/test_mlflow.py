"""Stores of MLflow move in: every version, alias, tag, parameter, metric and byte, counted."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sklearn

from exo_nbregistry import ModelMetadata, ModelRegistry
from exo_nbregistry.errors import UntrustedModelError, VersionMismatchError
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.sources.mlflow_values import plain_value
from tests.sources.mlflow_stores import (
    READERS,
    digests,
    expected_of,
    expected_summary,
    make_stores,
    unpack_golden,
)

MAKERS: dict[str, Callable[[Path], None]] = {
    "2.22": partial(unpack_golden, "mlflow_2_22"),
    "3.17": partial(unpack_golden, "mlflow_3_17"),
    "installed": make_stores,
}
KEYS = {"kepler rf": "kepler_rf", "copy of kepler": "copy_of_kepler"}


@pytest.fixture(
    scope="module",
    params=["2.22", "3.17", pytest.param("installed", marks=pytest.mark.slow)],
)
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file store and a database of one version of MLflow."""
    if request.param == "installed":
        pytest.importorskip("mlflow")
        pytest.importorskip("alembic")
    folder = tmp_path_factory.mktemp("mlflow") / "stores"
    MAKERS[request.param](folder)
    return folder


@pytest.fixture(params=READERS)
def store(request: pytest.FixtureRequest, stores: Path) -> Path:
    """Return the folder of one store."""
    return stores / str(request.param)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a new registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def moved(registry: ModelRegistry, store: Path) -> dict[tuple[str, str], ModelMetadata]:
    """Move a store in, and return the versions by name and number in MLflow."""
    plan_move_in(store, registry).execute(progress=False)
    return {
        (name, number): registry.get_metadata(f"{KEYS.get(name, name)}:{number}")
        for name, model in expected_of(store).items()
        for number in model["versions"]
    }


def stored_files(registry: ModelRegistry, metadata: ModelMetadata) -> dict[str, str]:
    """Return the SHA-256 of the model and of the attached files of a version."""
    found = {}
    if metadata.artifact is not None:
        found["model"] = metadata.artifact.sha256
    if "files" in metadata.attachments:
        data = registry.attachment_bytes(metadata.model_id, "files")
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                found[name] = hashlib.sha256(archive.read(name)).hexdigest()
    return found


def test_every_version_and_alias_arrives(registry: ModelRegistry, store: Path) -> None:
    """Each version keeps its number, each alias its version, and twice is the same as once."""
    done = plan_move_in(store, registry).execute(progress=False)
    assert (done.versions, done.problems) == (6, ())
    expected = expected_of(store)
    for name, model in expected.items():
        key = KEYS.get(name, name)
        found = registry.list_models(key)
        assert {str(version.version) for version in found} == set(model["versions"])
        assert {alias: version.version for version in found for alias in version.aliases} == model[
            "aliases"
        ]
    assert len(registry.list_models()) == 6
    before = digests(Path(registry.location))
    again = plan_move_in(store, registry).execute(progress=False)
    assert (again.versions, again.present) == (0, 6)
    assert digests(Path(registry.location)) == before
    assert registry.verify().ok


def test_every_fact_arrives(registry: ModelRegistry, store: Path) -> None:
    """Parameters, metrics with all their steps, tags and descriptions are in the records."""
    counts = {"parameters": 0, "metrics": 0, "points": 0}
    for (name, number), metadata in moved(registry, store).items():
        expected = expected_of(store)[name]["versions"][number]
        summary = expected_summary(expected)
        run: dict[str, Any] = expected["run"] or {"params": {}, "tags": {}}
        assert metadata.hyperparameters == {
            key: plain_value(text) for key, text in run["params"].items()
        }
        assert {key: repr(value) for key, value in metadata.metrics.items()} == summary["metrics"]
        assert metadata.description == expected["description"]
        assert (run["tags"] | expected["tags"]).items() <= metadata.tags.items()
        assert metadata.tags["mlflow.version"] == int(number)
        assert metadata.tags.get("mlflow.run_id") == expected["run_id"]
        assert metadata.tags.get("mlflow.stage", "None") == expected["stage"]
        assert metadata.training_dataset == summary["dataset"]
        history = {}
        if "curves" in metadata.attachments:
            curves = registry.load_attachment(metadata.model_id, "curves")
            history = {
                key: list(zip(curves["steps"][key], map(repr, values), strict=True))
                for key, values in curves["curves"].items()
            }
        assert history == summary["history"]
        counts["parameters"] += len(metadata.hyperparameters)
        counts["metrics"] += len(metadata.metrics)
        counts["points"] += sum(map(len, history.values()))
    assert counts == {"parameters": 21, "metrics": 15, "points": 18}


def test_every_byte_arrives(registry: ModelRegistry, store: Path) -> None:
    """The model and the files of each version are stored byte for byte."""
    n_files = 0
    for (name, number), metadata in moved(registry, store).items():
        expected = expected_of(store)[name]["versions"][number]
        wanted = dict(expected["files"] or {})
        for model in ("model.pkl", "model.joblib"):
            if model in wanted:
                wanted["model"] = wanted.pop(model)
        if name in ("kepler rf", "copy of kepler"):
            wanted |= {
                f"run_artifacts/tables/{path}": digest
                for path, digest in expected["run"]["files"].items()
            }
        assert stored_files(registry, metadata) == wanted, (name, number)
        n_files += len(wanted)
    assert n_files >= 28


def test_the_store_is_only_read(registry: ModelRegistry, store: Path) -> None:
    """A move-in does not change a byte of the store."""
    before = digests(store)
    moved(registry, store)
    assert digests(store) == before


def test_a_model_of_others_is_loaded_as_one_of_an_unknown_signer(
    registry: ModelRegistry, store: Path
) -> None:
    """An estimator of the same scikit-learn is loaded, and other bytes are refused."""
    stored = moved(registry, store)["kepler rf", "3"].environment.packages["scikit-learn"]
    if stored.split(".")[:2] == sklearn.__version__.split(".")[:2]:
        model, metadata = registry.load_model("kepler_rf@champion")
        assert type(model).__name__ == metadata.algorithm == "LogisticRegression"
        assert model.C == 10.0
    else:
        with pytest.raises(VersionMismatchError):
            registry.load_model("kepler_rf@champion")
        with pytest.raises(UntrustedModelError, match="same minor version"):
            registry.load_model("kepler_rf@champion", allow_version_mismatch=True)
    with pytest.raises(UntrustedModelError):
        registry.load_model("elsewhere:2")


def test_both_stores_of_a_project_are_one_source_each(
    stores: Path, registry: ModelRegistry
) -> None:
    """The same models in another store are other versions, with the next numbers."""
    plan_move_in(stores / "files", registry).execute(progress=False)
    plan = plan_move_in(stores / "database", registry)
    (model,) = (model for model in plan.models if model.name == "kepler rf")
    assert model.versions == 2
    assert dict(model.renumbered) == {1: 4, 3: 5}
    plan.execute(progress=False)
    assert [version.version for version in registry.list_models("kepler_rf")] == [1, 3, 4, 5]
