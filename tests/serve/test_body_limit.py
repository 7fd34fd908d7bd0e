"""Limits on request bodies: size, time and encoding."""

from __future__ import annotations

import json
import socket

import pytest

from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import MAX_BYTES, MAX_ROWS, ROW, Client, running


@pytest.mark.parametrize("path", ["/predict", "/predict/batch"])
@pytest.mark.parametrize("declared", [True, False])
def test_an_oversized_body(port: int, path: str, declared: bool) -> None:
    """A body over the limit gets 413, with and without a Content-Length header."""
    content = b" " * (MAX_BYTES + 1)
    with Client(port) as client:
        answer = client.post(path, content if declared else iter([content]))  # type: ignore[arg-type]
    assert answer.status == 413
    assert f"send at most {MAX_BYTES}" in answer.problems["body"]


def test_a_body_of_the_largest_size(client: Client) -> None:
    """A body as large as the limit is answered."""
    content = json.dumps(ROW).encode().ljust(MAX_BYTES)
    assert client.post("/predict", content).status == 200
    assert client.post("/predict", iter([content])).status == 200  # type: ignore[arg-type]


def test_an_oversized_batch(client: Client) -> None:
    """A batch over the limit gets 413; a batch of exactly the limit is answered."""
    header, line = "koi_depth,koi_period,koi_num_transits\n", "100,50,20\n"
    for extra, status in ((0, 200), (1, 413)):
        rows = json.dumps([ROW] * (MAX_ROWS + extra)).encode()
        table = (header + line * (MAX_ROWS + extra)).encode()
        assert client.post("/predict/batch", rows).status == status
        assert client.post("/predict/batch", table, "text/csv").status == status
    answer = client.post("/predict/batch", b"[" + b"{}," * MAX_ROWS + b"{}]")
    assert answer.problems == {"body": f"has {MAX_ROWS + 1} rows; send at most {MAX_ROWS}"}


@pytest.mark.parametrize("path", ["/predict", "/predict/batch"])
def test_a_compressed_body(client: Client, path: str) -> None:
    """A compressed body gets 415 with the name of the header."""
    answer = client.post(path, b"\x1f\x8b", **{"Content-Encoding": "gzip"})
    assert (answer.status, list(answer.problems)) == (415, ["Content-Encoding"])


def send_half(port: int) -> socket.socket:
    """Announce a body, send the head and one byte of it, and return the connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: 99\r\n\r\n{{".encode())
    return connection


def test_a_body_that_never_arrives(live: LiveService) -> None:
    """A client that sends only part of its body gets 408."""
    with running(live, body_timeout_s=0.05) as port, send_half(port) as connection:
        answer = b""
        while more := connection.recv(1 << 16):
            answer += more
            if b"not received within" in answer:
                break
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"not received within 0.05 s" in answer


def test_a_client_that_hangs_up(capfd: pytest.CaptureFixture[str], live: LiveService) -> None:
    """A client that disconnects before its body has arrived causes no error of the server."""
    with running(live) as port, Client(port) as client:
        send_half(port).close()
        assert client.predict(ROW).status == 200
    assert capfd.readouterr().err == ""
