"""The trainer: fit side by side, choose on validation, report on test, register."""

from __future__ import annotations

import logging
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import Bunch

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.fitting import TrainingError
from exo_nbregistry.exoplanet.koi import load_koi
from exo_nbregistry.exoplanet.run import TrainingRun
from exo_nbregistry.exoplanet.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.trainer import ModelTrainer

SMALL = {
    "RandomForest": {"n_estimators": 10},
    "NeuralNetwork": {"hidden_layer_sizes": (16,)},
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
    """Train the three models once, small."""
    return trainer.train_and_evaluate(*split, model_configs=SMALL)


def reading(column: str) -> Pipeline:
    """Return a classifier that looks at one column only."""
    return make_pipeline(make_column_transformer(("passthrough", [column])), LogisticRegression())


def planted() -> StarSplit:
    """Make a split whose validation part favours column "a" and whose test part favours "b"."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    noise = rng.normal(size=60)
    both = pd.DataFrame({"a": y + noise / 10, "b": y - noise / 10})
    only_a = pd.DataFrame({"a": y + noise / 10, "b": noise})
    only_b = pd.DataFrame({"a": noise, "b": y + noise / 10})
    return StarSplit(both, y, only_a, y, only_b, y)


def test_all_three_are_fitted_and_scored(run: TrainingRun, split: StarSplit) -> None:
    """Each model is fitted, timed, and scored on validation and on test."""
    assert list(run.models) == list(SMALL)
    assert run.failures == {}
    for name in SMALL:
        assert run.durations_s[name] > 0
        for results in (run.validation_results, run.evaluation_results):
            assert results[name]["roc_auc"] > 0.9
            assert results[name]["accuracy"] > 0.8


def test_test_metrics_are_of_the_test_part(run: TrainingRun, split: StarSplit) -> None:
    """The reported accuracy is that of the model's own predictions on the test rows."""
    for name, model in run.models.items():
        expected = np.mean(model.predict(split.X_test) == split.y_test)
        assert run.evaluation_results[name]["accuracy"] == pytest.approx(expected)


def test_the_published_figures_hold(koi: Bunch, trainer: ModelTrainer) -> None:
    """On all rows and honest features, the SVM's AUC and accuracy are what the guide states."""
    parts = split_by_star(koi.data, koi.target, koi.groups)
    run = trainer.train_and_evaluate(*parts, model_configs={"SVM": {}})
    assert run.evaluation_results["SVM"]["roc_auc"] >= 0.97
    assert run.evaluation_results["SVM"]["accuracy"] >= 0.91


def test_the_best_is_chosen_on_validation() -> None:
    """Where validation and test disagree, validation chooses, and test only reports."""
    run = ModelTrainer(progress=False).train_and_evaluate(
        *planted(), model_configs={"reads b": reading("b"), "reads a": reading("a")}
    )
    assert run.best_model_name == "reads a"
    assert run.best_model is run.models["reads a"]
    reported = run.evaluation_results
    assert reported["reads b"]["roc_auc"] > reported["reads a"]["roc_auc"] + 0.2


def test_the_metric_decides(trainer: ModelTrainer) -> None:
    """Another metric can choose another model, and a model without it is passed over."""
    results = {
        "wide": {"recall": 0.9, "precision": 0.5},
        "sharp": {"recall": 0.4, "precision": 0.8},
        "blind": {"precision": float("nan")},
    }
    assert ModelTrainer(metric="recall").select_best_model(results) == "wide"
    assert ModelTrainer(metric="precision").select_best_model(results) == "sharp"
    with pytest.raises(NotFoundError, match="recall"):
        ModelTrainer(metric="recal").select_best_model(results)


def test_a_failing_model_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A model that cannot be fitted is named with its reason, and the others are there."""
    configs = {"good": reading("a"), "bad": reading("not there")}
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        run = ModelTrainer(progress=False).train_and_evaluate(*planted(), model_configs=configs)
    assert list(run.models) == ["good"]
    assert "not there" in run.failures["bad"]
    assert "bad failed to fit" in caplog.text
    assert run.best_model_name == "good"


def test_nothing_fitted_is_an_error(trainer: ModelTrainer) -> None:
    """When every model fails, one error names each of them."""
    configs = {"first": reading("x"), "second": reading("y")}
    with pytest.raises(TrainingError, match=r"first: .*second: ") as failed:
        trainer.train_and_evaluate(*planted(), model_configs=configs)
    assert set(failed.value.failures) == {"first", "second"}
    with pytest.raises(TrainingError, match="none was given"):
        trainer.train_and_evaluate(*planted(), model_configs={})


def test_a_given_estimator_is_not_touched(trainer: ModelTrainer) -> None:
    """An estimator in the configuration is cloned, so that it stays unfitted."""
    mine = DecisionTreeClassifier()
    run = trainer.train_and_evaluate(*planted(), model_configs={"mine": mine})
    assert not hasattr(mine, "tree_")
    assert hasattr(run.best_model, "tree_")


def test_two_runs_with_one_seed_are_equal(run: TrainingRun, split: StarSplit) -> None:
    """The same seed gives the same metrics, also when models are fitted in two threads."""
    with joblib.parallel_config(backend="threading", n_jobs=2):
        again = ModelTrainer(progress=False).train_and_evaluate(*split, model_configs=SMALL)
    assert list(again.models) == list(run.models)
    assert again.evaluation_results == run.evaluation_results
    assert again.best_model_name == run.best_model_name


def test_the_seed_reaches_the_models() -> None:
    """A trainer's seed is every model's, unless the configuration has its own."""
    models = ModelTrainer(random_state=7).initialize_models(
        {"RandomForest": {}, "NeuralNetwork": {"random_state": 8}}
    )
    assert models["RandomForest"]["classify"].random_state == 7
    assert models["NeuralNetwork"]["classify"].random_state == 8
    assert list(ModelTrainer().initialize_models()) == ["RandomForest", "NeuralNetwork", "SVM"]


def test_hyperparameters_for_no_model_are_refused(trainer: ModelTrainer) -> None:
    """Hyperparameters under a name that is no model's are refused with the one meant."""
    with pytest.raises(NotFoundError, match="Did you mean SVM"):
        trainer.initialize_models({"SVN": {"C": 1.0}})


def test_arrays_get_their_names(trainer: ModelTrainer) -> None:
    """Names given for arrays become the model's columns; for a frame they choose columns."""
    parts = planted()
    arrays = [np.asarray(part) for part in parts]
    config = {"tree": DecisionTreeClassifier()}
    named = trainer.train_and_evaluate(*arrays, feature_names=["x", "y"], model_configs=config)
    assert list(named.best_model.feature_names_in_) == ["x", "y"]
    chosen = trainer.train_and_evaluate(*parts, feature_names=["b"], model_configs=config)
    assert list(chosen.best_model.feature_names_in_) == ["b"]


def test_a_run_reads_as_a_mapping_and_as_a_table(run: TrainingRun) -> None:
    """Fields can be read by name, and the metrics come as one table with a row per model."""
    assert run["best_model_name"] == run.best_model_name
    assert run["best_model"] is run.best_model
    with pytest.raises(KeyError, match="evaluator"):
        run["evaluator"]
    table = run.to_frame()
    assert list(table.index) == list(run.models)
    assert table.loc["SVM", ("test", "roc_auc")] == run.evaluation_results["SVM"]["roc_auc"]


def test_progress_shows_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    """The progress bar counts the models, and is silent when it is switched off."""
    config = {"dummy": DummyClassifier()}
    ModelTrainer().train_models(ModelTrainer().initialize_models(config), [[0], [1]], [0, 1])
    assert "1/1" in capsys.readouterr().err
    ModelTrainer(progress=False).train_models(config, [[0], [1]], [0, 1])
    assert capsys.readouterr().err == ""


def test_every_model_is_registered(koi: Bunch, run: TrainingRun, trainer: ModelTrainer) -> None:
    """Each model of a run becomes a version, with its algorithm, its data and the same facts."""
    registry = Recorder()
    ids = trainer.register(
        registry, run, "kepler", dataset=koi.name, target_names=koi.target_names, tags={"a": "b"}
    )
    assert ids == {"RandomForest": "kepler:1", "NeuralNetwork": "kepler:2", "SVM": "kepler:3"}
    first = registry.calls[0]
    assert first["model"] is run.models["RandomForest"]
    assert first["algorithm"] == "RandomForest"
    info = first["training_info"]
    assert info["dataset"] == "kepler_koi_dr25"
    assert info["training_samples"] == len(run.split.X_train)
    assert sum(info["class_distribution"].values()) == len(run.split.X_train)
    assert list(info["class_distribution"]) == ["FALSE POSITIVE", "CONFIRMED"]
    for part in ("X_test", "y_test"):
        assert first[part] is getattr(run.split, part)
    assert first["X"] is run.split.X_train
    assert first["y"] is run.split.y_train
    assert first["tags"] == {"a": "b"}


class Recorder:
    """Stand in for the registry: number the versions and keep what was passed."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def register_model(self, **arguments: Any) -> str:
        """Note the arguments."""
        self.calls.append(arguments)
        return f"{arguments['model_name']}:{len(self.calls)}"
