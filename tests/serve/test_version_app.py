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

import pandas as pd
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.registry import ModelRegistry
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.table_errors import TableMismatchError
from exo_nbregistry.serve.version_app import build_version_app
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
        "outside": [],
        "version": "kepler:1",
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
    assert lines.splitlines()[0] == "prediction,outside,version"


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


def body(row: dict[str, Any], **changes: object) -> bytes:
    """Return a row as JSON, with some fields changed and those that are None left out."""
    return json.dumps({k: v for k, v in {**row, **changes}.items() if v is not None}).encode()


REJECTED = {
    "a missing field": (body(ROW, koi_depth=None), 422, {"koi_depth": "is missing"}),
    "a null": (
        body(ROW).replace(b"100.0", b"null"),
        422,
        {"koi_depth": "must have a value, because the training data has no missing values"},
    ),
    "a word": (
        body(ROW, koi_period="long"),
        422,
        {"koi_period": "must be a number, not 'long'"},
    ),
    "a number as text": (
        body(ROW, koi_period="50"),
        422,
        {"koi_period": "must be a number, not '50'"},
    ),
    "a boolean": (body(ROW, koi_period=True), 422, {"koi_period": "must be a number, not True"}),
    "a fraction": (
        body(ROW, koi_num_transits=2.5),
        422,
        {"koi_num_transits": "must be a whole number that fits int64, not 2.5"},
    ),
    "an oversized number": (
        body(ROW).replace(b"100.0", b"1e999"),
        422,
        {"koi_depth": "must be a number, not inf"},
    ),
    "an oversized integer": (
        body(ROW, koi_depth=10**400),
        422,
        {"koi_depth": f"must be a number, not 1{'0' * 36}..."},
    ),
    "an oversized text": (
        body(ROW, koi_depth="9" * 10_000),
        422,
        {"koi_depth": f"must be a number, not '{'9' * 37}...'"},
    ),
    "a value out of range": (
        body(ROW, koi_num_transits=2),
        422,
        {"koi_num_transits": "is 2, outside the range of the training data, 3 to 89"},
    ),
    "an unknown field": (
        body(ROW, koi_dept=1),
        422,
        {"koi_dept": "is not a column of the model (did you mean koi_depth?)"},
    ),
    "a lone surrogate": (
        body(ROW, koi_depth="\ud800"),
        422,
        {"koi_depth": "must be a number, not '\\ud800'"},
    ),
    "a lone surrogate as a key": (
        body(ROW | {"\ud800": 1}),
        422,
        {"body": "must not have lone surrogates in its keys"},
    ),
    "several": (
        body(ROW, koi_depth=None, koi_period=[1], koi_num_transits=2),
        422,
        {
            "koi_depth": "is missing",
            "koi_period": "must be a number, not [1]",
            "koi_num_transits": "is 2, outside the range of the training data, 3 to 89",
        },
    ),
    "a field twice": (
        body(ROW).replace(b"{", b'{"koi_depth": 1.0, '),
        400,
        {"koi_depth": "is given more than once; pass one value"},
    ),
    "no object": (b"[1]", 422, {"body": "must be an object with a value for each column"}),
    "an empty body": (b"", 422, {"body": "must not be empty; send JSON or CSV"}),
}


@pytest.mark.parametrize(("content", "status", "problems"), REJECTED.values(), ids=REJECTED.keys())
def test_a_rejected_row(
    client: Client, content: bytes, status: int, problems: dict[str, str]
) -> None:
    """A missing, wrong, oversized or unknown field gets 4xx with its name."""
    answer = client.post("/predict", content)
    assert (answer.status, answer.problems) == (status, problems)
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize("content", [b"{", b'{"koi_depth": }', b"\xff", b"[" * 10_000])
def test_a_malformed_body(client: Client, content: bytes) -> None:
    """A body that is not JSON is rejected with the position, and the server continues."""
    answer = client.post("/predict", content)
    assert answer.status == 400
    assert answer.problems["body"].startswith("is not valid JSON: ")
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize(
    ("content", "kind", "status", "problems"),
    [
        (b"[]", "application/json", 422, {"body": "must have at least one row"}),
        (b"{}", "application/json", 422, {"body": "must be a list of objects"}),
        (b"[{}, 1]", "application/json", 422, {"body": "must be a list of objects; row 2 is not"}),
        (b"\n", "text/csv", 422, {"body": "must have at least one row"}),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50,20\n100,long,2_0\nx,long,20\n",
            "text/csv",
            422,
            {
                "koi_depth": "must be a number, not 'x' (row 3)",
                "koi_period": "must be a number, not 'long' (row 2 and 1 more)",
                "koi_num_transits": "must be a whole number, not '2_0' (row 2)",
            },
        ),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50\n",
            "text/csv",
            400,
            {"body": "has 2 cells in row 1, but 3 column names; send the same number"},
        ),
        (
            b"koi_depth,koi_depth\n1,2\n",
            "text/csv",
            400,
            {"koi_depth": "is given more than once; pass one value"},
        ),
        (b"koi_period\n1\n", "text/plain", 415, {"Content-Type": "must be application/json or"}),
    ],
)
def test_a_rejected_batch(
    client: Client, content: bytes, kind: str, status: int, problems: dict[str, str]
) -> None:
    """A batch is rejected whole, with all fields and rows that have problems."""
    answer = client.post("/predict/batch", content, kind)
    assert answer.status == status
    assert answer.problems.keys() == problems.keys()
    for field, text in problems.items():
        assert answer.problems[field].startswith(text)


def test_only_json_for_one_row(client: Client) -> None:
    """A row in a form is rejected by the header's name; other paths do not exist."""
    answer = client.post("/predict", body(ROW), "application/x-www-form-urlencoded")
    assert (answer.status, list(answer.problems)) == (415, ["Content-Type"])
    assert client.get("/predict").status == 405
    assert client.get("/docs").status == 404


def test_many_unknown_names(client: Client) -> None:
    """A few unknown names are listed; a body with very many is rejected before validation."""
    answer = client.predict(ROW | {f"x{n}": 1 for n in range(60)})
    assert answer.status == 422
    assert len(answer.problems) == 50
    assert answer.problems["x49"] == "is not a column of the model, and neither are 10 others"
    answer = client.predict(dict.fromkeys(map(str, range(1100)), 0))
    assert (answer.status, answer.problems) == (
        413,
        {"body": "has 1100 names; send at most 1003"},
    )
    header = ",".join(map(str, range(1100)))
    assert client.post("/predict/batch", header.encode(), "text/csv").status == 413


def test_a_rejection_by_the_model(registry: ModelRegistry) -> None:
    """A value that matches the signature, but that the model does not accept, gets 422."""
    X = pd.DataFrame({"band": ["kepler", "tess"] * 2})
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(X, [0, 1, 0, 1])
    registry.register_model(model, "bands", X=X, y=[0, 1, 0, 1])
    with running(LiveService(registry, "bands")) as port, Client(port) as client:
        assert client.predict({"band": "tess"}).json["prediction"] == 1
        answer = client.predict({"band": "gaia"})
    assert answer.status == 422
    assert answer.problems["body"].startswith("was rejected by the model: ")
    assert "gaia" in answer.problems["body"]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-5, 100),
    st.floats(),
    st.floats(1, 900),
    st.text(max_size=3),
    st.just(10**400),
    st.lists(st.integers(), max_size=1),
)
ROWS = st.dictionaries(st.sampled_from([*ROW, "other"]), VALUES).map(lambda found: {**ROW, **found})


def find_problems(service: InferenceService, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the service's own problems with rows."""
    try:
        service.check_rows(rows)
    except TableMismatchError as error:
        return dict(error.problems)
    return {}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=3))
def test_http_accepts_what_the_service_accepts(
    client: Client, live: LiveService, rows: list[dict[str, Any]]
) -> None:
    """Rows get 200 over HTTP if they match the signature, else 422 with the same problems."""
    answer = client.post("/predict/batch", json.dumps(rows).encode())
    expected = find_problems(live.current, rows)
    assert answer.status == (422 if expected else 200)
    assert not expected or answer.problems == expected


def test_the_version_is_described(client: Client) -> None:
    """The model page has the version, classes and columns; the health page the reference."""
    info = client.get("/model").json
    assert (info["version"], info["algorithm"]) == ("kepler:1", "LogisticRegression")
    assert info["classes"] == ["CONFIRMED", "FALSE POSITIVE"]
    assert [column["name"] for column in info["columns"]] == list(ROW)
    assert [column["may_be_missing"] for column in info["columns"]] == [False, True, False]
    assert client.get("/health").json == {
        "status": "ok",
        "reference": "kepler@champion",
        "version": "kepler:1",
        "trouble": None,
    }


def test_a_replaced_version_is_freed(registry: ModelRegistry) -> None:
    """A server that follows many versions does not hold their models, nor endpoints schemas."""
    models: list[weakref.ref[Any]] = []

    async def requests(app: FastAPI) -> None:
        assert (await request(app, "POST", "/predict", json.dumps(ROW).encode())).status == 200
        assert (await request(app, "POST", "/predict", b"{}")).status == 422
        assert (await request(app, "GET", "/openapi.json")).status == 200

    live = LiveService(registry, "kepler:1")
    for _ in range(3):
        live.current = InferenceService(registry, "kepler:1")
        app = build_version_app(live, Limits(), asyncio.to_thread)
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
