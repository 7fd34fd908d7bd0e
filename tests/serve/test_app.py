"""Following the reference under requests, and the graceful shutdown."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import ROW, Client, running, wait_until


def test_the_alias_moves_under_load(registry: ModelRegistry, live: LiveService) -> None:
    """While the alias moves, each answer to 8 clients with 200 requests belongs to one version."""
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


def test_the_schema_follows_the_version(
    registry: ModelRegistry, client: Client, table: pd.DataFrame, verdicts: list[str]
) -> None:
    """A version with other columns is validated and described by its own signature."""
    X = table[["koi_depth"]]
    registry.register_model(LogisticRegression().fit(X, verdicts), "kepler", X=X, y=verdicts)
    registry.set_alias("kepler", "champion", 3)
    wait_until(lambda: client.get("/health").json["version"] == "kepler:3")
    assert client.predict({"koi_depth": 100.0}).json["version"] == "kepler:3"
    passed = client.predict(ROW).json["passed_through"]
    assert passed.keys() == {"koi_period", "koi_num_transits"}
    document = client.get("/openapi.json").json
    assert list(document["components"]["schemas"]["Row"]["properties"]) == ["koi_depth"]
    assert document["info"]["version"] == "kepler:3"


def test_a_version_that_cannot_be_loaded_is_not_served(
    registry: ModelRegistry, client: Client
) -> None:
    """If the new version cannot be served, the old one answers and health reports why."""
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "kepler")
    registry.set_alias("kepler", "champion", 3)
    wait_until(lambda: client.get("/health").json["status"] == "degraded")
    assert "kepler:3 cannot be loaded: " in client.get("/health").json["trouble"]
    assert client.predict(ROW).json["version"] == "kepler:1"
    registry.set_alias("kepler", "champion", 2)
    wait_until(lambda: client.predict(ROW).json["version"] == "kepler:2")
    assert client.get("/health").json["trouble"] is None


def test_the_shutdown_is_graceful(live: LiveService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is stopped completes the request in progress."""
    started, go = threading.Event(), threading.Event()
    predict = live.current.predictions

    def slow(batch: Any, *, strict: bool) -> Any:
        started.set()
        assert go.wait(20)
        return predict(batch, strict=strict)

    monkeypatch.setattr(live.current, "predictions", slow)
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
