"""The server, asked by the client of the official SDK."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from exo_nbregistry.agents.server import describe_tool, make_server
from exo_nbregistry.agents.tools import TOOLS
from exo_nbregistry.agents.untrusted import NOTICE
from exo_nbregistry.registry.facade import ModelRegistry
from tests.agents.conftest import ORDER

ROOT = Path(__file__).resolve().parents[2]


def ask(server: Any, *calls: tuple[str, dict[str, Any]]) -> tuple[Any, Any, list[Any]]:
    """Return the instructions, the tools, and the result of each call."""

    async def run() -> tuple[Any, Any, list[Any]]:
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            return client.instructions, tools, [await client.call_tool(*call) for call in calls]

    return asyncio.run(run())


def test_tools_are_described(registry: ModelRegistry) -> None:
    """Each tool only reads, has no argument for the registry, and a description."""
    instructions, tools, _ = ask(make_server(registry.location))
    assert NOTICE in instructions
    assert [tool.name for tool in tools] == [tool.__name__ for tool in TOOLS]
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert "registry" not in tool.input_schema["properties"]
        assert ">>>" not in tool.description
        assert "EXO_NBREGISTRY" not in tool.description
    by_name = {tool.name: tool.input_schema for tool in tools}
    assert by_name["show_model_version"]["required"] == ["ref"]
    assert by_name["compare_model_versions"]["properties"]["refs"]["type"] == "array"
    assert by_name["list_model_versions"]["properties"]["limit"]["type"] == "integer"


def test_calls_are_answered(registry: ModelRegistry) -> None:
    """An answer is structured, and an error of the registry is an answer too."""
    _, _, (best, missing) = ask(
        make_server(registry.location),
        ("best_model_version", {"metric": "f1_score"}),
        ("show_model_version", {"ref": "kepler_rf:9"}),
    )
    assert not best.is_error
    assert best.structured_content["version"]["model_id"] == "kepler_rf:2"
    assert best.structured_content["notice"] == NOTICE
    assert missing.structured_content["error"]["kind"] == "VersionNotFoundError"


def test_the_registry_cannot_be_chosen_by_the_agent(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """An additional argument does not lead to another registry."""
    ModelRegistry(tmp_path / "other", durable=False).register_model({"a": 1}, "secret")
    _, _, (found,) = ask(
        make_server(registry.location),
        ("list_registered_models", {"registry": str(tmp_path / "other")}),
    )
    assert "secret" not in found.model_dump_json()


def test_the_description_is_that_of_the_function() -> None:
    """Arguments stay in the description, except for the registry."""
    text = describe_tool(TOOLS[0])
    assert text.startswith("List the machine learning models of a registry")
    assert "where : str" in text
    assert "registry : str" not in text
    assert "Returns\n-------" in text


def test_a_real_client_starts_the_command(registry: ModelRegistry) -> None:
    """The command answers over standard input and output, with marked texts."""
    variables = {name: value for name, value in os.environ.items() if name.startswith("EXO_")}
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "exo_nbregistry", "mcp", "--registry", registry.location],
        env=variables | {"PYTHONPATH": str(ROOT)},
    )
    before = registry.revision()
    _, tools, (listed, shown) = ask(
        server,
        ("list_model_versions", {"order_by": "-version", "limit": 1}),
        ("show_model_version", {"ref": "kepler_rf:2"}),
    )
    assert len(tools) == len(TOOLS)
    assert listed.structured_content["versions"][0]["model_id"] == "kepler_rf:3"
    assert shown.structured_content["version"]["description"]["untrusted_text"] == ORDER
    assert len(shown.model_dump_json()) < 200_000
    assert registry.revision() == before


@pytest.mark.parametrize("place", ["missing"])
def test_a_missing_registry_is_an_answer(tmp_path: Path, place: str) -> None:
    """If the registry is removed while the server runs, each call states it."""
    _, _, (found,) = ask(make_server(str(tmp_path / place)), ("list_registered_models", {}))
    assert found.structured_content["error"]["kind"] == "RegistryNotFoundError"
