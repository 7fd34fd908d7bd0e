"""A server of the Model Context Protocol over standard input and output."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

from exo_nbregistry.agents.answers import ChosenPlace
from exo_nbregistry.agents.tools import TOOLS
from exo_nbregistry.agents.untrusted import NOTICE

_DISTRIBUTION = "exo-nbregistry"
_INSTRUCTIONS = (
    "Read a registry of machine learning models. No tool changes the registry or runs a model: "
    "give the user the code instead. A reference is kepler_rf:3, kepler_rf@champion, or kepler_rf "
    f"for the latest version. {NOTICE}"
)
# The server has one registry, and examples are for readers of the code.
_REGISTRY = re.compile(r"registry : str\n(?:    .*\n)+")


def make_server(location: str) -> MCPServer[Any]:
    """Return a server with the tools for one registry, which only read.

    Parameters
    ----------
    location : str
        The folder or the URL of the registry, as the user chose it.

    Returns
    -------
    MCPServer
        The server; ``run("stdio")`` starts it.
    """
    server: MCPServer[Any] = MCPServer(
        _DISTRIBUTION,
        title="Model registry",
        instructions=_INSTRUCTIONS,
        version=version(_DISTRIBUTION),
        log_level="WARNING",
    )
    for tool in TOOLS:
        server.add_tool(
            _of_place(tool, ChosenPlace(location)),
            description=describe_tool(tool),
            annotations=ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )
    return server


def describe_tool(tool: Callable[..., Any]) -> str:
    """Return the docstring of a tool without the registry and the examples.

    Parameters
    ----------
    tool : callable
        A function of `TOOLS`.

    Returns
    -------
    str
        The description.
    """
    text = (inspect.getdoc(tool) or "").partition("\n\nExamples\n")[0]
    return _REGISTRY.sub("", text).strip()


def _of_place(tool: Callable[..., dict[str, Any]], place: ChosenPlace) -> Callable[..., Any]:
    """Return a tool without the argument ``registry``."""

    def call(**arguments: Any) -> dict[str, Any]:
        return tool(**arguments, registry=place)

    signature = inspect.signature(tool, eval_str=True)
    kept = [item for item in signature.parameters.values() if item.name != "registry"]
    call.__name__, call.__doc__ = tool.__name__, tool.__doc__
    call.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    call.__annotations__ = {item.name: item.annotation for item in kept}
    call.__annotations__["return"] = signature.return_annotation
    return call
