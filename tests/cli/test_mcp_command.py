"""The command that answers agents."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_a_missing_registry_is_an_error(run: Run) -> None:
    """The command does not start without a registry."""
    done = run("mcp", "--registry", "missing")
    assert done.exit_code == 1
    assert "missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_library_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the SDK, the error has the line that installs it."""
    monkeypatch.delitem(sys.modules, "exo_nbregistry.agents.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    done = run("mcp")
    assert done.exit_code == 1
    assert "pip install 'exo-nbregistry[mcp]'" in done.stderr


def test_the_command_is_described(run: Run) -> None:
    """The help states that the agent cannot change the registry."""
    assert "cannot change the registry" in " ".join(run("mcp", "--help").stdout.split())
