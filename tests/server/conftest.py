"""Jupyter servers with the extension, and a registry below their root."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - here, so that no other room gets them
from sklearn.dummy import DummyClassifier
from tornado.httpclient import HTTPClientError, HTTPResponse

from exo_nbregistry.registry import ModelRegistry


@dataclass
class Answer:
    """What a server replied.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : mapping
        Its headers.
    body : bytes
        Its body.
    """

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Asking = Callable[..., Awaitable[Answer]]


def fill(folder: Path, versions: int = 3, name: str = "kepler") -> ModelRegistry:
    """Make a registry with some versions of one model, the second of which is the champion."""
    registry = ModelRegistry(folder, durable=False)
    for number in range(1, versions + 1):
        registry.register_model(
            model=DummyClassifier(random_state=number).fit([[0.0], [1.0]], [0, 1]),
            model_name=name,
            evaluation_results={"f1_score": 0.8 + number / 100, "accuracy": 0.9},
        )
    if versions > 1:
        registry.set_alias(name, "champion", 2)
    return registry


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    """Have the server load the extension."""
    return {"ServerApp": {"jpserver_extensions": {"exo_nbregistry.server": True}}}


@pytest.fixture
def registry(jp_root_dir: Path) -> ModelRegistry:
    """Return the registry models/registry below the server's root."""
    return fill(jp_root_dir / "models" / "registry")


@pytest.fixture
def ask(jp_fetch: Callable[..., Awaitable[HTTPResponse]]) -> Asking:
    """Return what asks the extension's API, whatever the status."""

    async def asking(*parts: str, method: str = "GET", body: Any = None, **options: Any) -> Answer:
        if body is not None:
            options.setdefault("headers", {})["Content-Type"] = "application/json"
            options["body"] = json.dumps(body)
        options.setdefault("allow_nonstandard_methods", True)
        path = ("exo-nbregistry", "api", *parts)
        try:
            response = await jp_fetch(*path, method=method, **options)
        except HTTPClientError as error:
            if error.response is None:
                raise
            response = error.response
        return Answer(response.code, response.headers, response.body)

    return asking


@pytest.fixture
async def registry_id(ask: Asking) -> str:
    """Return the id of the only registry that the server shows."""
    (found,) = (await ask("registries")).json["registries"]
    return str(found["id"])
