"""Retraining: the next version, its verdict, and the alias that moves only when asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import ConflictError, RegistryError, SignatureMismatchError
from exo_nbregistry.evaluation.paired_tests import compare_versions
from exo_nbregistry.evaluation.test_set import describe_test_set
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.classifiers import NeuralNetworkClassifier
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.ensemble import EnsembleClassifier
from exo_nbregistry.training.retraining import VERDICT, RetrainingResult, retrain

FAST: Any = {"n_resamples": 200, "progress": False}


def data(seed: int = 0, *, noise: float = 1.0, rows: int = 600) -> StarSplit:
    """Return a split of rows whose column "a" tells the label, but for noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    names = [f"K{row // 2:05}.{row % 2 + 1:02}" for row in range(rows)]
    X = pd.DataFrame({"a": y + rng.normal(size=rows) * noise, "b": rng.normal(size=rows)}, names)
    return split_by_star(X, pd.Series(y, names), np.arange(rows) // 2)


def swapped(split: StarSplit) -> StarSplit:
    """Return a split whose training labels are dealt out at random."""
    rng = np.random.default_rng(1)
    return split._replace(y_train=pd.Series(rng.permutation(split.y_train), split.y_train.index))


def first(registry: ModelRegistry, split: StarSplit, **facts: Any) -> str:
    """Register a classifier of C=0.5 that was fitted on a split."""
    model = facts.pop("model", LogisticRegression(C=0.5)).fit(split.X_train, split.y_train)
    held = describe_test_set(split.X_test, split.y_test)
    given = {"attachments": held.attachment(), "X_test": split.X_test, "y_test": split.y_test}
    return registry.register_model(
        model, "Kepler", X=split.X_train, y=split.y_train, **(given | facts)
    )


def test_the_next_version_has_the_hyperparameters_and_the_parent(registry: ModelRegistry) -> None:
    """What was configured is kept, what was learnt is new, and both are registered."""
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
    """The verdict is on the new test rows, is kept with the version, and can be had again."""
    split = data()
    ref = first(registry, swapped(split))
    found = retrain(registry, ref, split, **FAST)
    assert found.is_better
    assert found.champion == ref
    kept = registry.get_metadata(found.model_id).additional_metrics[VERDICT]
    assert kept == found.comparison.to_dict()
    assert kept["verdict"].startswith("challenger is better")
    again = compare_versions(registry, ref, found.model_id, **FAST)
    assert again.difference == pytest.approx(found.comparison.difference)
    assert found.comparison.unit == "star"


def test_nothing_is_promoted_unasked(registry: ModelRegistry) -> None:
    """A better challenger leaves the alias where it is, unless promotion is asked for."""
    split = data()
    ref = first(registry, swapped(split))
    registry.set_alias("kepler", "champion", 1)
    found = retrain(registry, ref, split, **FAST)
    assert (found.is_better, found.promoted) == (True, False)
    assert registry.get_metadata("kepler@champion").version == 1
    assert "was left where it was" in repr(found)
    asked = retrain(registry, ref, split, promote=True, description="asked", **FAST)
    assert asked.promoted
    assert registry.get_metadata("kepler@champion").model_id == asked.model_id
    assert registry.get_metadata(asked.model_id).notes == ()
    assert "points at it now" in repr(asked)


def test_what_is_no_better_is_promoted_for_a_reason_only(registry: ModelRegistry) -> None:
    """A challenger that is worse stays behind, unless words say why; these are kept."""
    split = data()
    ref = first(registry, split)
    registry.set_alias("kepler", "champion", 1)
    asked = retrain(registry, ref, swapped(split), promote=True, **FAST)
    assert (asked.is_better, asked.promoted) == (False, False)
    assert registry.get_metadata("kepler@champion").version == 1
    forced = retrain(registry, ref, swapped(split), promote=True, force="Old labels.", **FAST)
    assert forced.promoted
    assert registry.get_metadata("kepler@champion").model_id == forced.model_id
    (note,) = registry.get_metadata(forced.model_id).notes
    assert note.text == "Promoted to champion, not shown to be better: Old labels."
    with pytest.raises(ValueError, match="promote=True"):
        retrain(registry, ref, split, force="Because.", **FAST)


def test_the_champion_need_not_be_the_parent(registry: ModelRegistry) -> None:
    """The alias says whom to challenge, whichever columns that one reads."""
    split = data()
    ref = first(registry, split)
    narrow = split._replace(X_train=split.X_train[["b"]], X_test=split.X_test[["b"]])
    first(registry, narrow)
    registry.set_alias("kepler", "live", 2)
    found = retrain(registry, ref, split, alias="live", promote=True, **FAST)
    assert (found.parent, found.champion) == ("kepler:1", "kepler:2")
    assert registry.get_metadata("kepler@live").model_id == found.model_id == "kepler:3"


def test_without_an_alias_the_parent_is_challenged(registry: ModelRegistry) -> None:
    """Promotion makes the alias where there was none."""
    split = data()
    ref = first(registry, swapped(split))
    assert retrain(registry, ref, split, promote=True, **FAST).champion == ref
    assert registry.get_metadata("kepler@champion").version == 2


def test_rows_that_the_champion_may_have_learnt_are_counted(registry: ModelRegistry) -> None:
    """Test rows outside of the champion's own test set are told, and unknown ones too."""
    old = data()
    ref = first(registry, old)
    assert retrain(registry, ref, old, **FAST).maybe_seen == 0
    turned = old._replace(
        X_train=old.X_val, y_train=old.y_val, X_val=old.X_train, y_val=old.y_train
    )
    other = turned._replace(X_test=old.X_train[:50], y_test=old.y_train[:50])
    seen = retrain(registry, ref, other, **FAST)
    assert seen.maybe_seen == 50
    assert "may have learnt from some of the 50 test rows (50)" in repr(seen)
    silent = first(registry, old, attachments={}, description="does not say")
    unknown = retrain(registry, silent, old, **FAST)
    assert unknown.maybe_seen is None
    assert "it is not known how many" in repr(unknown)


def test_an_alias_that_moved_meanwhile_is_not_overrun(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If somebody else promotes during the fit, theirs stands, and the version is kept."""
    split = data()
    ref = first(registry, swapped(split))
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
        NeuralNetworkClassifier(hidden_layers=(4,), epochs=3),
        EnsembleClassifier([LogisticRegression(), LogisticRegression(C=9.0)]),
    ],
    ids=["pipeline", "network", "ensemble"],
)
def test_any_classifier_is_fitted_again(registry: ModelRegistry, model: Any) -> None:
    """Pipelines, networks that stop by validation, and ensembles are retrained alike."""
    split = data(rows=300)
    ref = first(registry, split, model=model)
    found = retrain(registry, ref, data(1, rows=300), **FAST)
    assert isinstance(found, RetrainingResult)
    again, metadata = registry.load_model(found.model_id)
    assert again.predict_proba(split.X_test).shape == (len(split.X_test), 2)
    assert metadata.hyperparameters == registry.get_metadata(ref).hyperparameters


class Stubborn:
    """Something that predicts and is no estimator."""

    classes_ = (0, 1)

    def predict(self, X: Any) -> Any:
        """Return zeros."""
        return np.zeros(len(X), dtype=int)


def test_what_cannot_be_fitted_again_is_refused(registry: ModelRegistry) -> None:
    """No estimator, no probabilities or no column: one sentence says what is wrong."""
    split = data()
    ref = registry.register_model(Stubborn(), "stubborn")
    with pytest.raises(RegistryError, match="stubborn:1 is no estimator"):
        retrain(registry, ref, split, **FAST)
    ref = first(registry, split)
    short = split._replace(X_train=split.X_train[["b"]])
    with pytest.raises(SignatureMismatchError, match="'a'"):
        retrain(registry, ref, short, **FAST)
    assert registry.list_models("kepler").ids == ("kepler:1",)


def test_a_leak_that_was_allowed_stays_on_record(registry: ModelRegistry) -> None:
    """What the parent was allowed to see is told of its children too."""
    split = data()
    info = {"allowed_leakage": ["a"]}
    ref = first(registry, split, training_info=info)
    found = retrain(registry, ref, data(1), **FAST)
    told = registry.get_metadata(found.model_id).additional_metrics["training_info"]
    assert told["allowed_leakage"] == ["a"]
