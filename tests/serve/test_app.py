"""The server over real HTTP: what it answers, what it refuses and how, whom it serves."""

from __future__ import annotations

import csv
import io
import json
import math
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.registry import ModelRegistry
from exo_nbregistry.serve import app as module
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import Client, running, wait_until

MOST_BYTES, MOST_ROWS = 20_000, 50


@pytest.fixture
def live(registry: ModelRegistry) -> LiveService:
    """Serve the champion."""
    return LiveService(registry, "kepler@champion")


@pytest.fixture
def port(live: LiveService) -> Iterator[int]:
    """Run a server without a token, with small limits."""
    with running(live, max_bytes=MOST_BYTES, max_rows=MOST_ROWS) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    """Ask that server."""
    with Client(port) as client:
        yield client


def test_one_row(client: Client, live: LiveService, row: dict[str, Any]) -> None:
    """A row as JSON gets what the service says of it, to the last digit."""
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
    """A list of rows gets a list of answers; null is a missing value."""
    rows = table.head(20).astype(object).where(table.notna(), None).to_dict("records")
    assert rows[0]["koi_period"] is None
    answer = client.post("/predict/batch", json.dumps(rows).encode())
    assert answer.json["version"] == "kepler:1"
    expected = live.current.predict(table.head(20))
    assert [item["prediction"] for item in answer.json["answers"]] == list(expected["prediction"])
    assert [item["probability"] for item in answer.json["answers"]] == list(expected["probability"])


def test_a_batch_of_csv(client: Client, live: LiveService, table: pd.DataFrame) -> None:
    """A CSV gets a CSV, row by row; an empty cell is a missing value."""
    asked = table.head(20)[["koi_num_transits", "koi_period", "koi_depth"]]
    answer = client.post("/predict/batch", asked.to_csv(index=False).encode(), "text/csv")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    expected = live.current.predict(asked)
    assert [line["prediction"] for line in lines] == list(expected["prediction"])
    shares = [float(line["probability_CONFIRMED"]) for line in lines]
    assert shares == list(expected["probability_CONFIRMED"])
    assert {line["version"] for line in lines} == {"kepler:1"}


def body(row: dict[str, Any], **changes: object) -> bytes:
    """Return a row as JSON, with some fields changed and those that are None left out."""
    return json.dumps({k: v for k, v in {**row, **changes}.items() if v is not None}).encode()


ROW = {"koi_depth": 100.0, "koi_period": 50.0, "koi_num_transits": 20}
REFUSED = {
    "a missing field": (body(ROW, koi_depth=None), 422, {"koi_depth": "is missing"}),
    "a null": (
        body(ROW).replace(b"100.0", b"null"),
        422,
        {"koi_depth": "is missing a value, and the training data had one in every row"},
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
    "an oversized text": (
        body(ROW, koi_depth="9" * 10_000),
        422,
        {"koi_depth": f"must be a number, not '{'9' * 37}...'"},
    ),
    "an unknown field": (
        body(ROW, koi_dept=1),
        422,
        {"koi_dept": "is none of its columns (did you mean koi_depth?)"},
    ),
    "several": (
        body(ROW, koi_depth=None, koi_period=[1]),
        422,
        {"koi_depth": "is missing", "koi_period": "must be a number, not [1]"},
    ),
    "a field twice": (
        body(ROW).replace(b"{", b'{"koi_depth": 1.0, '),
        400,
        {"koi_depth": "comes twice: which one counts is not known"},
    ),
    "no object": (b"[1]", 422, {"body": "must be an object with a value for each feature"}),
}


@pytest.mark.parametrize(("content", "status", "faults"), REFUSED.values(), ids=REFUSED.keys())
def test_a_row_that_is_refused(
    client: Client, content: bytes, status: int, faults: dict[str, str]
) -> None:
    """A field that is missing, of the wrong type, too large or unknown gets 4xx with its name."""
    answer = client.post("/predict", content)
    assert (answer.status, answer.faults) == (status, faults)
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize("content", [b"", b"{", b'{"koi_depth": }', b"\xff", b"[" * 10_000])
def test_a_malformed_body(client: Client, content: bytes) -> None:
    """A body that is no JSON is refused with where it broke, and the server goes on."""
    answer = client.post("/predict", content)
    assert answer.status == 400
    assert answer.faults["body"].startswith("is no JSON: ")
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize("path", ["/predict", "/predict/batch"])
@pytest.mark.parametrize("told", [True, False])
def test_an_oversized_body(port: int, path: str, told: bool) -> None:
    """A body beyond the limit gets 413, whether its length was told before or not."""
    content = b" " * (MOST_BYTES + 1)
    with Client(port) as client:
        answer = client.post(path, content if told else iter([content]))  # type: ignore[arg-type]
    assert answer.status == 413
    assert f"more than {MOST_BYTES}" in answer.faults["body"]


def test_an_oversized_batch(client: Client) -> None:
    """A batch beyond the limit gets 413; one as long as the limit is answered."""
    heading, line = "koi_depth,koi_period,koi_num_transits\n", "100,50,20\n"
    for extra, status in ((0, 200), (1, 413)):
        rows = json.dumps([ROW] * (MOST_ROWS + extra)).encode()
        table = (heading + line * (MOST_ROWS + extra)).encode()
        assert client.post("/predict/batch", rows).status == status
        assert client.post("/predict/batch", table, "text/csv").status == status


@pytest.mark.parametrize(
    ("content", "kind", "status", "faults"),
    [
        (b"[]", "application/json", 422, {"body": "has no rows"}),
        (b"{}", "application/json", 422, {"body": "must be a list of objects"}),
        (b"", "text/csv", 422, {"body": "has no rows"}),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50,20\n100,long,2_0\n",
            "text/csv",
            422,
            {
                "koi_period": "must be a number, not 'long', in row 2",
                "koi_num_transits": "must be a whole number, not '2_0', in row 2",
            },
        ),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50\n",
            "text/csv",
            400,
            {"body": "has 2 cells in row 1, and its heading has 3"},
        ),
        (
            b"koi_depth,koi_depth\n1,2\n",
            "text/csv",
            400,
            {"koi_depth": "comes twice: which one counts is not known"},
        ),
        (b"koi_period\n1\n", "text/plain", 415, {"Content-Type": "must be application/json or"}),
    ],
)
def test_a_batch_that_is_refused(
    client: Client, content: bytes, kind: str, status: int, faults: dict[str, str]
) -> None:
    """A batch is refused whole, with the fields and rows that are at fault."""
    answer = client.post("/predict/batch", content, kind)
    assert answer.status == status
    assert answer.faults.keys() == faults.keys()
    assert all(answer.faults[field].startswith(text) for field, text in faults.items())


def test_only_json_and_only_plain(client: Client) -> None:
    """A row in a form or compressed is refused by the header's name; other paths do not exist."""
    answer = client.post("/predict", body(ROW), "application/x-www-form-urlencoded")
    assert (answer.status, list(answer.faults)) == (415, ["Content-Type"])
    answer = client.post("/predict", body(ROW), **{"Content-Encoding": "gzip"})
    assert (answer.status, list(answer.faults)) == (415, ["Content-Encoding"])
    assert client.get("/predict").status == 405
    assert client.get("/docs").status == 404


def test_what_only_the_model_can_refuse(registry: ModelRegistry) -> None:
    """What the signature lets through and the model does not take is the client's fault too."""
    X = pd.DataFrame({"band": ["kepler", "tess"] * 2})
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(X, [0, 1, 0, 1])
    registry.register_model(model, "bands", X=X, y=[0, 1, 0, 1])
    with running(LiveService(registry, "bands")) as port, Client(port) as client:
        assert client.predict({"band": "tess"}).json["prediction"] == 1
        answer = client.predict({"band": "gaia"})
    assert answer.status == 422
    assert "gaia" in answer.faults["body"]


def send_half(port: int) -> socket.socket:
    """Promise a body, send the head and one byte of it, and return the connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: 99\r\n\r\n{{".encode())
    return connection


def test_a_body_that_does_not_come(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever promises a body and sends none is not waited for."""
    monkeypatch.setattr(module, "_BODY_S", 0.05)
    with send_half(port) as connection:
        answer = b""
        while more := connection.recv(1 << 16):
            answer += more
            if b"did not come within" in answer:
                break
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not come within" in answer


def test_a_client_that_hangs_up(capfd: pytest.CaptureFixture[str], live: LiveService) -> None:
    """A client that goes before its body has come is no error of the server's."""
    with running(live) as port, Client(port) as client:
        send_half(port).close()
        assert client.predict(ROW).status == 200
    assert capfd.readouterr().err == ""


def test_what_is_served_is_told(client: Client) -> None:
    """The model page has version, classes and columns; the health page the reference."""
    told = client.get("/model").json
    assert (told["version"], told["algorithm"]) == ("kepler:1", "LogisticRegression")
    assert told["classes"] == ["CONFIRMED", "FALSE POSITIVE"]
    assert [column["name"] for column in told["columns"]] == list(ROW)
    assert [column["may_be_missing"] for column in told["columns"]] == [False, True, False]
    assert client.get("/health").json == {
        "status": "ok",
        "reference": "kepler@champion",
        "version": "kepler:1",
        "trouble": None,
    }


def test_a_metric_that_is_no_number(registry: ModelRegistry, table: pd.DataFrame) -> None:
    """A metric that is NaN or infinite is null, for JSON has no word for it."""
    X = table[["koi_depth"]]
    model = LogisticRegression().fit(X, [0, 1] * 40)
    metrics = {"a": math.nan, "b": math.inf, "c": 0.5}
    registry.register_model(model, "odd", evaluation_results=metrics, X=X)
    with running(LiveService(registry, "odd")) as port, Client(port) as client:
        assert client.get("/model").json["metrics"] == {"a": None, "b": None, "c": 0.5}


def test_the_description_is_the_signature(client: Client, table: pd.DataFrame) -> None:
    """The OpenAPI document has the columns with kinds and ranges, and a row that is answered."""
    document = client.get("/openapi.json").json
    row = document["components"]["schemas"]["Row"]
    assert row["required"] == list(table.columns)
    assert row["additionalProperties"] is False
    assert row["properties"]["koi_depth"] == {
        "type": "number",
        "minimum": table["koi_depth"].min(),
        "maximum": table["koi_depth"].max(),
    }
    assert row["properties"]["koi_period"]["type"] == ["number", "null"]
    assert row["properties"]["koi_num_transits"]["type"] == "integer"
    (example,) = row["examples"]
    posted = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert posted["example"] == example
    assert client.predict(example).status == 200
    assert document["info"]["version"] == "kepler:1"
    assert "security" not in document
    paths = set(document["paths"])
    assert paths == {"/predict", "/predict/batch", "/model", "/health"}


def test_no_token_no_answer(live: LiveService) -> None:
    """With a token set, every page but with that token is 401 and says nothing of the model."""
    with running(live, token="open sesame") as port:
        wrong = (
            {},
            *({"Authorization": text} for text in ("open sesame", "Bearer open", "Bearer")),
        )
        for headers in (*wrong, {"Authorization": "Basic open sesame"}):
            with Client(port, headers) as client:
                answers = [
                    client.get(path) for path in ("/model", "/health", "/openapi.json", "/x")
                ]
                answers.append(client.predict(ROW))
            assert {answer.status for answer in answers} == {401}
            assert not any(b"kepler" in answer.content for answer in answers)
            assert answers[0].headers["www-authenticate"] == "Bearer"
        with Client(port, {"Authorization": "Bearer open sesame"}) as client:
            assert client.predict(ROW).status == 200
            assert client.get("/openapi.json").json["security"] == [{"token": []}]


def test_a_page_in_a_browser_cannot_ask_by_another_name(live: LiveService) -> None:
    """Without a token only names of this machine are answered: a rebound name is refused."""
    with running(live, local_names_only=True) as port, Client(port) as client:
        assert client.get("/health").status == 200
        for host in (f"localhost:{port}", "[::1]", "127.0.0.1"):
            assert client.get("/health", Host=host).status == 200
        for host in (f"evil.example:{port}", "localhost.evil.example", ""):
            answer = client.get("/health", Host=host)
            assert (answer.status, list(answer.faults)) == (403, ["Host"])


def test_extrapolation_is_told(registry: ModelRegistry) -> None:
    """A server that extrapolates names the columns out of range, and promises no ranges."""
    live = LiveService(registry, "kepler:1", extrapolate=True)
    with running(live, extrapolate=True) as port, Client(port) as client:
        assert client.predict(ROW | {"koi_depth": 1e6}).json["outside"] == ["koi_depth"]
        row = client.get("/openapi.json").json["components"]["schemas"]["Row"]
        assert row["properties"]["koi_depth"] == {"type": "number"}


def test_the_alias_moves_under_load(registry: ModelRegistry, live: LiveService) -> None:
    """8 clients x 200 requests while the alias moves: no error, and each names its version."""
    expected = {
        version: LiveService(registry, version).current.predict(ROW).probability
        for version in ("kepler:1", "kepler:2")
    }
    assert expected["kepler:1"] != expected["kepler:2"]
    done = threading.Event()

    def move() -> None:
        number = 1
        while not done.wait(0.1):
            number = 3 - number
            registry.set_alias("kepler", "champion", number)

    def ask(_client: int) -> list[tuple[int, str, float]]:
        with Client(port) as client:
            answers = [client.predict(ROW) for _ in range(200)]
        return [(a.status, a.json["version"], a.json["probability"]) for a in answers]

    with running(live) as port:
        mover = threading.Thread(target=move)
        mover.start()
        with ThreadPoolExecutor(8) as pool:
            answers = [answer for found in pool.map(ask, range(8)) for answer in found]
        done.set()
        mover.join()
    assert len(answers) == 1600
    assert {status for status, _, _ in answers} == {200}
    assert {version for _, version, _ in answers} == {"kepler:1", "kepler:2"}
    assert {(version, share) for _, version, share in answers} == set(expected.items())


def test_what_cannot_be_loaded_is_not_switched_to(registry: ModelRegistry, client: Client) -> None:
    """If the alias moves to what cannot be served, the old version answers and health says why."""
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "kepler")
    registry.set_alias("kepler", "champion", 3)
    wait_until(lambda: client.get("/health").json["status"] == "degraded")
    assert "kepler:3 is not served: " in client.get("/health").json["trouble"]
    assert client.predict(ROW).json["version"] == "kepler:1"
    registry.set_alias("kepler", "champion", 2)
    wait_until(lambda: client.predict(ROW).json["version"] == "kepler:2")
    assert client.get("/health").json["trouble"] is None


def test_the_end_is_graceful(live: LiveService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is told to stop finishes the answer that is under way."""
    started, go = threading.Event(), threading.Event()
    predict = live.current.predict_rows

    def slow(rows: Any) -> Any:
        started.set()
        assert go.wait(20)
        return predict(rows)

    monkeypatch.setattr(live.current, "predict_rows", slow)
    with ThreadPoolExecutor(1) as pool:
        with running(live) as port:
            client = Client(port)
            answer = pool.submit(client.predict, ROW)
            assert started.wait(20)
            threading.Timer(0.2, go.set).start()
        with client:
            assert answer.result().json["version"] == "kepler:1"
    with pytest.raises(ConnectionError):
        Client(port).get("/health")
