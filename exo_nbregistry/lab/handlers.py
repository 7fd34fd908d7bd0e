"""The tornado handler that answers every route, off the event loop."""

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
# Another process may show the same registry in another way: it may be of another release.
_STARTED = secrets.token_hex(4)
_Result = TypeVar("_Result")


class Endpoint(APIHandler):
    """Answer one route.

    Every verb is authenticated and authorised here, once for all routes, so that a new route
    cannot forget it.
    """

    auth_resource = RESOURCE
    _revision: str | None = None

    def initialize(
        self, calls: Mapping[str, Call], catalogue: Catalogue, pool: ThreadPoolExecutor
    ) -> None:
        """Keep what answers.

        Parameters
        ----------
        calls : mapping of str to callable
            What answers each verb.
        catalogue : Catalogue
            The registries.
        pool : ThreadPoolExecutor
            Where disks are waited for.
        """
        self._calls = calls
        self._catalogue = catalogue
        self._pool = pool

    @web.authenticated
    @authorized
    async def get(self, **names: str) -> None:
        """Answer."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def head(self, **names: str) -> None:
        """Answer without the body."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def put(self, **names: str) -> None:
        """Answer."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def post(self, **names: str) -> None:
        """Answer."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def patch(self, **names: str) -> None:
        """Answer."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def delete(self, **names: str) -> None:
        """Answer."""
        await self._answer(names)

    @web.authenticated
    @authorized
    async def options(self, **names: str) -> None:  # type: ignore[override]
        """Answer; for other origins, which send no token with this verb, there is nothing."""
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
            self._refuse(problem)
        except (RegistryError, OSError) as error:
            self._refuse(self._problem_of(error, changing=verb in _CHANGES))
        else:
            self._send(reply, "no-store" if verb in _CHANGES else _PRIVATE)

    def _call(self, verb: str) -> Call:
        if not self._calls:
            raise Problem(404, _REASONS[404], "There is nothing at this address.")
        if verb not in self._calls:
            self.set_header("Allow", ", ".join(sorted(self._calls)))
            raise Problem(405, _REASONS[405], f"{verb} means nothing at this address.")
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
        """Tell whether the client has what the registry would say now."""
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

    def _refuse(self, problem: Problem) -> None:
        self.clear_header("Etag")
        self.set_header("Cache-Control", "no-store")
        self.set_status(problem.status)
        self.finish(json.dumps(problem.reply()))

    def compute_etag(self) -> str | None:
        """Return the registry's revision, or else a digest of the reply."""
        return self._revision or super().compute_etag()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tell what Jupyter and tornado refuse in the same words as all else."""
        error = kwargs.get("exc_info", (None, None))[1]
        told = getattr(error, "log_message", None) if status_code < 500 else None
        reason = _REASONS.get(status_code, "bad_request" if status_code < 500 else "failed")
        message = str(told or f"{self._reason}.")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(Problem(status_code, reason, message).reply()))


def handlers(base_url: str, catalogue: Catalogue, pool: ThreadPoolExecutor) -> list[Any]:
    """Return the handlers of all routes as tornado takes them."""
    root = re.escape(url_path_join(base_url, RESOURCE, "api"))
    return [
        (f"{root}{route}", Endpoint, {"calls": calls, "catalogue": catalogue, "pool": pool})
        for route, calls in ROUTES.items()
    ]
