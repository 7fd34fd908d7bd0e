"""Retraining: the new version, the comparison, and the alias."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry import bundle
from exo_nbregistry.errors import (
    ConflictError,
    ProtectedAliasError,
    RegistryError,
    SignatureMismatchError,
)
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.paired_tests import compare_versions
from exo_nbregistry.evaluation.test_set import describe_test_set
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.data_split import DataSplit, split_by_group
from exo_nbregistry.training.ensemble import EnsembleClassifier
from exo_nbregistry.training.retraining import VERDICT, retrain
from exo_nbregistry.training.retraining_result import RetrainingResult


class PatientSplit(DataSplit):
    """A split whose groups are patients, inferred from names such as ``P00012.01``."""

    grouping = Grouping("patient", lambda rows: np.array([name[:6] for name in rows]))


FAST: Any = {"n_resamples": 200, "progress": False}


def data(seed: int = 0, *, noise: float = 1.0, rows: int = 600) -> PatientSplit:
    """Return a split of rows whose column "a" depends on the label."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    names = [f"P{row // 2:05}.{row % 2 + 1:02}" for row in range(rows)]
    X = pd.DataFrame({"a": y + rng.normal(size=rows) * noise, "b": rng.normal(size=rows)}, names)
    return PatientSplit.by_group(X, pd.Series(y, names), np.arange(rows) // 2)


def shuffled(split: PatientSplit) -> PatientSplit:
    """Return a split with shuffled training labels."""
    rng = np.random.default_rng(1)
    return split._replace(y_train=pd.Series(rng.permutation(split.y_train), split.y_train.index))


def first(registry: ModelRegistry, split: PatientSplit, **facts: Any) -> str:
    """Register a classifier with C=0.5 that was fitted on a split."""
    model = facts.pop("model", LogisticRegression(C=0.5)).fit(split.X_train, split.y_train)
    held = describe_test_set(split.X_test, split.y_test, grouping=split.grouping)
    given = {"attachments": held.attachment(), "X_test": split.X_test, "y_test": split.y_test}
    return registry.register_model(
        model, "Kepler", X=split.X_train, y=split.y_train, **(given | facts)
    )


def test_the_next_version_has_the_hyperparameters_and_the_parent(registry: ModelRegistry) -> None:
    """The new version has the hyperparameters of the parent and is fitted on the new data."""
    old, new = data(), data(1)
    ref = first(registry, old)
    found = retrain(registry, ref, new, dataset="fresh", description="Again.", **FAST)
    made = registry.get_metadata(found.model_id)
    parent = registry.get_metadata(ref)
    assert (found.model_id, found.parent, made.parent) == ("kepler:2", ref, ref)
    assert made.hyperparameters == parent.hyperparameters
    assert made.hyperparameters["C"] == 0.5
    assert made.algorithm == parent.algorithm
    assert (made.training_dataset, made.description) == ("fresh", "Again.")
    assert made.training_samples == len(new.X_train)
    model, _ = registry.load_model(found.model_id)
    expected = LogisticRegression(C=0.5).fit(new.X_train, new.y_train)
    assert np.array_equal(model.coef_, expected.coef_)


def test_champion_and_challenger_meet_on_the_same_test_set(registry: ModelRegistry) -> None:
    """The comparison is on the new test set and is stored with the version."""
    split = data()
    ref = first(registry, shuffled(split))
    found = retrain(registry, ref, split, **FAST)
    assert found.is_better
    assert found.champion == ref
    kept = registry.get_metadata(found.model_id).additional_metrics[VERDICT]
    assert kept == found.comparison.to_dict()
    assert kept["verdict"].startswith("challenger is better")
    again = compare_versions(registry, ref, found.model_id, **FAST)
    assert again.difference == pytest.approx(found.comparison.difference)
    assert found.comparison.unit == "patient"


def test_promotion_must_be_requested(registry: ModelRegistry) -> None:
    """A better challenger moves the alias only with promote=True."""
    split = data()
    ref = first(registry, shuffled(split))
    registry.set_alias("kepler", "champion", 1)
    found = retrain(registry, ref, split, **FAST)
    assert (found.is_better, found.promoted) == (True, False)
    assert registry.get_metadata("kepler@champion").version == 1
    assert "was not moved" in repr(found)
    asked = retrain(registry, ref, split, promote=True, description="asked", **FAST)
    assert asked.promoted
    assert registry.get_metadata("kepler@champion").model_id == asked.model_id
    assert registry.get_metadata(asked.model_id).notes == ()
    assert f"points to {asked.model_id}" in repr(asked)


def test_a_worse_version_is_promoted_only_with_a_reason(registry: ModelRegistry) -> None:
    """force= promotes a worse challenger and is stored as a note."""
    split = data()
    ref = first(registry, split)
    registry.set_alias("kepler", "champion", 1)
    asked = retrain(registry, ref, shuffled(split), promote=True, **FAST)
    assert (asked.is_better, asked.promoted) == (False, False)
    assert registry.get_metadata("kepler@champion").version == 1
    forced = retrain(registry, ref, shuffled(split), promote=True, force="Old labels.", **FAST)
    assert forced.promoted
    assert registry.get_metadata("kepler@champion").model_id == forced.model_id
    (note,) = registry.get_metadata(forced.model_id).notes
    assert note.text == "Promoted to champion, not shown to be better: Old labels."
    with pytest.raises(ValueError, match="promote=True"):
        retrain(registry, ref, split, force="Because.", **FAST)


def test_a_protected_champion_is_replaced_only_with_a_reason(registry: ModelRegistry) -> None:
    """A protected alias raises an error before the fit; force= moves it and keeps it protected."""
    split = data()
    ref = first(registry, shuffled(split))
    registry.set_alias("kepler", "champion", 1, protected=True)
    with pytest.raises(ProtectedAliasError, match="pass force= with the reason"):
        retrain(registry, ref, split, promote=True, **FAST)
    assert registry.list_models("kepler").total == 1
    forced = retrain(registry, ref, split, promote=True, force="Better data.", **FAST)
    assert forced.promoted
    assert registry.aliases("kepler")["champion"].version == 2
    assert registry.aliases("kepler")["champion"].protected


def test_the_champion_need_not_be_the_parent(registry: ModelRegistry) -> None:
    """The champion is the version of the alias, even if it uses other columns."""
    split = data()
    ref = first(registry, split)
    narrow = split._replace(X_train=split.X_train[["b"]], X_test=split.X_test[["b"]])
    first(registry, narrow)
    registry.set_alias("kepler", "live", 2)
    found = retrain(registry, ref, split, alias="live", promote=True, **FAST)
    assert (found.parent, found.champion) == ("kepler:1", "kepler:2")
    assert registry.get_metadata("kepler@live").model_id == found.model_id == "kepler:3"


def test_without_an_alias_the_parent_is_the_champion(registry: ModelRegistry) -> None:
    """Promotion creates the alias if it does not exist."""
    split = data()
    ref = first(registry, shuffled(split))
    assert retrain(registry, ref, split, promote=True, **FAST).champion == ref
    assert registry.get_metadata("kepler@champion").version == 2


def test_possible_training_rows_of_the_champion_are_counted(registry: ModelRegistry) -> None:
    """Test rows outside the champion's own test set are reported, also if unknown."""
    old = data()
    ref = first(registry, old)
    assert retrain(registry, ref, old, **FAST).maybe_seen == 0
    turned = old._replace(
        X_train=old.X_val, y_train=old.y_val, X_val=old.X_train, y_val=old.y_train
    )
    other = turned._replace(X_test=old.X_train[:50], y_test=old.y_train[:50])
    seen = retrain(registry, ref, other, **FAST)
    assert seen.maybe_seen == 50
    assert "may have been trained on some of the 50 test rows (50)" in repr(seen)
    undescribed = first(registry, old, attachments={}, description="no test set")
    unknown = retrain(registry, undescribed, old, **FAST)
    assert unknown.maybe_seen is None
    assert "number unknown" in repr(unknown)


def test_an_alias_that_moved_during_the_fit_is_kept(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the alias moves during the fit, it stays there, and the version is registered."""
    split = data()
    ref = first(registry, shuffled(split))
    first(registry, split)
    registry.set_alias("kepler", "champion", 1)
    before = registry.register_model

    def slow(*args: Any, **facts: Any) -> str:
        registry.set_alias("kepler", "champion", 2)
        return before(*args, **facts)

    monkeypatch.setattr(registry, "register_model", slow)
    with pytest.raises(ConflictError):
        retrain(registry, ref, split, promote=True, description="late", **FAST)
    assert registry.get_metadata("kepler@champion").version == 2
    assert registry.get_metadata("kepler:3").description == "late"


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        DecisionTreeClassifier(max_depth=2, random_state=0),
        EnsembleClassifier([LogisticRegression(), LogisticRegression(C=9.0)]),
    ],
    ids=["pipeline", "tree", "ensemble"],
)
def test_any_classifier_is_refitted(registry: ModelRegistry, model: Any) -> None:
    """Pipelines, trees and ensembles are retrained."""
    split = data(rows=300)
    ref = first(registry, split, model=model)
    found = retrain(registry, ref, data(1, rows=300), **FAST)
    assert isinstance(found, RetrainingResult)
    again, metadata = registry.load_model(found.model_id)
    assert again.predict_proba(split.X_test).shape == (len(split.X_test), 2)
    assert metadata.hyperparameters == registry.get_metadata(ref).hyperparameters


class NoEstimator:
    """A model that predicts and is not an estimator."""

    classes_ = (0, 1)

    def predict(self, X: Any) -> Any:
        """Return zeros."""
        return np.zeros(len(X), dtype=int)


def test_a_bundle_is_not_refitted(registry: ModelRegistry) -> None:
    """A bundle of fitted objects cannot be refitted automatically."""
    split = data()
    model = LogisticRegression().fit(split.X_train, split.y_train)
    ref = registry.register_model(bundle(model), "joined")
    with pytest.raises(RegistryError, match="it cannot be refitted automatically"):
        retrain(registry, ref, split, **FAST)


def test_invalid_versions_and_data_are_rejected(registry: ModelRegistry) -> None:
    """A model that is not an estimator, and a missing column, raise an error."""
    split = data()
    ref = registry.register_model(NoEstimator(), "fixed")
    with pytest.raises(RegistryError, match="fixed:1 is not a scikit-learn estimator"):
        retrain(registry, ref, split, **FAST)
    ref = first(registry, split)
    short = split._replace(X_train=split.X_train[["b"]])
    with pytest.raises(SignatureMismatchError, match="'a'"):
        retrain(registry, ref, short, **FAST)
    assert registry.list_models("kepler").ids == ("kepler:1",)


def test_allowed_leakage_is_inherited(registry: ModelRegistry) -> None:
    """The columns that the parent was allowed to use are stored with the child."""
    split = data()
    info = {"allowed_leakage": ["a"]}
    ref = first(registry, split, training_info=info)
    found = retrain(registry, ref, data(1), **FAST)
    stored = registry.get_metadata(found.model_id).additional_metrics["training_info"]
    assert stored["allowed_leakage"] == ["a"]


@pytest.mark.parametrize(
    ("load", "model", "metric"),
    [
        (load_wine, GaussianNB(), "roc_auc"),
        (load_breast_cancer, RidgeClassifier(), "roc_auc"),
        (load_diabetes, Ridge(alpha=0.5), "r2"),
    ],
    ids=["three classes", "decisions", "numbers"],
)
def test_any_estimator_is_retrained(
    registry: ModelRegistry, load: Any, model: Any, metric: str
) -> None:
    """Classifiers of several classes, without probabilities, and regressors are retrained."""
    split = split_by_group(*load(return_X_y=True))
    model.fit(split.X_train[::4], split.y_train[::4])
    ref = registry.register_model(model, "any", X_test=split.X_test, y_test=split.y_test)
    found = retrain(registry, ref, split, promote=True, force="More rows.", **FAST)
    assert found.comparison.metric == metric
    assert found.promoted
    assert found.comparison.unit == "row"
    stored = registry.get_metadata("any@champion")
    assert stored.additional_metrics[VERDICT]["verdict"] == found.comparison.verdict
    assert stored.metrics[metric] == pytest.approx(found.comparison.scores[metric][1])


def test_a_regressor_is_better_by_its_loss(registry: ModelRegistry) -> None:
    """The metric decides; by a loss, the smaller value is better."""
    split = split_by_group(*load_diabetes(return_X_y=True))
    poor = Ridge().fit(split.X_train, np.random.default_rng(0).permutation(split.y_train))
    ref = registry.register_model(poor, "line", X_test=split.X_test, y_test=split.y_test)
    found = retrain(registry, ref, split, metric="rmse", **FAST)
    assert found.is_better
    assert found.comparison.difference < 0


def test_the_positive_class_is_inherited(registry: ModelRegistry) -> None:
    """A version that is retrained is measured by the class and threshold of its parent."""
    X, y = load_breast_cancer(return_X_y=True)
    split = split_by_group(X[:, :4], np.array(["malignant", "benign"])[y])
    model = GaussianNB().fit(split.X_train, split.y_train)
    ref = registry.register_model(
        model,
        "any",
        X_test=split.X_test,
        y_test=split.y_test,
        pos_label="malignant",
        threshold=0.7,
    )
    found = retrain(registry, ref, split, metric="recall", **FAST)
    parent, child = registry.get_metadata(ref), registry.get_metadata(found.model_id)
    assert child.scoring == parent.scoring
    assert child.recall == pytest.approx(found.comparison.scores["recall"][1])
    assert parent.recall == pytest.approx(found.comparison.scores["recall"][0])
    assert "recall (of malignant at 0.7)" in found.comparison.verdict
    other = retrain(registry, ref, split, pos_label="benign", description="b", **FAST)
    scoring = registry.get_metadata(other.model_id).scoring
    assert scoring is not None
    assert scoring.pos_label == "benign"
