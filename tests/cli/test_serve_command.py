"""The serve command: its process, token, shutdown and missing extra."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from exo_nbregistry.cli import main; main()"


@pytest.fixture
def served(registry: ModelRegistry) -> str:
    """Register a model to serve."""
    X = pd.DataFrame({"koi_depth": [10.0, 20.0, 900.0, 950.0]})
    model = LogisticRegression().fit(X, [0, 0, 1, 1])
    return registry.register_model(model, "deep", X=X, y=[0, 0, 1, 1])


@contextlib.contextmanager
def serving(registry: ModelRegistry, *arguments: str) -> Iterator[tuple[Any, list[str]]]:
    """Run the command; yield its process and the lines up to the one with the address."""
    command = [sys.executable, "-c", MAIN, "--registry", registry.location, "serve", *arguments]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            lines = []
            while not lines or not lines[-1].startswith("Serving "):
                lines.append(process.stdout.readline())
                assert lines[-1], process.stderr.read()
            yield process, lines
        finally:
            process.kill()


def ask(address: str, depth: float, **headers: str) -> tuple[int, Any]:
    """Send one row to the server at the end of a line."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(address.rpartition(":")[2]), timeout=30
    )
    headers = {"Content-Type": "application/json"} | headers
    connection.request("POST", "/predict", json.dumps({"koi_depth": depth}), headers)
    with contextlib.closing(connection), connection.getresponse() as response:
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(
    registry: ModelRegistry, served: str, how: signal.Signals
) -> None:
    """The command prints its address, answers, and stops on Ctrl-C or SIGTERM without output."""
    with serving(registry, "deep", "--port", "0") as (process, lines):
        assert lines[-1].startswith("Serving deep:1 at http://127.0.0.1:")
        status, answer = ask(lines[-1], 901.0)
        assert (status, answer["prediction"], answer["version"]) == (200, 1, "deep:1")
        process.send_signal(how)
        assert process.wait(30) in (0, -how)
        assert process.stderr.read() == ""


def test_a_token_by_default_on_public_addresses(registry: ModelRegistry, served: str) -> None:
    """On all interfaces a token is generated, printed and required."""
    with serving(registry, "deep", "--port", "0", "--host", "0.0.0.0") as (_, lines):
        (token,) = [line.split()[-1] for line in lines if "Bearer" in line]
        assert ask(lines[-1], 901.0)[0] == 401
        assert ask(lines[-1], 901.0, Authorization=f"Bearer {token}x")[0] == 401
        assert ask(lines[-1], 901.0, Authorization=f"Bearer {token}")[0] == 200


def test_a_token_on_request(registry: ModelRegistry, served: str) -> None:
    """Options require or omit the token, against the default."""
    with serving(registry, "deep", "--port", "0", "--require-token") as (_, lines):
        assert ask(lines[-1], 901.0)[0] == 401
    options = ("--host", "0.0.0.0", "--no-require-token")
    with serving(registry, "deep", "--port", "0", *options) as (_, lines):
        assert len(lines) == 1
        assert ask(lines[-1], 901.0)[0] == 200


def test_limits_are_set_by_options(registry: ModelRegistry, served: str) -> None:
    """The largest body and extrapolation are set by options."""
    options = ("--max-body", "30", "--extrapolate", "--port", "0")
    with serving(registry, "deep", *options) as (_, lines):
        status, answer = ask(lines[-1], 9999.0)
        assert (status, answer["outside"]) == (200, ["koi_depth"])
        assert ask(lines[-1], 1.2345678901234567e-300)[0] == 413


def test_limits_of_connections_are_set_by_options(
    run: Callable[..., Result], served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each option of connections reaches the server; without options, the defaults do."""
    passed: list[Limits] = []
    monkeypatch.setattr(
        "exo_nbregistry.serve.server.run_server",
        lambda _live, limits, **_address: passed.append(limits),
    )
    options = ("--max-connections", "7", "--header-timeout", "1.5", "--body-timeout", "2.5")
    assert run("serve", "deep", *options, "--keep-alive", "0.5").exit_code == 0
    assert run("serve", "deep").exit_code == 0
    limits, defaults = passed
    assert (limits.max_connections, limits.header_timeout_s) == (7, 1.5)
    assert (limits.body_timeout_s, limits.keep_alive_s) == (2.5, 0.5)
    assert defaults == Limits(local_names_only=True)
    assert run("serve", "deep", "--header-timeout", "0").exit_code == 2


def test_a_missing_extra(registry: ModelRegistry, served: str) -> None:
    """Without FastAPI, one line names the command that installs it."""
    code = f"import sys; sys.modules['fastapi'] = None; {MAIN}"
    command = [sys.executable, "-c", code, "--registry", registry.location, "serve", "deep"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: Serving requires fastapi: pip install 'exo-nbregistry[serve]'.\n"
    )


def test_a_version_that_cannot_be_served(run: Callable[..., Result], served: str) -> None:
    """A missing version, or one without a signature, is a one-line error and exit code 1."""
    for ref, words in (("deep:9", "no version 9"), ("kepler:1", "cannot predict tables")):
        done = run("serve", ref)
        assert done.exit_code == 1
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
