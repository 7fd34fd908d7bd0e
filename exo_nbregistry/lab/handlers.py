"""The tornado handler of the API, which answers requests in threads."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from exo_nbregistry.api.answer import answer
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.lab.registries import Catalogue

RESOURCE = "exo-nbregistry"
_REASONS = {403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class Endpoint(APIHandler):
    """Handler of all routes.

    All HTTP methods are authenticated and authorized here, so that a new route cannot omit it.
    """

    auth_resource = RESOURCE

    def initialize(self, root: str, catalogue: Catalogue, pool: ThreadPoolExecutor) -> None:
        """Initialize the handler.

        Parameters
        ----------
        root : str
            Path of the API.
        catalogue : Catalogue
            The registries.
        pool : ThreadPoolExecutor
            Threads that wait for the disk.
        """
        self._root = root
        self._catalogue = catalogue
        self._pool = pool

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Handle the request."""
        await self._answer()

    @web.authenticated
    @authorized
    async def head(self) -> None:
        """Handle the request without sending the body."""
        await self._answer()

    @web.authenticated
    @authorized
    async def put(self) -> None:
        """Handle the request."""
        await self._answer()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Handle the request."""
        await self._answer()

    @web.authenticated
    @authorized
    async def patch(self) -> None:
        """Handle the request."""
        await self._answer()

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Handle the request."""
        await self._answer()

    @web.authenticated
    @authorized
    async def options(self) -> None:  # type: ignore[override]
        """Handle the request; other origins send no token with it and are rejected."""
        await self._answer()

    async def _answer(self) -> None:
        path = self.request.path.removeprefix(self._root)
        url = f"{path}?{self.request.query}" if self.request.query else path
        given = self.request
        # The body of HEAD is dropped by tornado, which sends its length.
        method = "GET" if given.method == "HEAD" else str(given.method)
        work = functools.partial(
            answer, self._catalogue, method, url or "/", dict(given.headers), given.body
        )
        found = await asyncio.get_running_loop().run_in_executor(self._pool, work)
        self.set_status(found.status)
        for name, value in found.headers.items():
            self.set_header(name, value)
        if found.status == HTTPStatus.NOT_MODIFIED:
            self.finish()
        else:
            self.finish(found.body, set_content_type=found.headers["Content-Type"])

    def compute_etag(self) -> str | None:
        """Return None, because `answer` sets the ETag and compares it."""
        return None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send errors of Jupyter and tornado in the same form as other problems."""
        error = kwargs.get("exc_info", (None, None))[1]
        logged = getattr(error, "log_message", None) if status_code < 500 else None
        reason = _REASONS.get(status_code, "bad_request" if status_code < 500 else "failed")
        message = str(logged or f"{self._reason}.")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(Problem(status_code, reason, message).reply()))


def handlers(base_url: str, catalogue: Catalogue, pool: ThreadPoolExecutor) -> list[Any]:
    """Return the handler of all paths of the API in the form of tornado."""
    root = url_path_join(base_url, RESOURCE, "api")
    options = {"root": root, "catalogue": catalogue, "pool": pool}
    return [(f"{re.escape(root)}(?:/.*)?", Endpoint, options)]
