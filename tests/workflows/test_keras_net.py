"""A small net of Keras with the history of its training."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow

os.environ.setdefault("KERAS_BACKEND", "jax")
pytest.importorskip("keras", reason="keras is not installed")


# Of Keras, when it is unpickled.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
class TestKerasNet(Workflow):
    """A net with one output, behind a scaler."""

    NOTEBOOK = """
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from exo_nbregistry import ModelRegistry, bundle

keras.utils.set_random_seed(0)
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler().fit(X_train)
net = keras.Sequential(
    [
        keras.layers.Input((10,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
net.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = net.fit(
    scaler.transform(X_train), y_train, epochs=6, validation_split=0.2, verbose=0
)

registry = ModelRegistry("registry")
ref = registry.register_model(
    bundle(scaler, net),
    "net",
    X=X_train,
    y=y_train,
    X_test=X_test,
    y_test=y_test,
    curves=history,
)
rows = X_test.head(20)
expected = (net.predict(scaler.transform(rows), verbose=0)[:, 0] >= 0.5).astype(int)
"""
    SHOWN = ("Sequential", "accuracy", "mean radius", "curves")
    BAD = ("mean radius", "large")
    REQUIRED = True

    def test_it_is_recorded(self, done: Executed) -> None:
        """The record has metrics, the columns of the table and the curves of each epoch."""
        version = done.version
        assert version.metrics["accuracy"] > 0.5
        assert version.feature_columns is not None
        assert len(version.feature_columns) == 10
        stored: Any = done.registry.load_attachment(done.ref, "curves")
        assert stored["x"] == "epoch"
        assert {len(curve) for curve in stored["curves"].values()} == {6}
        assert "val_loss" in stored["curves"]
