"""Curves that a user passes or that a model has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.neural_network import MLPClassifier

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.curves import curves_of, pack_curves, read_curves

X = [[float(i), float(i % 3)] for i in range(60)]
Y = [int(i > 30) for i in range(60)]


def test_a_network_has_its_loss_and_its_validation_score() -> None:
    """The curves of an early stopped network are its loss and its score."""
    net = MLPClassifier(early_stopping=True, max_iter=300, tol=1.0, random_state=0).fit(X, Y)
    found = curves_of(net)
    assert found is not None
    assert found["curves"]["train loss"] == net.loss_curve_
    assert len(found["curves"]["valid score"]) == len(net.validation_scores_)


def test_models_without_iterations_have_no_curves() -> None:
    """A forest, and boosting without early stopping, have no curves."""
    assert curves_of(RandomForestClassifier(2).fit(X, Y)) is None
    assert curves_of(HistGradientBoostingClassifier(max_iter=2).fit(X, Y)) is None
    assert curves_of({"train_score_": [1.0]}) is None


def test_the_history_of_a_keras_model_is_read() -> None:
    """A model with a history has curves by epoch; an untrained one has none."""
    history = SimpleNamespace(history={"loss": [0.5], "val_loss": [0.6]})
    assert curves_of(SimpleNamespace(history=history)) == {
        "curves": {"loss": [0.5], "val_loss": [0.6]},
        "x": "epoch",
    }
    assert curves_of(SimpleNamespace(history=SimpleNamespace(history={}))) is None


def test_unreadable_curves_do_not_stop_a_registration(caplog: pytest.LogCaptureFixture) -> None:
    """A history that is not numbers is omitted with a message."""
    model = SimpleNamespace(history=SimpleNamespace(history={"loss": "low"}))
    assert curves_of(model) is None
    assert "The curves of SimpleNamespace cannot be read: RecordError" in caplog.text


def test_loaded_curves_can_be_passed_again() -> None:
    """The result of load_attachment is taken unchanged."""
    stored = {"curves": {"loss": [0.5, 0.4]}, "x": "epoch"}
    assert read_curves(stored) == stored


def test_long_curves_are_packed_in_an_attachment() -> None:
    """Curves of any length fit."""
    packed = pack_curves({"curves": {"a": [0.1234567890123456] * 300_000}, "x": "epoch"})
    assert packed.artifact.size_bytes < 1 << 20
    assert b'"every": 10' in packed.data


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({1: [0.5], "1": [0.6]}, "Two curves have the name '1'; rename one"),
        ({"valid": {"auc": [0.5]}, "valid auc": [0.6]}, "Two curves have the name 'valid auc'"),
        ({"loss": [10**400]}, r"curves\['loss'\]\[0\] must be a number"),
    ],
)
def test_curves_that_cannot_be_kept_are_errors(curves: Any, message: str) -> None:
    """No curve replaces another one, and a number that is too large is named."""
    with pytest.raises(RecordError, match=message):
        read_curves(curves)
