"""States of this package's own classes in files of unknown signers."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.inference.bundle import Bundle, bundle
from exo_nbregistry.restricted.load import load_restricted
from exo_nbregistry.restricted.rejection import Rejection
from tests.security.stream import build, name, new, stream

X = [[0.0], [1.0], [2.0], [3.0]]


def model() -> Bundle:
    """Return a bundle."""
    fitted = LogisticRegression().fit(np.sign(X), [0, 1, 1, 1])
    return bundle(("sign", np.sign), ("model", [fitted, fitted]), decode=["dust", "planet"])


def load(data: bytes) -> Any:
    """Load a file of an unknown signer."""
    return load_restricted(io.BytesIO(data))


def test_a_bundle_loads() -> None:
    """A bundle of a function and a list of models predicts as before."""
    before = model()
    after = load(pickle.dumps(before))
    assert type(after) is Bundle
    assert after.predict(X).tolist() == before.predict(X).tolist()
    assert after.keys() == before.keys()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "1"},
        {"steps": ()},
        {"steps": []},
        {"steps": [("a", 1, 2)]},
        {"steps": [(1, 2)]},
        {"labels": 5},
        {"features": "depth"},
        {"names": ["depth"]},
        {"threshold": "0.5"},
        {"facts": [None, None, False]},
        {"facts": (None,)},
        {"items": []},
        {"predict": None},
    ],
)
def test_a_damaged_bundle_is_rejected(change: dict[str, Any]) -> None:
    """Each part of the state has its type, and other parts are rejected."""
    state = {
        "state": 1,
        "steps": [("model", 1)],
        "decode": None,
        "labels": None,
        "features": None,
        "names": None,
        "threshold": None,
        "facts": (None, None, False),
        "items": {},
    }
    cls = name("exo_nbregistry.inference.bundle", "Bundle")
    assert load(stream(build(new(cls), state))).steps == [("model", 1)]
    with pytest.raises(Rejection, match="The state of Bundle is damaged"):
        load(stream(build(new(cls), state | change)))


@pytest.mark.parametrize("state", [{}, {"state": 1}, {"state": 1, "models": 2, "facts": ()}, [1]])
def test_a_damaged_mean_is_rejected(state: Any) -> None:
    """The state of a mean of models has its parts too."""
    cls = name("exo_nbregistry.inference.mean_of_models", "MeanOfModels")
    with pytest.raises(Rejection, match="The state of MeanOfModels is damaged"):
        load(stream(build(new(cls), state)))


def test_a_step_cannot_be_any_function() -> None:
    """A bundle calls its steps, so they can only be functions that a model may hold."""
    before = model()
    before.steps[0] = ("sign", pickle.loads)
    with pytest.raises(Rejection, match="not on the list"):
        load(pickle.dumps(before))
    before.steps[0] = ("sign", LogisticRegression)
    with pytest.raises(Rejection, match="may not store"):
        load(pickle.dumps(before))
