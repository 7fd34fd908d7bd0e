"""The server's application, which follows the reference from version to version."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from exo_nbregistry.serve.auth import AuthMiddleware
from exo_nbregistry.serve.body_limit import BodyLimitMiddleware
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.version_app import build_version_app

_Result = TypeVar("_Result")


class App(Starlette):
    """Pass each request to the FastAPI application of the current version.

    Each version has its own application, because its pydantic models follow the signature.

    Parameters
    ----------
    live : LiveService
        The followed reference.
    limits : Limits
        Limits of requests.
    """

    def __init__(self, live: LiveService, limits: Limits) -> None:
        self._live = live
        self.limits = limits
        # A prediction keeps a processor busy, so more threads only slow each other down.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._switch(live.current)
        super().__init__(
            routes=[Mount("/", self._dispatch)],
            middleware=[
                Middleware(
                    AuthMiddleware, token=limits.token, local_names_only=limits.local_names_only
                ),
                Middleware(
                    BodyLimitMiddleware,
                    max_bytes=limits.max_bytes,
                    timeout_s=limits.body_timeout_s,
                ),
            ],
            lifespan=_follow,
        )

    async def follow(self) -> None:
        """Replace the application when the reference refers to another version."""
        while True:
            await asyncio.sleep(self.limits.poll_s)
            # Not in the pool of predictions, so that neither waits for the other.
            await asyncio.to_thread(self._live.refresh, self._switch)

    def _switch(self, service: InferenceService) -> None:
        self._current = build_version_app(service, self._live, self.limits, self._run_in_thread)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._current(scope, receive, send)

    async def _run_in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


@contextlib.asynccontextmanager
async def _follow(app: App) -> AsyncIterator[None]:
    """Follow the reference while the server runs."""
    follower = asyncio.create_task(app.follow())
    try:
        yield
    finally:
        follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await follower
