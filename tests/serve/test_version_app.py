"""Predictions and rejections over HTTP, and the descriptions of the version."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import json
import math
import weakref
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi import FastAPI
from sklearn.linear_model import LinearRegression, LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.responses import model_info
from exo_nbregistry.serve.version_app import build_version_app
from tests.serve.conftest import classifier
from tests.serve.live_server import ROW, Answer, Client, running


def test_one_row(client: Client, live: LiveService, row: dict[str, Any]) -> None:
    """A row as JSON gets the service's prediction, to the last digit."""
    expected = live.current.predict(row)
    answer = client.predict(row)
    assert answer.status == 200
    assert answer.json == {
        "prediction": "CONFIRMED",
        "probability": expected.probability,
        "probabilities": expected.probabilities,
        "model_probability": None,
        "status": "ok",
        "problems": [],
        "n_problems": 0,
        "outside": [],
        "passed_through": {},
        "version": "kepler:1",
        "threshold": None,
        "pos_label": None,
        "calibration": None,
    }


def test_a_batch_of_json(client: Client, live: LiveService, table: pd.DataFrame) -> None:
    """A list of rows gets a list of answers; null and NaN are missing values."""
    rows = table.head(20).astype(object).where(table.notna(), None).to_dict("records")
    assert rows[1]["koi_period"] is None
    body = json.dumps(rows)
    answer = client.post("/predict/batch", body.encode())
    assert answer.json["version"] == "kepler:1"
    expected = live.current.predict(table.head(20))
    assert [item["prediction"] for item in answer.json["answers"]] == list(expected["prediction"])
    assert [item["probability"] for item in answer.json["answers"]] == list(expected["probability"])
    assert client.post("/predict/batch", body.replace("null", "NaN").encode()).json == answer.json


def test_a_batch_of_csv(client: Client, live: LiveService, table: pd.DataFrame) -> None:
    """A CSV gets a CSV, row by row; an empty cell is a missing value."""
    sent = table.head(20)[["koi_num_transits", "koi_period", "koi_depth"]]
    answer = client.post("/predict/batch", sent.to_csv(index=False).encode(), "text/csv")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    expected = live.current.predict(sent)
    assert [line["prediction"] for line in lines] == list(expected["prediction"])
    shares = [float(line["probability_CONFIRMED"]) for line in lines]
    assert shares == list(expected["probability_CONFIRMED"])
    assert {line["version"] for line in lines} == {"kepler:1"}


def test_a_regressor(registry: ModelRegistry, table: pd.DataFrame) -> None:
    """A regressor answers with its value alone."""
    X = table[["koi_depth"]]
    model = LinearRegression().fit(X, X["koi_depth"] * 2)
    registry.register_model(model, "line", X=X, y=X["koi_depth"] * 2)
    with running(LiveService(registry, "line")) as port, Client(port) as client:
        answer = client.predict({"koi_depth": 100}).json
        lines = client.post("/predict/batch", b"koi_depth\n100\n", "text/csv").content.decode()
    assert answer["prediction"] == pytest.approx(200)
    assert (answer["probability"], answer["probabilities"]) == (None, {})
    assert lines.splitlines()[0] == "prediction,status,outside,problems,version"


def test_only_json_for_one_row(client: Client) -> None:
    """A row in a form is rejected by the header's name, with the address for CSV."""
    answer = client.post("/predict", b"koi_depth=1", "application/x-www-form-urlencoded")
    assert (answer.status, list(answer.problems)) == (415, ["Content-Type"])
    assert answer.problems["Content-Type"] == "must be application/json; send CSV to /predict/batch"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/predict", 405, "does not support GET; use POST /predict, POST /predict/batch"),
        ("/docs", 404, "is not an address of this server; use POST /predict"),
        ("/", 404, "is not an address of this server; use POST /predict"),
    ],
)
def test_an_unknown_address(client: Client, path: str, status: int, message: str) -> None:
    """The answer to an unknown address, or to a wrong method, names the addresses."""
    answer = client.get(path)
    assert answer.status == status
    assert answer.problems[path].startswith(message)


def test_a_body_without_any_column(client: Client) -> None:
    """An object without any column of the model is not a row: the answer names the columns."""
    answer = client.post("/predict", b'{"data": [[1, 2, 3]]}')
    assert (answer.status, answer.problems) == (
        422,
        {"body": "has none of the columns of the model: koi_depth, koi_period, koi_num_transits"},
    )


def test_the_version_is_described(client: Client) -> None:
    """The model page has the version, classes and columns; the health page the reference."""
    info = client.get("/model").json
    assert (info["version"], info["algorithm"]) == ("kepler:1", "LogisticRegression")
    assert info["classes"] == ["CONFIRMED", "FALSE POSITIVE"]
    assert (info["pos_label"], info["threshold"]) == (None, None)
    assert [column["name"] for column in info["columns"]] == list(ROW)
    assert [column["may_be_missing"] for column in info["columns"]] == [False, True, False]
    assert client.get("/health").json == {
        "status": "ok",
        "reference": "kepler@champion",
        "version": "kepler:1",
        "trouble": None,
    }


def test_the_threshold_is_described(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: np.ndarray
) -> None:
    """The description has the positive class and the threshold of the version."""
    options: dict[str, Any] = {"pos_label": "CONFIRMED", "threshold": 0.3}
    registry.register_model(
        classifier().fit(table, verdicts),
        "strict",
        X=table,
        X_test=table,
        y_test=verdicts,
        **options,
    )
    info = model_info(InferenceService(registry, "strict"))
    assert {"pos_label": info.pos_label, "threshold": info.threshold} == options


def test_a_replaced_version_is_freed(registry: ModelRegistry) -> None:
    """A server that follows many versions does not hold their models, nor endpoints schemas."""
    models: list[weakref.ref[Any]] = []

    async def requests(app: FastAPI) -> None:
        assert (await request(app, "POST", "/predict", json.dumps(ROW).encode())).status == 200
        assert (await request(app, "POST", "/predict", b"[]")).status == 422
        assert (await request(app, "GET", "/openapi.json")).status == 200

    live = LiveService(registry, "kepler:1")
    for _ in range(3):
        live.current = InferenceService(registry, "kepler:1")
        app = build_version_app(live.current, live, Limits(), asyncio.to_thread)
        models.append(weakref.ref(live.current))
        asyncio.run(requests(app))
    endpoints = [route.endpoint for route in app.routes if "/predict" in getattr(route, "path", "")]
    assert [endpoint.__annotations__ for endpoint in endpoints] == [{}, {}]
    del app
    gc.collect()
    assert [ref() is not None for ref in models] == [False, False, True]


async def request(app: FastAPI, method: str, path: str, body: bytes = b"") -> Answer:
    """Send one request to an application, without a server."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": method, "path": path, "query_string": b""}
    await app(scope | {"headers": headers}, receive, send)
    return Answer(sent[0]["status"], {}, sent[1]["body"])


def test_a_metric_that_json_cannot_hold(registry: ModelRegistry, table: pd.DataFrame) -> None:
    """A metric that is NaN or infinite is null, because JSON has neither."""
    X = table[["koi_depth"]]
    model = LogisticRegression().fit(X, [0, 1] * 40)
    metrics = {"a": math.nan, "b": math.inf, "c": 0.5}
    registry.register_model(model, "odd", evaluation_results=metrics, X=X)
    with running(LiveService(registry, "odd")) as port, Client(port) as client:
        assert client.get("/model").json["metrics"] == {"a": None, "b": None, "c": 0.5}
