"""Early stopping on validation rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from exo_nbregistry.training.early_stopping import fit_with_early_stopping, split_validation_tenth

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4))
Y = (X[:, 0] + RNG.normal(size=200) > 0).astype(int)
TRAIN, VALIDATION = (X[:100], Y[:100]), (X[100:], Y[100:])


def network() -> MLPClassifier:
    """Return a network that overfits soon."""
    return MLPClassifier((32,), learning_rate_init=0.03, random_state=np.random.RandomState(0))


def stopped(epochs: int = 60, patience: int = 4) -> tuple[MLPClassifier, list[float]]:
    """Return a fitted network and its losses."""
    fitted = network()
    return fitted, fit_with_early_stopping(
        fitted, TRAIN, VALIDATION, epochs=epochs, patience=patience
    )


def test_a_fit_stops_without_improvement() -> None:
    """The fit stops `patience` epochs after the best one."""
    _, losses = stopped()
    assert len(losses) == int(np.argmin(losses)) + 1 + 4
    assert len(losses) < 60


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    """The fitted network has the smallest loss, not the last."""
    fitted, losses = stopped()
    loss = log_loss(VALIDATION[1], fitted.predict_proba(VALIDATION[0]))
    assert loss == pytest.approx(min(losses), abs=1e-12)
    assert min(losses) < losses[-1]


def test_epochs_are_the_maximum() -> None:
    """A network that still improves stops after the last epoch."""
    assert len(stopped(epochs=2)[1]) == 2


def test_validation_rows_decide() -> None:
    """On validation rows with inverted labels the first epochs are the best."""
    turned = (VALIDATION[0], 1 - VALIDATION[1])
    losses = fit_with_early_stopping(network(), TRAIN, turned, epochs=60, patience=4)
    assert int(np.argmin(losses)) < int(np.argmin(stopped()[1]))


def test_a_tenth_is_held_out() -> None:
    """A tenth of the rows of each label is in the validation part only."""
    numbers = np.arange(100)[:, np.newaxis]
    labels = np.repeat(["a", "b"], [80, 20])
    train, validation = split_validation_tenth(numbers, labels, random_state=0)
    assert sorted([*train[0].ravel(), *validation[0].ravel()]) == list(range(100))
    assert sorted(validation[1]) == ["a"] * 8 + ["b"] * 2
    again = split_validation_tenth(numbers, labels, random_state=0)
    assert np.array_equal(again[1][0], validation[0])


@pytest.mark.parametrize("labels", [[0, 1] * 9, [0] * 39 + [1]])
def test_too_few_rows_are_in_both_parts(labels: list[Any]) -> None:
    """If a tenth could not contain each label, both parts are all rows."""
    rows = np.arange(len(labels))[:, np.newaxis]
    train, validation = split_validation_tenth(rows, np.array(labels), random_state=0)
    assert np.array_equal(train[0], rows)
    assert np.array_equal(validation[0], rows)
