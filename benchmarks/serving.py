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
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.row import Row, Settings
from benchmarks.shared import shared_file
from benchmarks.timing import interleaved
from exo_nbregistry.exoplanet import (
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
    load_koi,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService

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
    yield from _archive_rows(settings, koi, registry)


def _archive_rows(settings: Settings, koi: Any, registry: ModelRegistry) -> Iterator[Row]:
    """Measure the answers to 1000 rows of the archive of 2026, many of them unlike the training."""
    what = "answer 1000 rows of the archive"
    path = shared_file("koi_cumulative.csv.gz")
    if not path.exists():
        yield Row.unmeasured(what, f"{path} does not exist")
        return
    rows = pd.read_csv(path).sample(1000, random_state=0)
    linear = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=2000))
    models = {"RandomForestClassifier": RandomForestClassifier(), "LogisticRegression": linear}
    for name, model in models.items():
        ref = registry.register_model(model.fit(koi.data, koi.target), f"a{name}", X=koi.data)
        service = InferenceService(registry, ref)
        frame = rows[list(koi.data.columns)]
        runs = 3 if settings.quick else 31
        ours, floor = interleaved(
            partial(service.predict, rows), partial(model.predict_proba, frame), runs=runs
        )
        yield Row(f"{what}, {name}", ours, floor, target=3.0)
        answered = service.predict(rows)["prediction"].notna().mean()
        yield Row(f"{what}, {name}: share with a prediction", answered, unit="", least=0.99)


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
