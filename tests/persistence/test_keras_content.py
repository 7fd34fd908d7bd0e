"""The content of Keras models."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.persistence.keras_content import keras_content

os.environ.setdefault("KERAS_BACKEND", "jax")
# Keras 3 converts its variables without the keyword that NumPy 2 expects.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def keras() -> Any:
    """Return Keras."""
    return pytest.importorskip("keras", reason="keras is not installed")


def test_other_objects_have_no_keras_content() -> None:
    """Only models of Keras are read."""
    assert keras_content({"any": 1}) is None


def test_invented_names_are_numbered_from_the_beginning(keras: Any) -> None:
    """Names do not depend on the models that were made before."""
    keras.layers.Dense(1)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    content = keras_content(model)
    assert content is not None
    assert content["config"]["config"]["name"] == "sequential 0"
    names = [layer["config"]["name"] for layer in content["config"]["config"]["layers"]]
    assert names == ["input_layer 1", "dense 2"]


def test_weights_and_optimizer_are_read(keras: Any) -> None:
    """Weights and the state of the optimizer are arrays."""
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    assert keras_content(model)["optimizer"] == []  # type: ignore[index]
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones(4), verbose=0)
    content = keras_content(model)
    assert content is not None
    assert [weight.shape for weight in content["weights"]] == [(3, 1), (1,)]
    assert len(content["optimizer"]) == len(model.optimizer.variables)
