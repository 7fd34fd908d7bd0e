"""ModelTrainer with the Kepler classifiers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import Bunch

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer, TrainingRun
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.training.fitting import TrainingError

SMALL = {
    "RandomForest": {"n_estimators": 10},
    "NeuralNetwork": {"hidden_layers": (16,), "learning_rate": 0.01},
    "SVM": {},
}


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi()


@pytest.fixture(scope="module")
def split(koi: Bunch) -> StarSplit:
    """Split every sixth row of the table by star."""
    return split_by_star(koi.data[::6], koi.target[::6], koi.groups[::6])


@pytest.fixture(scope="module")
def trainer() -> ModelTrainer:
    """Build a silent trainer."""
    return ModelTrainer(progress=False)


@pytest.fixture(scope="module")
def run(trainer: ModelTrainer, split: StarSplit) -> TrainingRun:
    """Train three of the classifiers once, small."""
    return trainer.train_and_evaluate(*split, model_configs=SMALL)


def reading(column: str) -> Pipeline:
    """Return a classifier of one column."""
    return make_pipeline(make_column_transformer(("passthrough", [column])), LogisticRegression())


def planted() -> StarSplit:
    """Make a split whose validation part favors column "a" and whose test part favors "b"."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    noise = rng.normal(size=60)
    both = pd.DataFrame({"a": y + noise / 10, "b": y - noise / 10})
    only_a = pd.DataFrame({"a": y + noise / 10, "b": noise})
    only_b = pd.DataFrame({"a": noise, "b": y + noise / 10})
    return StarSplit(both, y, only_a, y, only_b, y)


def test_all_three_are_fitted_and_scored(run: TrainingRun, split: StarSplit) -> None:
    """Each model is fitted, timed and scored on both parts."""
    assert list(run.models) == list(SMALL)
    assert run.failures == {}
    for name in SMALL:
        assert run.durations_s[name] > 0
        for results in (run.validation_results, run.evaluation_results):
            assert results[name]["roc_auc"] > 0.9
            assert results[name]["accuracy"] > 0.8


def test_test_metrics_are_of_the_test_part(run: TrainingRun, split: StarSplit) -> None:
    """The reported accuracy equals the share of correct predictions on test."""
    for name, model in run.models.items():
        expected = np.mean(model.predict(split.X_test) == split.y_test)
        assert run.evaluation_results[name]["accuracy"] == pytest.approx(expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("features", "roc_auc", "accuracy"), [("honest22", 0.975, 0.92), ("diagnostic38", 0.99, 0.95)]
)
def test_the_documented_metrics_are_reached(
    features: str, roc_auc: float, accuracy: float, trainer: ModelTrainer
) -> None:
    """On all rows and honest features, the network reaches the documented metrics."""
    koi = load_koi(features)
    parts = split_by_star(koi.data, koi.target, koi.groups)
    found = trainer.train_and_evaluate(*parts, model_configs={"NeuralNetwork": {}})
    assert found.evaluation_results["NeuralNetwork"]["roc_auc"] >= roc_auc
    assert found.evaluation_results["NeuralNetwork"]["accuracy"] >= accuracy


def test_shuffled_labels_cannot_be_predicted(koi: Bunch, trainer: ModelTrainer) -> None:
    """With shuffled labels, ROC AUC on new stars is about one half."""
    y = np.random.default_rng(0).permutation(koi.target)
    configs = {name: SMALL[name] for name in ("RandomForest", "NeuralNetwork")}
    parts = split_by_star(koi.data, y, koi.groups)
    found = trainer.train_and_evaluate(*parts, model_configs=configs)
    for results in found.evaluation_results.values():
        assert 0.45 <= results["roc_auc"] <= 0.55


def test_the_best_is_chosen_on_validation() -> None:
    """Validation chooses the best model even if the test set disagrees."""
    run = ModelTrainer(progress=False).train_and_evaluate(
        *planted(), model_configs={"reads b": reading("b"), "reads a": reading("a")}
    )
    assert run.best_model_name == "reads a"
    assert run.best_model is run.models["reads a"]
    reported = run.evaluation_results
    assert reported["reads b"]["roc_auc"] > reported["reads a"]["roc_auc"] + 0.2


def test_the_metric_decides(trainer: ModelTrainer) -> None:
    """The metric chooses the model, and a model without it is ignored."""
    results = {
        "wide": {"recall": 0.9, "precision": 0.5},
        "sharp": {"recall": 0.4, "precision": 0.8},
        "blind": {"precision": float("nan")},
    }
    assert ModelTrainer(metric="recall").select_best_model(results) == "wide"
    assert ModelTrainer(metric="precision").select_best_model(results) == "sharp"
    with pytest.raises(NotFoundError, match="recall"):
        ModelTrainer(metric="recal").select_best_model(results)


def test_the_best_log_loss_is_the_smallest() -> None:
    """The smallest loss is the best, and the first of equal ones."""
    results = {"bad": {"log_loss": 0.9}, "good": {"log_loss": 0.2}, "too": {"log_loss": 0.2}}
    assert ModelTrainer(metric="log_loss").select_best_model(results) == "good"


def test_a_metric_of_unknown_direction_is_rejected() -> None:
    """A metric of unknown direction raises an error with examples."""
    with pytest.raises(RegistryError, match="such as roc_auc or log_loss"):
        ModelTrainer(metric="sharpness").select_best_model({"one": {"sharpness": 1.0}})


def test_a_failing_model_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is reported with its reason, and the other models are fitted."""
    configs = {"good": reading("a"), "bad": reading("not there")}
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        run = ModelTrainer(progress=False).train_and_evaluate(*planted(), model_configs=configs)
    assert list(run.models) == ["good"]
    assert "not there" in run.failures["bad"]
    assert "bad failed to fit" in caplog.text
    assert run.best_model_name == "good"


def test_a_run_without_models_is_an_error(trainer: ModelTrainer) -> None:
    """If every model fails, the error names each of them."""
    configs = {"first": reading("x"), "second": reading("y")}
    with pytest.raises(TrainingError, match=r"first: .*second: ") as failed:
        trainer.train_and_evaluate(*planted(), model_configs=configs)
    assert set(failed.value.failures) == {"first", "second"}
    with pytest.raises(TrainingError, match="none was passed"):
        trainer.train_and_evaluate(*planted(), model_configs={})


def test_a_passed_estimator_is_not_changed(trainer: ModelTrainer) -> None:
    """An estimator of the configuration is cloned."""
    mine = DecisionTreeClassifier()
    run = trainer.train_and_evaluate(*planted(), model_configs={"mine": mine})
    assert not hasattr(mine, "tree_")
    assert hasattr(run.best_model, "tree_")


def test_two_runs_with_one_seed_are_equal(run: TrainingRun, split: StarSplit) -> None:
    """The same seed gives the same metrics, also with two threads."""
    with joblib.parallel_config(backend="threading", n_jobs=2):
        again = ModelTrainer(progress=False).train_and_evaluate(*split, model_configs=SMALL)
    assert list(again.models) == list(run.models)
    assert again.evaluation_results == run.evaluation_results
    assert again.best_model_name == run.best_model_name


def test_the_seed_reaches_the_models() -> None:
    """Each model has the seed of the trainer, unless the configuration has one."""
    models = ModelTrainer(random_state=7).initialize_models(
        {"RandomForest": {}, "NeuralNetwork": {"random_state": 8}}
    )
    assert models["RandomForest"].random_state == 7
    assert models["NeuralNetwork"].random_state == 8
    assert list(ModelTrainer().initialize_models()) == list(CLASSIFIERS)


def test_the_network_stops_early_on_the_validation_set(run: TrainingRun, split: StarSplit) -> None:
    """Models with early stopping get the validation set of the split."""
    network = run.models["NeuralNetwork"]
    alone = clone(network).fit(*split[:4])
    assert network.validation_losses_ == alone.validation_losses_
    assert network.training_metadata_["validation_samples"] == len(split.X_val)


def test_an_ensemble_is_one_of_the_models(split: StarSplit) -> None:
    """With ensemble=True, an ensemble of the models is scored like them."""
    trainer = ModelTrainer(progress=False, ensemble=True)
    run = trainer.train_and_evaluate(*split, model_configs=SMALL)
    assert list(run.models) == [*SMALL, "Ensemble"]
    members = {name: run.models[name] for name in SMALL}
    assert run.models["Ensemble"].models_ == members
    assert run.evaluation_results["Ensemble"]["roc_auc"] > 0.9
    assert set(run.durations_s) == set(run.validation_results) == set(run.models)


def test_models_are_saved(
    run: TrainingRun, trainer: ModelTrainer, split: StarSplit, tmp_path: Path
) -> None:
    """A saved model of a run predicts as the model itself."""
    saved = {
        "RandomForest": trainer.save_model(run, "RandomForest", tmp_path / "forest.joblib"),
        run.best_model_name: trainer.save_best_model(run, tmp_path / "best.joblib"),
    }
    for name, path in saved.items():
        model, _ = ModelPersistence.load_model(path)
        expected = run.models[name].predict_proba(split.X_test)
        assert np.array_equal(model.predict_proba(split.X_test), expected)


def test_hyperparameters_of_an_unknown_model_are_rejected(trainer: ModelTrainer) -> None:
    """The error suggests a similar name."""
    with pytest.raises(NotFoundError, match="Did you mean SVM"):
        trainer.initialize_models({"SVN": {"C": 1.0}})


def test_arrays_get_column_names(trainer: ModelTrainer) -> None:
    """Names become the columns of an array, or select the columns of a frame."""
    parts = planted()
    arrays = [np.asarray(part) for part in parts]
    config = {"tree": DecisionTreeClassifier()}
    named = trainer.train_and_evaluate(*arrays, feature_names=["x", "y"], model_configs=config)
    assert list(named.best_model.feature_names_in_) == ["x", "y"]
    chosen = trainer.train_and_evaluate(*parts, feature_names=["b"], model_configs=config)
    assert list(chosen.best_model.feature_names_in_) == ["b"]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    """Return an empty registry with a key of its own."""
    home = tmp_path_factory.mktemp("registered")
    return ModelRegistry(home / "registry", durable=False, keyring=Keyring(home / "key"))


@pytest.fixture(scope="module")
def ids(
    registry: ModelRegistry, run: TrainingRun, trainer: ModelTrainer, koi: Bunch
) -> dict[str, str]:
    """Register the run once."""
    words = {"dataset": koi.name, "target_names": koi.target_names, "tags": {"season": "first"}}
    return trainer.register(registry, run, "kepler", **words)


def test_each_model_becomes_a_version(
    registry: ModelRegistry, ids: dict[str, str], run: TrainingRun
) -> None:
    """The models of a run are versions of one model, in order, with their algorithms."""
    assert ids == {"RandomForest": "kepler:1", "NeuralNetwork": "kepler:2", "SVM": "kepler:3"}
    assert registry.list_models("kepler").ids == tuple(ids.values())
    found = {name: registry.get_metadata(ref).algorithm for name, ref in ids.items()}
    assert found == {name: name for name in run.models}


def test_registered_metrics_are_test_metrics(
    registry: ModelRegistry, ids: dict[str, str], run: TrainingRun
) -> None:
    """The stored metrics equal the test metrics of the run."""
    for name, ref in ids.items():
        assert registry.get_metadata(ref).metrics == run.evaluation_results[name]


def test_registered_hyperparameters_are_configured(
    registry: ModelRegistry, ids: dict[str, str]
) -> None:
    """Configured and default hyperparameters are stored."""
    forest, network, machine = (registry.get_metadata(ref).hyperparameters for ref in ids.values())
    assert forest["n_estimators"] == 10
    assert forest["min_samples_leaf"] == 1
    assert network["hidden_layers"] == (16,)
    assert machine["C"] == 10.0


def test_registered_data_describe_the_training_set(
    registry: ModelRegistry, ids: dict[str, str], run: TrainingRun, koi: Bunch
) -> None:
    """Each version has feature columns, counts, label names and the same fingerprint."""
    split = run.split
    versions = [registry.get_metadata(ref) for ref in ids.values()]
    rejected, confirmed = np.bincount(split.y_train).tolist()
    for version in versions:
        assert list(version.feature_columns) == koi.feature_names
        assert version.training_dataset == "kepler_koi_dr25"
        counts = (version.training_samples, version.test_samples)
        assert counts == (len(split.X_train), len(split.X_test))
        assert version.class_distribution == {"FALSE POSITIVE": rejected, "CONFIRMED": confirmed}
        assert version.tags == {"season": "first", "lineage": run.lineage_id}
    prints = {version.dataset.sha256 for version in versions if version.dataset}
    assert prints == {fingerprint(split.X_train, split.y_train)}


def test_a_registered_model_predicts_the_same(
    registry: ModelRegistry, ids: dict[str, str], run: TrainingRun
) -> None:
    """A loaded model predicts as the trained model."""
    for name, ref in ids.items():
        model, _ = registry.load_model(ref)
        X = run.split.X_test
        assert np.array_equal(model.predict_proba(X), run.models[name].predict_proba(X))


@pytest.mark.parametrize(("metric", "choose"), [("roc_auc", max), ("log_loss", min)])
def test_the_registry_finds_the_best_of_a_run(
    registry: ModelRegistry,
    ids: dict[str, str],
    run: TrainingRun,
    metric: str,
    choose: Callable[..., str],
) -> None:
    """The best version has the best test metric, in the direction of the metric."""
    best = choose(ids, key=lambda name: run.evaluation_results[name][metric])
    model, metadata = registry.get_best_model(metric=metric, model_name="kepler")
    assert metadata.model_id == ids[best]
    X = run.split.X_test
    assert np.array_equal(model.predict(X), run.models[best].predict(X))


def test_a_search_registers_what_it_found(registry: ModelRegistry, trainer: ModelTrainer) -> None:
    """A search object is registered with the parameters that it chose."""
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2)
    found = trainer.train_and_evaluate(*planted(), model_configs={"searched": search})
    ref = trainer.register(registry, found, "toy")["searched"]
    recorded = registry.get_metadata(ref).hyperparameters["best_params_"]
    assert recorded == found.best_model.best_params_


def test_the_default_is_every_classifier_and_their_ensemble(split: StarSplit) -> None:
    """Without model_configs, the trainer adds an ensemble; with them it does not."""
    few = [part[:150] for part in split]
    trainer = ModelTrainer(progress=False, out_of_fold=False)
    assert list(trainer.train_and_evaluate(*few).models) == [*CLASSIFIERS, "Ensemble"]
    alone = {name: SMALL[name] for name in ("RandomForest", "SVM")}
    assert list(trainer.train_and_evaluate(*few, model_configs=alone).models) == list(alone)
    without = ModelTrainer(progress=False, out_of_fold=False, ensemble=False)
    assert list(without.train_and_evaluate(*few).models) == list(CLASSIFIERS)


def test_training_rows_are_predicted_out_of_fold(run: TrainingRun, split: StarSplit) -> None:
    """Each model has predictions of the training rows by models of other stars."""
    assert list(run.out_of_fold) == list(SMALL)
    for predicted in run.out_of_fold.values():
        assert predicted["y_true"].tolist() == split.y_train.tolist()
        assert predicted["probabilities"].shape == (len(split.X_train), 2)


def test_rows_of_unknown_stars_are_not_predicted(split: StarSplit) -> None:
    """Without names there are no predictions, unless the stars are passed."""
    arrays = [np.asarray(part) for part in split]
    trainer, config = ModelTrainer(progress=False), {"SVM": {}}
    unnamed = trainer.train_and_evaluate(*arrays, model_configs=config)
    assert unnamed.out_of_fold == {}
    stars = [name[:6] for name in split.X_train.index]
    given = trainer.train_and_evaluate(*arrays, model_configs=config, train_groups=stars)
    assert list(given.out_of_fold) == ["SVM"]
