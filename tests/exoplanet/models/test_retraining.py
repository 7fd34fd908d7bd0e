"""Retraining over stars."""

from __future__ import annotations

from sklearn.base import clone

from exo_nbregistry.exoplanet import NeuralNetworkClassifier, load_koi, retrain, split_by_star
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer
from exo_nbregistry.registry.facade import ModelRegistry


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
