"""Out-of-fold predictions: no row is predicted by a model that was trained on its group."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.ensemble import EnsembleClassifier
from exo_nbregistry.training.out_of_fold import (
    predict_out_of_fold,
    predict_split_out_of_fold,
    read_out_of_fold,
)
from exo_nbregistry.training.trainer import ModelTrainer

GROUPS = np.arange(120) // 2


class Memory(ClassifierMixin, BaseEstimator):
    """A classifier that is certain of the groups that it was trained on, and of no others."""

    def fit(self, X: Any, y: Any) -> Memory:
        """Keep the groups, which the first column contains."""
        self.classes_, self.known_ = np.unique(y), set(np.asarray(X)[:, 0])
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return 1 for the second class of a known group, else 0."""
        known = np.array([value in self.known_ for value in np.asarray(X)[:, 0]], float)
        return np.column_stack([1 - known, known])


class Broken(Memory):
    """A classifier that cannot be fitted."""

    def fit(self, X: Any, y: Any) -> Broken:
        """Fail."""
        raise ValueError("no data")


class Patients(DataSplit):
    """A split whose groups are inferred from names such as ``7a``."""

    __slots__ = ()
    grouping = Grouping("patient", lambda rows: np.array([name[:-1] for name in rows]))


def table(n: int = 120) -> tuple[pd.DataFrame, Any]:
    """Return named rows, two per group, with an informative second column."""
    rng = np.random.default_rng(0)
    y = (np.arange(n) // 4) % 2
    names = [f"{group}{side}" for group in range(n // 2) for side in "ab"]
    columns = {"group": np.arange(n) // 2, "value": y + rng.normal(size=n)}
    return pd.DataFrame(columns, index=names, dtype=float), y


def predict(models: Any, *parts: Any, **more: Any) -> Any:
    """Predict without a progress bar."""
    return predict_out_of_fold(models, *parts, progress=False, **more)


def test_no_group_is_predicted_by_a_model_that_knows_it() -> None:
    """All rows of a group are in one fold."""
    X, y = table()
    found = predict({"memory": Memory()}, X, y, GROUPS)["memory"]
    assert found["probabilities"][:, 1].max() == 0
    alone = predict({"memory": Memory()}, X, y)["memory"]
    assert alone["probabilities"][:, 1].max() == 1


def test_the_predictions_are_the_arrays_of_an_evaluation() -> None:
    """Labels, predicted labels, classes and probabilities are in the order of the rows."""
    X, y = table()
    found = predict({"line": LogisticRegression()}, X, y, GROUPS)["line"]
    assert found["y_true"].tolist() == y.tolist()
    assert found["classes"].tolist() == [0, 1]
    assert np.allclose(found["probabilities"].sum(axis=1), 1)
    assert np.array_equal(found["y_pred"], found["probabilities"][:, 1] > 0.5)
    assert 0.6 < np.mean(found["y_pred"] == y) < 1


def test_the_model_itself_is_not_fitted_again() -> None:
    """Clones are fitted."""
    X, y = table()
    model = LogisticRegression()
    predict({"line": model}, X, y)
    assert not hasattr(model, "coef_")


def test_the_seed_makes_the_folds_reproducible() -> None:
    """One seed gives equal predictions, another seed gives others."""
    X, y = table()
    first, again, other = (
        predict({"bayes": GaussianNB()}, X, y, random_state=seed)["bayes"]["probabilities"]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_an_ensemble_is_the_weighted_mean_of_its_members() -> None:
    """The members are not fitted again for an ensemble of them."""
    X, y = table()
    members = {"line": LogisticRegression().fit(X, y), "bayes": GaussianNB().fit(X, y)}
    vote = EnsembleClassifier.from_fitted(members, [3, 1])
    found = predict({**members, "Ensemble": vote}, X, y, GROUPS)
    assert list(found) == ["line", "bayes", "Ensemble"]
    line, bayes, mean = (each["probabilities"] for each in found.values())
    assert np.allclose(mean, (3 * line + bayes) / 4)


def test_an_ensemble_of_other_models_is_fitted() -> None:
    """An ensemble whose members are not among the models is fitted on each fold."""
    X, y = table()
    vote = EnsembleClassifier([DecisionTreeClassifier(max_depth=2), GaussianNB()])
    found = predict({"vote": vote}, X, y, GROUPS)["vote"]
    assert np.isfinite(found["probabilities"]).all()


@pytest.mark.parametrize("model", [RidgeClassifier(), Broken()])
def test_a_model_without_predictions_is_omitted(
    model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that cannot be fitted or has no probabilities is named with the reason."""
    X, y = table()
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        found = predict({"bad": model, "good": GaussianNB()}, X, y)
    assert list(found) == ["good"]
    assert "bad has no out-of-fold predictions: " in caplog.text


def test_an_ensemble_without_a_member_is_omitted() -> None:
    """The mean is not taken over some of the members."""
    X, y = table()
    members = {"memory": Memory().fit(X, y), "bayes": GaussianNB().fit(X, y)}
    models = {**members, "Ensemble": EnsembleClassifier(members)}
    models["Ensemble"].models_ = members
    models["Ensemble"].weights_ = np.array([0.5, 0.5])
    assert set(predict(models, X, y)) == set(models)
    broken = {**models, "memory": Broken()}
    models["Ensemble"].models_ = {"memory": broken["memory"], "bayes": members["bayes"]}
    assert set(predict(broken, X, y)) == {"bayes"}


@pytest.mark.parametrize(
    "y", [np.arange(120) % 3, np.r_[[1] * 3, [0] * 117], np.linspace(0, 1, 120)]
)
def test_other_labels_have_no_predictions(y: Any) -> None:
    """Three classes, a class with fewer rows than folds, and numbers give no predictions."""
    X, _ = table()
    assert predict({"bayes": GaussianNB()}, X, y) == {}


def test_validation_rows_reach_the_models() -> None:
    """A model that stops early gets the validation rows in each fold."""
    seen = []

    class Watcher(GaussianNB):
        def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> Any:
            seen.append(len(y_val))
            return super().fit(X, y)

    X, y = table()
    predict({"watcher": Watcher()}, X, y, None, X[:7], y[:7])
    assert seen == [7] * 5


def test_the_groups_of_a_split_are_inferred_from_its_rows() -> None:
    """Names determine the groups; without names there are no predictions unless passed."""
    X, y = table()
    models = {"memory": Memory()}
    named = predict_split_out_of_fold(models, Patients(X, y, X, y, X, y), progress=False)
    assert named["memory"]["probabilities"][:, 1].max() == 0

    class Unnamed(DataSplit):
        __slots__ = ()
        grouping = Grouping("patient", lambda _rows: np.array([]))

    arrays = Unnamed(*(np.asarray(part) for part in (X, y) * 3))
    assert predict_split_out_of_fold(models, arrays, progress=False) == {}
    given = predict_split_out_of_fold(models, arrays, GROUPS, progress=False)
    assert given["memory"]["probabilities"][:, 1].max() == 0
    plain = DataSplit(*arrays)
    assert predict_split_out_of_fold(models, plain, progress=False).keys() == models.keys()


def test_a_version_has_its_predictions(registry: ModelRegistry) -> None:
    """A trainer with out_of_fold stores them with each version; text labels are kept."""
    X, y = table()
    labels = np.array(["no", "yes"], dtype=object)[y]
    split = DataSplit(*(X, labels) * 3)
    models = {"line": LogisticRegression(), "bayes": GaussianNB()}
    trainer = ModelTrainer(progress=False, out_of_fold=True)
    run = trainer.train_and_evaluate(*split, model_configs=models, train_groups=GROUPS)
    ids = trainer.register(registry, run, "patients")
    expected = predict(models, X, labels, GROUPS)
    for name, ref in ids.items():
        stored = read_out_of_fold(registry, ref)
        assert stored["y_true"].tolist() == labels.tolist()
        assert np.allclose(stored["probabilities"], expected[name]["probabilities"])
    assert trainer.register(registry, run, "patients") == ids


def test_by_default_nothing_is_stored(registry: ModelRegistry) -> None:
    """Without out_of_fold, the models are fitted once and the version has no predictions."""
    X, y = table()
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*(X, y) * 3, model_configs={"line": LogisticRegression()})
    assert run.out_of_fold == {}
    (ref,) = trainer.register(registry, run, "plain").values()
    assert read_out_of_fold(registry, ref) == {}


def test_another_attachment_of_this_name_has_no_predictions(registry: ModelRegistry) -> None:
    """An array that a user attached as out_of_fold is not read as predictions."""
    X, y = table()
    model = LogisticRegression().fit(X, y)
    attached = {"out_of_fold": np.linspace(0, 1, 5)}
    ref = registry.register_model(model, "own", attachments=attached)
    assert read_out_of_fold(registry, ref) == {}


def test_cross_validation_chooses_instead_of_a_validation_set_that_was_used() -> None:
    """A model that knows the validation rows is the best there, but not in cross-validation."""
    X, y = table()

    class Cheat(GaussianNB):
        def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> Any:
            self.seen_ = dict(zip(map(tuple, np.asarray(X_val)), y_val, strict=True))
            return super().fit(np.asarray(X)[:, :1], y)

        def predict_proba(self, X: Any) -> Any:
            unknown = super().predict_proba(np.asarray(X)[:, :1])[:, 1]
            rows = zip(map(tuple, np.asarray(X)), unknown, strict=True)
            second = np.array([self.seen_.get(row, value) for row, value in rows])
            return np.column_stack([1 - second, second])

        def predict(self, X: Any) -> Any:
            return (self.predict_proba(X)[:, 1] > 0.5).astype(int)

    parts = (X[:80], y[:80], X[80:100], y[80:100], X[100:], y[100:])
    models = {"cheat": Cheat(), "line": LogisticRegression()}
    by_validation = ModelTrainer(progress=False).train_and_evaluate(*parts, model_configs=models)
    assert by_validation.best_model_name == "cheat"
    trainer = ModelTrainer(progress=False, out_of_fold=True)
    run = trainer.train_and_evaluate(*parts, model_configs=models, train_groups=GROUPS[:80])
    assert run.validation_results["cheat"]["roc_auc"] == 1
    assert run.best_model_name == "line"
    assert run.chosen_in == "cross-validation"
    # A model without probabilities has no cross-validation, so validation decides.
    models["ridge"] = RidgeClassifier()
    assert trainer.train_and_evaluate(*parts, model_configs=models).chosen_in == "validation"
