"""Limits on request bodies: size, time and encoding."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exo_nbregistry.serve.problems import RequestError


class BodyLimitMiddleware:
    """Reject bodies that are compressed, too large or too slow.

    Parameters
    ----------
    app : ASGI application
        The protected application; it sees a rejection as an HTTP exception while it reads.
    max_bytes : int
        Largest body.
    timeout_s : float
        Time for a body, in seconds.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, timeout_s: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a limited body, or reject it by its headers."""
        if scope["type"] == "http":
            try:
                self._check_headers(Headers(scope=scope))
            except RequestError as error:
                await error.response()(scope, receive, send)
                return
            receive = self._limited(receive)
        await self._app(scope, receive, send)

    def _check_headers(self, headers: Headers) -> None:
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise RequestError(415, "Content-Encoding", "is not supported; send plain text")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._max_bytes:
            raise self._too_large(length)

    def _limited(self, receive: Receive) -> Receive:
        read, complete, deadline = 0, False, 0.0

        async def receive_limited() -> Message:
            nonlocal read, complete, deadline
            if complete:
                return await receive()
            deadline = deadline or asyncio.get_running_loop().time() + self._timeout_s
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                reason = f"was not received within {self._timeout_s:g} s; send it again"
                raise RequestError(408, "body", reason) from None
            read += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if read > self._max_bytes:
                raise self._too_large("too many")
            return message

        return receive_limited

    def _too_large(self, size: str) -> RequestError:
        return RequestError(413, "body", f"has {size} bytes; send at most {self._max_bytes}")
