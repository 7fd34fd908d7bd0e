"""The registry that automatic registration writes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from exo_nbregistry.records.metadata import ModelMetadata


class Target(Protocol):
    """The calls of a registry that automatic registration makes."""

    @property
    def location(self) -> str:
        """Path or address of the registry."""

    def register(self, model: Any, name: str, **facts: Any) -> tuple[str, bool]:
        """Register a model; return its model_id, and whether the version is new."""

    def describe(self, ref: str) -> ModelMetadata:
        """Return the metadata of a version."""

    def measure_later(self, ref: str, metrics: Mapping[str, float], on: str) -> ModelMetadata:
        """Add metrics to a version that exists."""
