"""The tornado handler of all routes, which runs the calls in threads."""

from __future__ import annotations

import asyncio
import functools
import json
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from exo_nbregistry.api.problem import Problem, problem_of
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.api.routes import BY_DIGEST, ROUTES, Call
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.lab.registries import Catalogue

RESOURCE = "exo-nbregistry"
_PRIVATE = "private, no-cache"
_CHANGES = {"PUT", "POST", "DELETE"}
_REASONS = {403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
# Part of the ETag, because another release can return other replies for the same registry.
_STARTED = secrets.token_hex(4)
_Result = TypeVar("_Result")


class Endpoint(APIHandler):
    """Handler of a route.

    All HTTP methods are authenticated and authorized here, so that a new route cannot omit it.
    """

    auth_resource = RESOURCE
    _revision: str | None = None

    def initialize(
        self, calls: Mapping[str, Call], catalogue: Catalogue, pool: ThreadPoolExecutor
    ) -> None:
        """Initialize the handler.

        Parameters
        ----------
        calls : mapping of str to callable
            Function for each HTTP method.
        catalogue : Catalogue
            The registries.
        pool : ThreadPoolExecutor
            Threads that wait for the disk.
        """
        self._calls = calls
        self._catalogue = catalogue
        self._pool = pool

    @web.authenticated
    @authorized
    async def get(self, **names: str) -> None:
        """Handle the request."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def head(self, **names: str) -> None:
        """Handle the request without sending the body."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def put(self, **names: str) -> None:
        """Handle the request."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def post(self, **names: str) -> None:
        """Handle the request."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def patch(self, **names: str) -> None:
        """Handle the request."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def delete(self, **names: str) -> None:
        """Handle the request."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def options(self, **names: str) -> None:  # type: ignore[override]
        """Handle the request; other origins send no token with it and are rejected."""
        await self._answer(names)

    async def _answer(self, names: Mapping[str, str]) -> None:
        verb = "GET" if self.request.method == "HEAD" else str(self.request.method)
        try:
            call = self._call(verb)
            request = self._make_request(names)
            if verb == "GET" and call not in BY_DIGEST and await self._is_known(request):
                self.set_status(304)
                return
            reply = await self._in_thread(functools.partial(call, request))
        except Problem as problem:
            self._send_problem(problem)
        except (RegistryError, OSError) as error:
            self._send_problem(self._problem_of(error, changing=verb in _CHANGES))
        else:
            self._send(reply, "no-store" if verb in _CHANGES else _PRIVATE)

    def _call(self, verb: str) -> Call:
        if not self._calls:
            raise Problem(404, _REASONS[404], f"Not found: {self.request.path}.")
        if verb not in self._calls:
            self.set_header("Allow", ", ".join(sorted(self._calls)))
            raise Problem(405, _REASONS[405], f"{verb} is not supported here.")
        return self._calls[verb]

    def _make_request(self, names: Mapping[str, str]) -> Request:
        given = self.request.query_arguments
        return Request(
            self._catalogue,
            names,
            {name: self.get_query_arguments(name, strip=False) for name in given},
            self.request.body,
            self.request.headers.get("Content-Type", ""),
        )

    async def _is_known(self, request: Request) -> bool:
        """Return whether the client has the current revision of the registry."""
        revision = await self._in_thread(lambda: request.registry.revision())
        self._revision = f'W/"{revision}-{_STARTED}"'
        self.set_header("Cache-Control", _PRIVATE)
        self.set_etag_header()
        return self.check_etag_header()

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _problem_of(self, error: RegistryError | OSError, *, changing: bool) -> Problem:
        problem = problem_of(error, changing=changing, places=self._catalogue.names_of_paths())
        if problem.status == 503:
            self.log.warning("exo-nbregistry: %s", error)
        return problem

    def _send(self, reply: Reply, caching: str) -> None:
        self.set_header("Cache-Control", caching)
        for name, value in reply.headers.items():
            self.set_header(name, value)
        content = reply.content
        body = content if isinstance(content, bytes) else json.dumps(content, allow_nan=False)
        self.finish(body, set_content_type=reply.content_type)

    def _send_problem(self, problem: Problem) -> None:
        self.clear_header("Etag")
        self.set_header("Cache-Control", "no-store")
        self.set_status(problem.status)
        self.finish(json.dumps(problem.reply()))

    def compute_etag(self) -> str | None:
        """Return the revision of the registry, or a digest of the reply."""
        return self._revision or super().compute_etag()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send errors of Jupyter and tornado in the same form as other problems."""
        error = kwargs.get("exc_info", (None, None))[1]
        logged = getattr(error, "log_message", None) if status_code < 500 else None
        reason = _REASONS.get(status_code, "bad_request" if status_code < 500 else "failed")
        message = str(logged or f"{self._reason}.")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(Problem(status_code, reason, message).reply()))


def handlers(base_url: str, catalogue: Catalogue, pool: ThreadPoolExecutor) -> list[Any]:
    """Return the handlers of all routes in the form of tornado."""
    root = re.escape(url_path_join(base_url, RESOURCE, "api"))
    return [
        (f"{root}{route}", Endpoint, {"calls": calls, "catalogue": catalogue, "pool": pool})
        for route, calls in ROUTES.items()
    ]
