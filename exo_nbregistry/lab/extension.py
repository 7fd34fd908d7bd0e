"""Add the routes to a running Jupyter server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_server.serverapp import ServerApp

from exo_nbregistry.lab.handlers import handlers
from exo_nbregistry.lab.registries import Catalogue
from exo_nbregistry.lab.settings import ExoNBRegistry

# Own threads, so that a slow disk does not block the rest of the server.
_THREADS = 8


def load(server: ServerApp) -> None:
    """Add the extension's handlers to a server.

    Parameters
    ----------
    server : ServerApp
        The server; its configuration may have a section ``ExoNBRegistry``.
    """
    settings = ExoNBRegistry(parent=server)
    catalogue = Catalogue(server.root_dir, settings.registries, read_only=settings.read_only)
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="exo-nbregistry")
    application: Any = server.web_app  # tornado gives this call no types
    application.add_handlers(".*$", handlers(server.base_url, catalogue, pool))
    server.log.info("exo-nbregistry shows the registries below %s.", catalogue.root)
