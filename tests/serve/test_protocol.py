"""Connections of slow, silent, numerous and rejected clients, over raw sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import time
import urllib.error
import urllib.request

import pytest

from exo_nbregistry.serve import protocol as module
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import MAX_BYTES, ROW, Client, running, wait_until

HEAD = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = json.dumps(ROW).encode()


def connect(port: int) -> socket.socket:
    """Return a connection whose reads fail after 20 seconds."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def read_all(connection: socket.socket) -> bytes:
    """Return the bytes that the server sends until it closes the connection."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"GET /hea", HEAD.encode()])
def test_a_head_that_never_ends(live: LiveService, sent: bytes) -> None:
    """A client without a complete head gets 408 after the time limit."""
    with running(live, header_timeout_s=0.2) as port, connect(port) as connection:
        connection.sendall(sent)
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_head_byte_by_byte(live: LiveService) -> None:
    """Bytes that arrive slowly do not extend the time for a head, also of a second request."""
    with running(live, header_timeout_s=0.5) as port, connect(port) as connection:
        connection.sendall(HEAD.encode() + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < started + 10:
                connection.sendall(b"G")
                time.sleep(0.02)
        assert time.monotonic() < started + 5


def test_an_idle_connection(live: LiveService) -> None:
    """A connection without a request is closed after the keep-alive time."""
    with running(live, keep_alive_s=0.2) as port, connect(port) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_a_head_that_is_too_large(live: LiveService) -> None:
    """A client that sends 1 MB of headers receives the answer 400."""
    with running(live) as port, connect(port) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * (1 << 20))
            connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("closing", ["Connection: close\r\n", ""])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_oversized_body_is_answered_readably(
    live: LiveService, closing: str, chunked: bool
) -> None:
    """A client that sends all of a large body before it reads receives the answer 413."""
    body, size = bytes(1 << 20), 16 << 20
    with running(live, max_bytes=MAX_BYTES) as port, connect(port) as connection:
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        connection.sendall(f"{HEAD}{closing}{length}\r\n\r\n".encode())
        for _ in range(16):
            connection.sendall(b"100000\r\n" + body + b"\r\n" if chunked else body)
        connection.sendall(b"0\r\n\r\n" if chunked else b"")
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert f"send at most {MAX_BYTES}".encode() in answer


def test_a_client_that_asks_first(live: LiveService) -> None:
    """With Expect: 100-continue, an oversized body is rejected without being requested."""
    with running(live, max_bytes=MAX_BYTES) as port, connect(port) as connection:
        expect = f"Expect: 100-continue\r\nContent-Length: {MAX_BYTES + 1}\r\n\r\n"
        connection.sendall(f"{HEAD}{expect}".encode())
        assert read_all(connection).startswith(b"HTTP/1.1 413 ")
    with running(live, token="secret") as port, connect(port) as connection:
        expect = f"Expect: 100-continue\r\nContent-Length: {len(BODY)}\r\n\r\n"
        connection.sendall(f"{HEAD}{expect}".encode())
        assert read_all(connection).startswith(b"HTTP/1.1 401 ")
    with running(live) as port, connect(port) as connection:
        connection.sendall(f"{HEAD}{expect}".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 100 ")
        connection.sendall(BODY)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


def test_an_ordinary_client_reads_the_rejection(live: LiveService) -> None:
    """urllib, which closes each connection, gets 413 and not a reset connection."""
    with running(live, max_bytes=MAX_BYTES) as port:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/predict",
            bytes(8 << 20),
            {"Content-Type": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        with caught.value as answer:
            assert answer.status == 413


def test_a_body_without_end(live: LiveService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that continues to send after its answer is cut off after the time limit."""
    monkeypatch.setattr(module, "LINGER_S", 0.5)
    with running(live, max_bytes=MAX_BYTES) as port, connect(port) as connection:
        connection.sendall(f"{HEAD}Content-Length: {1 << 40}\r\n\r\n".encode())
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < started + 10:
                connection.sendall(bytes(1 << 12))
                time.sleep(0.01)
        assert time.monotonic() < started + 5


def test_a_client_that_is_silent_after_its_answer(
    live: LiveService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rejected client that neither sends nor closes is closed after the idle time."""
    monkeypatch.setattr(module, "LINGER_IDLE_S", 0.2)
    with running(live, max_bytes=MAX_BYTES) as port, connect(port) as connection:
        connection.sendall(f"{HEAD}Content-Length: {1 << 40}\r\n\r\n".encode())
        assert read_all(connection).startswith(b"HTTP/1.1 413 ")
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < started + 10:
                time.sleep(0.5)
                connection.sendall(b"x")
        assert time.monotonic() < started + 5


def test_too_many_connections(live: LiveService) -> None:
    """A further connection gets 503 with Retry-After; the open ones are answered."""
    with running(live, max_connections=2) as port, Client(port) as first, connect(port) as second:
        assert first.predict(ROW).status == 200
        with Client(port) as third:
            answer = third.predict(ROW)
            assert (answer.status, answer.headers["retry-after"]) == (503, "1")
            assert "too many connections" in answer.problems["server"]
        assert first.predict(ROW).status == 200
        second.close()

        def is_free() -> bool:
            with Client(port) as again:
                return again.predict(ROW).status == 200

        wait_until(is_free)
