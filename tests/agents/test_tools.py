"""The tools that a Jupyter server discovers."""

from __future__ import annotations

import inspect
import json
import tomllib
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import get_type_hints

import pytest

from exo_nbregistry.agents.tools import TOOLS, tool_names
from exo_nbregistry.registry.facade import ModelRegistry

ROOT = Path(__file__).resolve().parents[2]
GROUP = "jupyter_server_mcp.tools"
CALLS = {
    "show_model_version": {"ref": "kepler_rf"},
    "compare_model_versions": {"refs": ["kepler_rf:1", "kepler_rf:2"]},
    "model_history": {"ref": "kepler_rf"},
    "code_to_load_model": {"ref": "kepler_rf"},
}


def test_the_entry_point_returns_the_tools() -> None:
    """The entry point is a function that returns a list of module:function, all of which exist."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    ((name, value),) = project["entry-points"][GROUP].items()
    names = EntryPoint(name, value, GROUP).load()()
    assert names == tool_names()
    assert isinstance(names, list)
    for name in names:
        module, _, function = name.rpartition(":")
        assert getattr(import_module(module), function) in TOOLS
    assert len(set(names)) == len(names) == len(TOOLS)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_a_tool_describes_itself(tool: object) -> None:
    """Each tool has types and a description of each argument, and gives a valid answer."""
    hints = get_type_hints(tool)
    text = inspect.getdoc(tool) or ""
    for name in inspect.signature(tool).parameters:  # type: ignore[arg-type]
        assert name in hints
        assert f"\n{name} : " in text


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
def test_a_tool_answers_with_json(tool: object, registry: ModelRegistry) -> None:
    """Each answer is JSON without an error, starts with the notice, and changes no file."""
    before = {path: path.stat().st_mtime_ns for path in Path(registry.location).rglob("*")}
    name = tool.__name__  # type: ignore[attr-defined]
    found = tool(**CALLS.get(name, {}), registry=registry.location)  # type: ignore[operator]
    assert "error" not in found
    assert next(iter(found)) == "notice"
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    after = {path: path.stat().st_mtime_ns for path in Path(registry.location).rglob("*")}
    assert after == before
