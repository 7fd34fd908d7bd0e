"""The command that answers agents over the Model Context Protocol."""

from __future__ import annotations

import click

from exo_nbregistry.cli.options import open_registry, registry_option
from exo_nbregistry.errors import RegistryError


@click.command()
@registry_option
def mcp(registry: str | None) -> None:
    """Answer an agent by the Model Context Protocol.

    A client such as an editor or an assistant starts this command, and asks over standard input
    and output. The agent can list, show and compare versions, find the best one, read the history,
    and get the code to load a model. It cannot change the registry, and no model is loaded. Stored
    texts are marked as data.
    """
    try:
        from exo_nbregistry.agents.server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise RegistryError(
            "A server for agents requires mcp 2 or newer: pip install 'exo-nbregistry[mcp]'."
        ) from error
    make_server(open_registry(registry).location).run("stdio")
