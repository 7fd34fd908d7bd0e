"""HTTP connections with limits: the time for a head, lingering answers, and the number of them.

uvicorn waits for a head without limit, and closes a connection although the client still sends a
body. The system then resets the connection, and the client loses the answer.

Source: ``lingering_close`` of nginx, and RFC 9112, section 9.6.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.problems import problem_response

# Time for which the rest of a body is read and discarded after its answer: in total, and between
# two parts of it.
LINGER_S = 30.0
LINGER_IDLE_S = 5.0
_RETRY_AFTER_S = 1


class LimitedProtocol(H11Protocol):
    """A connection that a slow, silent or rejected client cannot keep open."""

    limits = Limits()
    _head_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None
    _rest_timer: asyncio.TimerHandle | None = None
    _rest_until: float | None = None
    _is_closing_gently = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer of the head; answer 503 if there are too many connections."""
        super().connection_made(_GentleTransport(transport, self))  # type: ignore[arg-type]
        is_full = len(self.connections) > self.limits.max_connections
        app = cast(ASGIApp, self.app)
        self.app = cast(Any, partial(self._answer, _unavailable if is_full else app))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        for timer in (self._head_timer, self._write_timer, self._rest_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Handle data, or discard it after the answer to an incomplete request."""
        if self._is_closing_gently:
            self._await_rest()
            return
        if self.conn.their_state is h11.IDLE and self._head_timer is None:
            self._await_head()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def eof_received(self) -> None:
        """Close a connection whose client has read its answer."""
        if self._is_closing_gently:
            self.close_now()

    def pause_writing(self) -> None:
        """Limit the time for which a client does not read its answer."""
        super().pause_writing()
        wait = self.limits.body_timeout_s
        self._write_timer = self.loop.call_later(wait, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that timer."""
        if self._write_timer is not None:
            self._write_timer.cancel()
        super().resume_writing()

    @property
    def has_unread_body(self) -> bool:
        """Whether the client may still be sending, so that a close would reset the connection."""
        return self.conn.their_state in (h11.SEND_BODY, h11.ERROR)

    def close_gently(self) -> None:
        """Send the end of the answer, and discard what still arrives, for a limited time."""
        if self._is_closing_gently:
            return
        self._is_closing_gently = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._await_rest()

    def close_now(self) -> None:
        """Close the connection."""
        transport: Any = self.transport
        transport.close_now()

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run an application; an answer before the end of the body is the last one."""

        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start" and self.has_unread_body:
                kept = [item for item in message["headers"] if item[0].lower() != b"connection"]
                message = {**message, "headers": [*kept, (b"connection", b"close")]}
            await send(message)

        await app(scope, receive, send_last)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.limits.header_timeout_s, self._no_head)

    def _no_head(self) -> None:
        # A response without a request is allowed for 408.
        if not self.transport.is_closing():
            text = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(text)
            self.close_now()

    def _await_rest(self) -> None:
        now = self.loop.time()
        if self._rest_until is None:
            self._rest_until = now + LINGER_S
        if self._rest_timer is not None:
            self._rest_timer.cancel()
        wait = max(0.0, min(LINGER_IDLE_S, self._rest_until - now))
        self._rest_timer = self.loop.call_later(wait, self.close_now)


class _GentleTransport:
    """A transport whose `close` waits until a client that still sends has read its answer."""

    def __init__(self, transport: asyncio.Transport, protocol: LimitedProtocol) -> None:
        self._transport = transport
        self._protocol = protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        if self._protocol.has_unread_body and not self._transport.is_closing():
            self._protocol.close_gently()
        else:
            self._transport.close()

    def close_now(self) -> None:
        self._transport.close()


def limited_protocol(limits: Limits) -> type[LimitedProtocol]:
    """Return the class of connections with these limits."""
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the server has too many connections."""
    headers = {"Retry-After": str(_RETRY_AFTER_S), "Connection": "close"}
    problem = ("server", "has too many connections; send the request again later")
    await problem_response(503, [problem], headers)(scope, receive, send)
