"""ModelTrainer with any estimator of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import Lasso, LinearRegression, RidgeClassifier
from sklearn.metrics import recall_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.evaluation import compare_versions
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training import LeakageError, ModelTrainer, TrainingRun, split_by_group

CASES: dict[str, Any] = {
    "two classes": (load_breast_cancer, {"good": GaussianNB(), "poor": DummyClassifier()}),
    "decisions": (load_breast_cancer, {"poor": DummyClassifier(), "good": RidgeClassifier()}),
    "three classes": (load_wine, {"poor": DummyClassifier(), "good": GaussianNB()}),
    "numbers": (load_diabetes, {"poor": DummyRegressor(), "good": LinearRegression()}),
}


class SmallTrainer(ModelTrainer):
    """A trainer of named estimators, with a column that leaks the label."""

    estimators = {"Tree": DecisionTreeClassifier, "Line": Lasso}  # noqa: RUF012
    leaks = {"target": "it is the label itself"}  # noqa: RUF012


def train(case: str, **options: Any) -> TrainingRun:
    """Train the models of a case, with two test rows per group."""
    load, models = CASES[case]
    split = split_by_group(*load(return_X_y=True))
    groups = np.arange(len(split.y_test)) // 2
    trainer = ModelTrainer(progress=False, **options)
    return trainer.train_and_evaluate(*split, model_configs=models, test_groups=groups)


@pytest.mark.parametrize("case", CASES)
def test_any_estimator_is_trained(case: str) -> None:
    """The best model on validation is found by the default metric, and measured on test."""
    run = train(case)
    assert run.best_model_name == "good"
    assert run.failures == {}
    metric = "r2" if case == "numbers" else "roc_auc"
    found = run.evaluator.compare("poor", "good")
    assert (found.metric, found.unit) == (metric, "group")
    assert found.better == "good"
    assert found.scores[metric][1] == pytest.approx(run.evaluation_results["good"][metric])
    assert metric in repr(run)


def test_a_loss_chooses_the_smallest_value() -> None:
    """With a loss as metric, the model with the smallest value is the best."""
    assert train("numbers", metric="rmse").best_model_name == "good"
    assert train("three classes", metric="log_loss").best_model_name == "good"


@pytest.mark.parametrize("case", ["two classes", "three classes"])
def test_an_ensemble_is_added(case: str) -> None:
    """With ensemble=True, the models with probabilities vote together."""
    run = train(case, ensemble=True)
    assert list(run.models) == [*CASES[case][1], "Ensemble"]
    assert run.evaluation_results["Ensemble"]["roc_auc"] > 0.9


@pytest.mark.parametrize("case", ["three classes", "numbers"])
def test_a_run_is_registered(case: str, registry: ModelRegistry) -> None:
    """Each model is a version with the metrics of the run, and versions can be compared."""
    run = train(case)
    ids = ModelTrainer().register(registry, run, "any", dataset="toy")
    assert list(ids) == list(run.models)
    for name, ref in ids.items():
        version = registry.get_metadata(ref)
        assert version.metrics == pytest.approx(run.evaluation_results[name])
        assert version.training_dataset == "toy"
        assert version.tags["lineage"] == run.lineage_id
        assert bool(version.class_distribution) == (case == "three classes")
    found = compare_versions(registry, ids["poor"], ids["good"], n_resamples=50, progress=False)
    assert found.better == ids["good"]
    assert (found.unit, found.n_units) == ("group", len(set(run.test_groups)))  # type: ignore[arg-type]


def test_the_best_model_is_saved(tmp_path: Any) -> None:
    """The saved file has the best model and its metrics."""
    run = train("numbers")
    path = ModelTrainer().save_best_model(run, tmp_path / "best.joblib")
    model, facts = ModelPersistence.load_model(path)
    X = run.split.X_test
    assert np.array_equal(model.predict(X), run.best_model.predict(X))
    assert facts["metrics"] == run.evaluation_results["good"]


def test_named_estimators_are_built() -> None:
    """A subclass names estimators, which get the seed and the given hyperparameters."""
    models = SmallTrainer(random_state=7).initialize_models({"Tree": {"max_depth": 2}})
    assert (models["Tree"].random_state, models["Tree"].max_depth) == (7, 2)
    assert list(SmallTrainer().initialize_models()) == ["Tree", "Line"]
    with pytest.raises(NotFoundError, match="Did you mean Tree"):
        SmallTrainer().initialize_models({"Trees": {}})
    with pytest.raises(InvalidInputError, match="model_configs is required"):
        ModelTrainer().initialize_models()


def test_a_leak_is_rejected_unless_it_is_allowed(registry: ModelRegistry) -> None:
    """A column that leaks is an error in training and registering; an allowed one is recorded."""
    data = load_wine(as_frame=True)
    split = split_by_group(data.frame, data.target)
    trainer = SmallTrainer(progress=False)
    with pytest.raises(LeakageError, match=r"allow_leakage=\['target'\]"):
        trainer.train_and_evaluate(*split, model_configs={"Tree": {}})
    run = trainer.train_and_evaluate(*split, model_configs={"Tree": {}}, allow_leakage="target")
    (ref,) = trainer.register(registry, run, "leaky").values()
    info = registry.get_metadata(ref).additional_metrics["training_info"]
    assert info["allowed_leakage"] == ["target"]


def test_a_leak_that_nobody_allowed_is_not_registered(registry: ModelRegistry) -> None:
    """A run of another trainer is checked when it is registered."""
    data = load_wine(as_frame=True)
    split = split_by_group(data.frame, data.target)
    models = {"Tree": DecisionTreeClassifier()}
    run = ModelTrainer(progress=False).train_and_evaluate(*split, model_configs=models)
    with pytest.raises(LeakageError, match="'target' leaks the label: it is the label itself"):
        SmallTrainer().register(registry, run, "leaky")
    assert len(registry.list_models(where="name == 'leaky'")) == 0
    (ref,) = SmallTrainer().register(registry, run, "leaky", allow_leakage="target").values()
    info = registry.get_metadata(ref).additional_metrics["training_info"]
    assert info["allowed_leakage"] == ["target"]


def test_the_data_are_checked_before_the_fit(caplog: pytest.LogCaptureFixture) -> None:
    """A column that gives the label is logged with its AUC; a regressor has no labels to give."""
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    split = split_by_group(X[["mean texture"]].assign(derived=y * 2.5), y)
    trainer = ModelTrainer(progress=False)
    trainer.train_and_evaluate(*split, model_configs={"bayes": GaussianNB()})
    assert "nearly give the label: derived (AUC 1.000)." in caplog.text
    caplog.clear()
    trainer.train_and_evaluate(*split, model_configs={"line": LinearRegression()})
    assert "nearly give" not in caplog.text


def test_a_repeated_run_has_the_same_lineage() -> None:
    """Equal data and models have the same lineage, and other models another one."""
    assert train("numbers").lineage_id == train("numbers").lineage_id
    assert train("numbers").lineage_id != train("three classes").lineage_id
    model = CASES["numbers"][1]["good"]
    assert not hasattr(clone(model), "coef_")
    assert not hasattr(model, "coef_")


@pytest.mark.parametrize("label", ["malignant", "benign"])
def test_the_positive_class_of_a_run_is_registered(label: str, registry: ModelRegistry) -> None:
    """Choice, metrics, intervals and versions of a run refer to the positive class."""
    X, y = load_breast_cancer(return_X_y=True)
    split = split_by_group(X[:, :3], np.array(["malignant", "benign"])[y])
    trainer = ModelTrainer(progress=False, metric="recall", pos_label=label)
    models = {"poor": DummyClassifier(), "good": GaussianNB()}
    run = trainer.train_and_evaluate(*split, model_configs=models)
    answer = run.models["good"].predict(split.X_test)
    expected = recall_score(split.y_test, answer, pos_label=label)
    assert run.evaluation_results["good"]["recall"] == pytest.approx(expected)
    assert run.evaluator.intervals("good")["recall"].value == pytest.approx(expected)
    assert f"Metrics of {label}." in repr(run)
    ids = trainer.register(registry, run, "cancer")
    stored = registry.get_metadata(ids["good"])
    assert stored.metrics == pytest.approx(run.evaluation_results["good"])
    assert stored.scoring is not None
    assert stored.scoring.pos_label == label
