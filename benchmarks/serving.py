"""Requests to the server, against `predict_proba` of the same model in this process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved
from exo_nbregistry.exoplanet import (
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
    load_koi,
)
from exo_nbregistry.registry.facade import ModelRegistry

_MAIN = "from exo_nbregistry.cli import main; main()"
_TIMES, _EXTRA_S = 3, 5e-3


def measure(settings: Settings) -> Iterator[Row]:
    """Measure requests of one row and of 1000 rows, on one connection to a server process."""
    koi = load_koi()
    X, y = (koi.data[::20], koi.target[::20]) if settings.quick else (koi.data, koi.target)
    registry = ModelRegistry(settings.folder / "registry")
    for model in _models(settings.quick):
        name = type(model).__name__
        registry.register_model(model.fit(X, y), name, X=X, y=y)
        with _serving(Path(registry.location), name) as connection:
            runs = 3 if settings.quick else 301
            ours, floor = _timed(connection, registry, name, X.iloc[:1], runs=runs)
            # The target has two parts, which one ratio cannot express.
            holds = ours <= _TIMES * floor + _EXTRA_S
            yield Row(f"serve one row, {name}: at most 3 x floor + 5 ms", ours, floor, holds=holds)
            runs = 3 if settings.quick else 31
            ours, floor = _timed(connection, registry, name, X.iloc[:1000], runs=runs)
            yield Row(f"serve 1000 rows, {name}", ours, floor)


def _models(quick: bool) -> list[Any]:
    if quick:
        return [RandomForestClassifier(n_estimators=2)]
    return [RandomForestClassifier(), NeuralNetworkClassifier(), SVMClassifier()]


def _timed(
    connection: http.client.HTTPConnection,
    registry: ModelRegistry,
    name: str,
    rows: Any,
    *,
    runs: int,
) -> tuple[float, float]:
    model, _ = registry.load_model(name)
    body = rows.to_json(orient="records", double_precision=15).encode()
    path = "/predict/batch"
    if len(rows) == 1:
        path, body = "/predict", body[1:-1]

    def request() -> None:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"The server rejected the rows: {answer}")

    return interleaved(request, lambda: model.predict_proba(rows), runs=runs)


@contextmanager
def _serving(registry: Path, ref: str) -> Iterator[http.client.HTTPConnection]:
    """Run ``exo-nbregistry serve`` on a free port while the block runs."""
    command = [sys.executable, "-c", _MAIN, "serve", ref, "--port", "0"]
    with subprocess.Popen(
        [*command, "--registry", str(registry)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            yield connection
            connection.close()
        finally:
            server.send_signal(signal.SIGTERM)
