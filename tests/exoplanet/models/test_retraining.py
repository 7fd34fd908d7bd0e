"""Retraining over stars."""

from __future__ import annotations

import pytest
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.exoplanet import NeuralNetworkClassifier, load_koi, retrain, split_by_star
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training import LeakageError, read_out_of_fold


def test_a_kepler_model_is_retrained_over_stars(registry: ModelRegistry) -> None:
    """The test set is compared over stars, and the network stops early on validation rows."""
    koi = load_koi("five")
    split = split_by_star(koi.data[::16], koi.target[::16], koi.groups[::16])
    network = NeuralNetworkClassifier(hidden_layers=(4,), epochs=3)
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*split, model_configs={"NeuralNetwork": network})
    (ref,) = trainer.register(registry, run, "kepler").values()
    found = retrain(registry, ref, split, n_resamples=50, progress=False)
    assert found.comparison.unit == "star"
    assert found.comparison.n_units == len(set(koi.groups[split.X_test.index]))
    assert found.comparison.difference == 0
    assert found.maybe_seen == 0
    model, _ = registry.load_model(found.model_id)
    assert model.validation_losses_ == clone(network).fit(*split[:4]).validation_losses_


def test_a_retrained_version_has_its_own_calibration(registry: ModelRegistry) -> None:
    """Out-of-fold predictions are computed again on the new data if the parent has some."""
    koi = load_koi("five")
    split = split_by_star(koi.data[::16], koi.target[::16], koi.groups[::16])
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*split, model_configs={"SVM": {"C": 1.0}})
    (ref,) = trainer.register(registry, run, "kepler").values()
    later = split_by_star(koi.data[::12], koi.target[::12], koi.groups[::12])
    found = retrain(registry, ref, later, n_resamples=50, progress=False)
    stored = read_out_of_fold(registry, found.model_id)
    assert stored["y_true"].tolist() == later.y_train.tolist()
    bare = registry.register_model(run.models["SVM"], "bare", X=split.X_train, y=split.y_train)
    again = retrain(registry, bare, later, n_resamples=50, progress=False)
    assert read_out_of_fold(registry, again.model_id) == {}


def test_a_leak_is_rejected_unless_it_is_allowed(registry: ModelRegistry) -> None:
    """A version with a column that leaks is not retrained unless the column is allowed again."""
    koi = load_koi(["koi_period", "koi_score"], allow_leakage="koi_score")
    split = split_by_star(koi.data[::16], koi.target[::16], koi.groups[::16])
    ref = registry.register_model(
        DecisionTreeClassifier().fit(*split[:2]), "tree", X=split.X_train, y=split.y_train
    )
    with pytest.raises(LeakageError, match="'koi_score' leaks the label"):
        retrain(registry, ref, split, progress=False)
    found = retrain(registry, ref, split, allow_leakage="koi_score", n_resamples=50, progress=False)
    info = registry.get_metadata(found.model_id).additional_metrics["training_info"]
    assert info["allowed_leakage"] == ["koi_score"]
