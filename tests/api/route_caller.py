"""Calls of the routes without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn.dummy import DummyClassifier

from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.lab.registries import Catalogue
from exo_nbregistry.registry.facade import ModelRegistry

Call = Callable[[Request], Reply]
MEASURED = {"accuracy": 0.9}


def fill(folder: Path, versions: int = 3, name: str = "kepler", **options: Any) -> ModelRegistry:
    """Create a registry with versions of one model; version 2 is the champion."""
    registry = ModelRegistry(folder, durable=False, **options)
    for number in range(1, versions + 1):
        registry.register_model(
            model=DummyClassifier(random_state=number).fit([[0.0], [1.0]], [0, 1]),
            model_name=name,
            evaluation_results={"f1_score": number / 4, **MEASURED},
        )
    if versions > 1:
        registry.set_alias(name, "champion", 2)
    return registry


class RouteCaller:
    """Calls the functions of the routes, as the handler does.

    Parameters
    ----------
    root : Path
        Root folder of the server.
    **options : object
        Options of the catalogue.
    """

    def __init__(self, root: Path, **options: Any) -> None:
        self.catalogue = Catalogue(str(root), **options)

    def ids(self) -> list[str]:
        """Return the ids of the registries."""
        return [place.id for place in self.catalogue.places()]

    def request(
        self,
        names: Mapping[str, object] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        body: Any = None,
    ) -> Request:
        """Return a request; the default registry is the only one."""
        parts = {name: str(value) for name, value in (names or {}).items()}
        if "registry" not in parts and (ids := self.ids()):
            parts["registry"] = ids[0]
        several = {
            name: [value] if isinstance(value, str) else list(value)
            for name, value in (query or {}).items()
        }
        data = b"" if body is None else json.dumps(body).encode()
        return Request(self.catalogue, parts, several, data, "application/json")

    def get(self, call: Call, names: Mapping[str, object] | None = None, **query: Any) -> Any:
        """Return the content of a reply."""
        return call(self.request(names, query)).content

    def send(self, call: Call, names: Mapping[str, object], body: Any = None) -> Any:
        """Return the content of the reply to a change."""
        return call(self.request(names, {}, body)).content
