"""A proxy in front of a bucket: it counts and delays requests, and makes them fail.

It forwards each request unchanged, with its header ``Host``, so that signatures remain valid.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.cloud.http_message import Message, read_message
from tests.cloud.network_fault import Fault
from tests.cloud.programs import HOST, Server
from tests.cloud.request_kind import request_kind


class Proxy:
    """A proxy that runs in its own thread.

    Parameters
    ----------
    server : Server
        The server behind it.
    delay_s : float, seconds, default=0
        Time that is added to each request.

    Attributes
    ----------
    server : Server
        The server as it is reached through the proxy.
    options : dict
        The argument ``storage_options`` of a registry that uses the proxy.
    requests : Counter
        Number of requests by kind; see `request_kind`.
    log : list of tuple
        Kind and target of each request, in the order of arrival.
    """

    def __init__(self, server: Server, delay_s: float = 0.0) -> None:
        self._behind = urlsplit(server.endpoint)
        self._given = server
        self.delay_s = delay_s
        self.requests: Counter[str] = Counter()
        self.log: list[tuple[str, str]] = []
        self._faults: list[Fault] = []
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._accept, HOST, 0))
        port = self._listener.sockets[0].getsockname()[1]
        self.server = server.at(f"http://{HOST}:{port}{self._behind.path}")
        self.options = self.server.options

    def url(self, prefix: str) -> str:
        """Return the URL of a prefix."""
        return self._given.url(prefix)

    def add(self, fault: Fault) -> Fault:
        """Apply a fault to the requests that it matches, and return it."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove the faults, and count from zero."""
        self._faults.clear()
        self.requests.clear()
        self.log.clear()

    def close(self) -> None:
        """Close all connections."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _close(self) -> None:
        self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_message(reader):
                kind = request_kind(request)
                self.requests[kind] += 1
                self.log.append((kind, request.target))
                matching = (fault for fault in self._faults if fault.applies(kind, request.target))
                fault = next(matching, None)
                await asyncio.sleep(self.delay_s + (fault.delay_s if fault else 0.0))
                if not await self._exchange(request, writer, fault):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client or the server closed the connection
        except asyncio.CancelledError:
            _abort(writer)
            raise
        finally:
            await _close(writer)

    async def _exchange(
        self, request: Message, client: asyncio.StreamWriter, fault: Fault | None
    ) -> bool:
        """Handle a request, and return whether the connection of the client remains open."""
        fault = fault or Fault()
        if fault.answer and not fault.committed:
            async for _ in request.body():
                pass
            client.write(fault.reply(request))
            await client.drain()
            return True
        # One connection a request, because the server may close an idle one at any moment.
        reader, server = await asyncio.open_connection(self._behind.hostname, self._behind.port)
        try:
            server.write(fault.change_head(request.head))
            body = _half(request) if fault.cut == "request" else request.body()
            complete = await _send(body, server)
            if fault.cut == "request":
                return _abort(server, client)
            reply = await read_message(reader, request=request)
            if reply is None:
                return False
            return await _pass_on(request, reply, client, fault) and complete
        finally:
            await _close(server)


@contextmanager
def proxy(server: Server, delay_s: float = 0.0) -> Iterator[Proxy]:
    """Run a proxy in front of a server during the block."""
    running = Proxy(server, delay_s)
    try:
        yield running
    finally:
        running.close()


async def _send(body: AsyncIterator[bytes], server: asyncio.StreamWriter) -> bool:
    """Send a body, and return False if the server has closed the connection before its end.

    A server may reply to a request that it rejects without reading its body.
    """
    try:
        async for piece in body:
            server.write(piece)
            await server.drain()
    except ConnectionError:
        return False
    return True


async def _pass_on(
    request: Message, reply: Message, client: asyncio.StreamWriter, fault: Fault
) -> bool:
    if fault.answer or fault.drop:
        async for _ in reply.body():
            pass  # the server has committed when its reply is complete
        if fault.drop:
            return _abort(client)
        client.write(fault.reply(request))
        await client.drain()
        return True
    client.write(reply.head)
    async for piece in _half(reply) if fault.cut == "reply" else reply.body():
        client.write(piece)
        await client.drain()
    if fault.cut == "reply":
        return _abort(client)
    return reply.keeps_alive


async def _half(message: Message) -> AsyncIterator[bytes]:
    body = b"".join([piece async for piece in message.body()])
    yield body[: len(body) // 2]


def _abort(*writers: asyncio.StreamWriter) -> bool:
    for writer in writers:
        writer.transport.abort()
    return False


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
