"""Predictions that the model rejects, or that JSON cannot hold."""

from __future__ import annotations

import math

import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import Client, running


def test_a_prediction_that_json_cannot_hold(registry: ModelRegistry) -> None:
    """An infinite prediction is null."""
    X = pd.DataFrame({"koi_depth": [0.0, 1.0]})
    model = LinearRegression().fit(X, [0, 1])
    model.intercept_ = math.inf
    registry.register_model(model, "line", X=X, y=[0, 1])
    with running(LiveService(registry, "line")) as port, Client(port) as client:
        answer = client.predict({"koi_depth": 1.0})
        assert (answer.status, answer.json["prediction"]) == (200, None)
        assert client.post("/predict/batch", b'[{"koi_depth": 1.0}]').status == 200


def test_a_rejection_by_the_model(registry: ModelRegistry) -> None:
    """A value that the model does not accept gets its reason, and 422 with strict."""
    X = pd.DataFrame({"band": ["kepler", "tess"] * 2})
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(X, [0, 1, 0, 1])
    registry.register_model(model, "bands", X=X, y=[0, 1, 0, 1])
    with running(LiveService(registry, "bands")) as port, Client(port) as client:
        assert client.predict({"band": "tess"}).json["prediction"] == 1
        answer = client.predict({"band": "gaia"})
        strict = client.predict({"band": "gaia"}, strict=True)
    assert (answer.status, answer.json["status"]) == (200, "invalid")
    assert "was rejected by the model: " in answer.json["problems"][0]["message"]
    assert strict.status == 422
    assert strict.problems["body"].startswith("was rejected by the model: ")
    assert "gaia" in strict.problems["body"]
