"""Registering and saving a run of the Kepler classifiers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.utils import Bunch

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.exoplanet.models.evaluator import compare_versions
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training import TrainingRun
from exo_nbregistry.training.registering import register_run, save_from_run

NAMES = ["RandomForest", "NeuralNetwork", "SVM", "Ensemble"]
SMALL = {
    "RandomForest": {"n_estimators": 10},
    "NeuralNetwork": {"hidden_layers": (16,), "learning_rate": 0.01},
    "SVM": {},
}
# A new process that has only the registry and a table.
PREDICT = """
import json, sys
import pandas as pd
from exo_nbregistry import ModelRegistry
from exo_nbregistry.errors import SignatureMismatchError

table = pd.read_pickle("table.pkl")
shuffled = table.sample(frac=1, axis="columns", random_state=0)
found = {}
for ref in sys.argv[1:]:
    model, _ = ModelRegistry("registry", create=False).load_model(ref)
    try:
        model.predict_proba(table.drop(columns="koi_depth"))
        refusal = None
    except SignatureMismatchError as error:
        refusal = error.missing
    found[ref] = [model.predict_proba(shuffled).tolist(), refusal]
print(json.dumps(found))
"""


def train(koi: Bunch) -> TrainingRun:
    """Train small models and their ensemble on every eighth row."""
    split = split_by_star(koi.data[::8], koi.target[::8], koi.groups[::8])
    trainer = ModelTrainer(progress=False, ensemble=True)
    return trainer.train_and_evaluate(*split, model_configs=SMALL)


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi()


@pytest.fixture(scope="module")
def run(koi: Bunch) -> TrainingRun:
    """Train once."""
    return train(koi)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the registry and for the key that signs it."""
    return tmp_path_factory.mktemp("registered")


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign and trust with the key in that folder."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))


@pytest.fixture
def registry(home: Path) -> ModelRegistry:
    """Open the registry."""
    return ModelRegistry(home / "registry")


def registered(registry: ModelRegistry, run: TrainingRun, koi: Bunch) -> dict[str, str]:
    """Register the run; a second call registers no new version."""
    return register_run(
        registry, run, "kepler", dataset=koi.name, target_names=koi.target_names, tags={"by": "me"}
    )


def test_every_model_of_a_run_is_registered(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """Every model of a run is a version with the same lineage."""
    ids = registered(registry, run, koi)
    assert ids == {name: f"kepler:{number}" for number, name in enumerate(NAMES, start=1)}
    found = registry.list_models(where=f"tags.lineage == '{run.lineage_id}'")
    assert sorted(found.ids) == sorted(ids.values())
    assert {version.tags["by"] for version in found} == {"me"}


def test_the_facts_of_the_run_are_stored(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """Versions have fingerprint, counts, labels, metrics of both parts and test arrays."""
    for name, ref in registered(registry, run, koi).items():
        version = registry.get_metadata(ref)
        assert version.dataset is not None
        assert version.dataset.rows == version.training_samples == len(run.split.X_train)
        assert version.test_samples == len(run.split.X_test)
        assert sum(version.class_distribution.values()) == len(run.split.y_train)
        assert version.metrics == run.evaluation_results[name]
        info = version.additional_metrics["training_info"]
        assert info["validation_metrics"] == run.validation_results[name]
        assert info["validation_samples"] == len(run.split.X_val)
        assert "allowed_leakage" not in info
        arrays = registry.load_evaluation(ref)
        assert np.array_equal(arrays["y_true"], run.split.y_test)


def test_versions_of_a_run_compare_over_the_stars_of_test(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """Versions of a run are compared over the stars of their common test set."""
    ids = registered(registry, run, koi)
    found = compare_versions(
        registry, ids["RandomForest"], ids["SVM"], n_resamples=50, progress=False
    )
    assert found.unit == "star"
    assert found.n_units == len(set(koi.groups[run.split.X_test.index]))
    auc = [run.evaluation_results[name]["roc_auc"] for name in ("RandomForest", "SVM")]
    assert found.roc_auc == pytest.approx(auc)


def test_a_registered_ensemble_flags_candidates_with_its_agreement(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """The list of an ensemble has the agreement of its members on each candidate."""
    ref = registered(registry, run, koi)["Ensemble"]
    flagged = flag_candidates(ref, koi, registry=registry)
    rows = koi.candidates.loc[flagged.index, koi.feature_names]
    assert len(flagged) > 10
    expected = run.models["Ensemble"].agreement_score(rows)
    assert flagged["agreement"].to_numpy() == pytest.approx(expected)


def test_a_repeated_run_adds_no_version(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """Training and registering the same run again adds no version."""
    ids = registered(registry, run, koi)
    assert registered(registry, train(koi), koi) == ids
    assert len(registry.list_models("kepler")) == len(NAMES)


def test_a_leak_is_recorded(registry: ModelRegistry) -> None:
    """Allowed columns that leak the label are stored with the version."""
    koi = load_koi(["koi_period", "koi_score"], allow_leakage="koi_score")
    split = split_by_star(koi.data[::8], koi.target[::8], koi.groups[::8])
    leaky = ModelTrainer(progress=False).train_and_evaluate(
        *split, model_configs={"RandomForest": {"n_estimators": 5}}, allow_leakage=koi.leakage
    )
    (ref,) = ModelTrainer().register(registry, leaky, "leaky").values()
    info = registry.get_metadata(ref).additional_metrics["training_info"]
    assert info["allowed_leakage"] == ["koi_score"]


def test_a_fresh_process_predicts_the_same(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch, home: Path
) -> None:
    """A model loaded in a new process selects columns by name and names a missing one."""
    ids = registered(registry, run, koi)
    run.split.X_test.to_pickle(home / "table.pkl")
    done = subprocess.run(
        [sys.executable, "-c", PREDICT, *ids.values()],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    for name, ref in ids.items():
        probabilities, refusal = found[ref]
        assert np.array_equal(probabilities, run.models[name].predict_proba(run.split.X_test))
        assert refusal == ["koi_depth"]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_saved_with_its_metrics(name: str, run: TrainingRun, tmp_path: Path) -> None:
    """A saved file has the model and its metrics."""
    path = save_from_run(run, name, tmp_path / "models" / "planet.joblib")
    model, facts = ModelPersistence.load_model(path)
    X = run.split.X_test
    assert np.array_equal(model.predict_proba(X), run.models[name].predict_proba(X))
    assert facts == {
        "algorithm": name,
        "lineage": run.lineage_id,
        "metrics": run.evaluation_results[name],
        "validation_metrics": run.validation_results[name],
        "cross_validation_metrics": run.cross_validation_results[name],
    }


def test_an_unknown_model_is_rejected(run: TrainingRun, tmp_path: Path) -> None:
    """The error suggests a similar name."""
    with pytest.raises(NotFoundError, match="Did you mean SVM"):
        save_from_run(run, "SVN", tmp_path / "planet.joblib")
