"""The command line of the registry."""

from __future__ import annotations

from exo_nbregistry.cli.app import main

__all__ = ["main"]
