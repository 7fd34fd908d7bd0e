"""The registry in the terminal: the only part of the package that prints."""

from __future__ import annotations

from exo_nbregistry.cli.app import main

__all__ = ["main"]
