"""Jupyter servers with the extension, and a registry below their root."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - only for the tests of this folder
from tornado.httpclient import HTTPClientError, HTTPResponse

import tests.api.conftest as shared


@dataclass
class Answer:
    """A reply of a server.

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


Fetch = Callable[..., Awaitable[Answer]]


# The same root folder, registry and caller as in tests/api.
root, registry, caller = shared.root, shared.registry, shared.caller


@pytest.fixture
def jp_root_dir(root: Path) -> Path:
    """Return the root folder of the server of pytest-jupyter."""
    return root


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    """Return a configuration that loads the extension."""
    return {"ServerApp": {"jpserver_extensions": {"exo_nbregistry.lab": True}}}


@pytest.fixture
def fetch(jp_fetch: Callable[..., Awaitable[HTTPResponse]]) -> Fetch:
    """Return a function that sends requests to the API and returns replies of any status."""

    async def fetch_path(
        *parts: str, method: str = "GET", body: Any = None, **options: Any
    ) -> Answer:
        if body is not None:
            options.setdefault("headers", {}).setdefault("Content-Type", "application/json")
            options["body"] = body if isinstance(body, bytes) else json.dumps(body)
        path = ("exo-nbregistry", "api", *parts)
        try:
            response = await jp_fetch(
                *path, method=method, allow_nonstandard_methods=True, **options
            )
        except HTTPClientError as error:
            if error.response is None:
                raise
            response = error.response
        return Answer(response.code, response.headers, response.body)

    return fetch_path
