"""One answer of the server, against the same model's bare predict_proba in this process."""

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
    """Ask a server in a process of its own for one row, again and again, on one connection."""
    koi = load_koi()
    X, y = (koi.data[::20], koi.target[::20]) if settings.quick else (koi.data, koi.target)
    registry = ModelRegistry(settings.folder / "registry")
    for model in _models(settings.quick):
        name = type(model).__name__
        registry.register_model(model.fit(X, y), name, X=X, y=y)
        ours, floor = _timed(registry, name, X.iloc[[0]], runs=3 if settings.quick else 301)
        # A promise of two parts, which no ratio tells.
        holds = ours <= _TIMES * floor + _EXTRA_S
        yield Row(f"serve one row, {name}: at most 3 x floor + 5 ms", ours, floor, holds=holds)


def _models(quick: bool) -> list[Any]:
    if quick:
        return [RandomForestClassifier(n_estimators=2)]
    return [RandomForestClassifier(), NeuralNetworkClassifier(), SVMClassifier()]


def _timed(registry: ModelRegistry, name: str, row: Any, *, runs: int) -> tuple[float, float]:
    model, _ = registry.load_model(name)
    body = row.to_json(orient="records", double_precision=15)[1:-1].encode()
    with _serving(Path(registry.location), name) as connection:

        def ask() -> None:
            connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status != 200:
                raise RuntimeError(f"The server refused the row: {answer}")

        return interleaved(ask, lambda: model.predict_proba(row), runs=runs)


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
