"""Requests and replies of HTTP/1.1 as they travel, read piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

_PIECE = 1 << 16
_BODILESS = ("204", "304")


@dataclass(frozen=True)
class Message:
    """A request or a reply.

    Attributes
    ----------
    head : bytes
        Its first line and its headers, unchanged.
    start : tuple of str
        The three parts of its first line.
    headers : dict
        Its headers, with names in lower case.
    """

    head: bytes
    start: tuple[str, str, str]
    headers: dict[str, str]
    _reader: asyncio.StreamReader
    _has_body: bool
    _is_reply: bool

    @property
    def method(self) -> str:
        """Method of a request."""
        return self.start[0]

    @property
    def target(self) -> str:
        """Path and query of a request."""
        return self.start[1]

    @property
    def keeps_alive(self) -> bool:
        """Whether another message follows on the same connection."""
        endless = self._has_body and not self.headers.keys() & _LENGTHS
        return self.headers.get("connection", "").lower() != "close" and not endless

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces, with the marks of a chunked one."""
        if not self._has_body:
            return
        if "transfer-encoding" in self.headers:
            async for piece in _chunks(self._reader):
                yield piece
            return
        left = int(self.headers.get("content-length", -1 if self._is_reply else 0))
        while left:
            piece = await self._reader.read(_PIECE if left < 0 else min(left, _PIECE))
            if not piece:
                if left > 0:
                    raise asyncio.IncompleteReadError(b"", left)
                return
            left -= len(piece) if left > 0 else 0
            yield piece


_LENGTHS = {"content-length", "transfer-encoding"}


async def read_message(
    reader: asyncio.StreamReader, *, request: Message | None = None
) -> Message | None:
    """Read the head of a message, or return None at the end of the connection.

    Parameters
    ----------
    reader : StreamReader
        The connection.
    request : Message, optional
        The request, if the message is a reply.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    parts = [*first.split(" ", 2), "", ""][:3]
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    has_body = request is None or (request.method != "HEAD" and parts[1] not in _BODILESS)
    start = (parts[0], parts[1], parts[2])
    return Message(head, start, headers, reader, has_body, request is not None)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    size = 1
    while size:
        line = await reader.readline()
        size = int(line.split(b";")[0], 16)
        yield line + await reader.readexactly(size + 2)
