"""The proxy forwards requests unchanged, counts them, and applies faults to the chosen ones."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.cloud.network_fault import Fault
from tests.cloud.programs import HOST, Server
from tests.cloud.proxy import Proxy, proxy

BODY = bytes(range(256)) * 1000
CUT = (http.client.IncompleteRead, ConnectionError)


class ObjectServer(ThreadingHTTPServer):
    """A dict of objects over HTTP, and the conditions of the requests that stored them."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__((HOST, 0), Objects)
        self.objects: dict[str, bytes] = {}
        self.conditions: list[str | None] = []


class Objects(BaseHTTPRequestHandler):
    """Handler of one connection."""

    server: ObjectServer
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """Store the body, if all of it arrives."""
        size = int(self.headers["Content-Length"])
        data = self.rfile.read(size)
        if len(data) == size:
            self.server.objects[self.path] = data
            self.server.conditions.append(self.headers["If-None-Match"])
            self._reply(self.headers["Host"].encode())

    def do_GET(self) -> None:
        """Send the body."""
        self._reply(self.server.objects[self.path])

    def do_HEAD(self) -> None:
        """Send the size."""
        self._reply(self.server.objects[self.path])

    def _reply(self, data: bytes) -> None:
        self.send_response(200)
        if self.path.startswith("/chunked"):
            self.send_header("Transfer-Encoding", "chunked")
            data = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class Wire:
    """A client whose requests pass through a proxy to a server."""

    def __init__(self, proxy: Proxy, server: ObjectServer) -> None:
        self.proxy = proxy
        self.objects, self.conditions = server.objects, server.conditions
        self.address = urlsplit(proxy.options["endpoint"]).netloc
        self.client = http.client.HTTPConnection(self.address, timeout=20)

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
        """Send a request on the same connection as the last one, and return the reply."""
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            self.client.request(method, target, body, named)
            reply = self.client.getresponse()
            self.status = reply.status
            return reply.read()
        except CUT:
            self.client.close()
            raise


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Return a client and a proxy in front of a small server."""
    with ObjectServer() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            endpoint = f"http://{HOST}:{server.server_address[1]}"
            with proxy(Server("dict", "s3", endpoint, {"endpoint": endpoint})) as front:
                wire = Wire(front, server)
                yield wire
                wire.client.close()
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("target", ["/a", "/chunked"])
def test_bodies_and_the_host_are_forwarded(wire: Wire, target: str) -> None:
    """A body arrives unchanged in both directions, and the server sees the host of the client."""
    assert wire.send("PUT", target, BODY) == wire.address.encode()
    assert wire.send("GET", target) == BODY
    assert wire.send("HEAD", target) == b""
    assert wire.send("GET", target) == BODY


def test_requests_are_counted_by_kind(wire: Wire) -> None:
    """Each request has one kind, which depends on its method, query and headers."""
    wire.objects.update(dict.fromkeys(["/b?list-type=2&prefix=", "/c?comp=list"], b""))
    wire.send("PUT", "/a", b"1", if_none_match="*")
    wire.send("PUT", "/a", b"2", if_match="1")
    wire.send("PUT", "/a", b"2")
    wire.send("PUT", "/d", x_amz_copy_source="/a")
    wire.send("PUT", "/a?partNumber=1&uploadId=x", b"2")
    wire.send("PUT", "/a?comp=block&blockid=1", b"2")
    wire.send("GET", "/a")
    wire.send("HEAD", "/a")
    wire.send("GET", "/b?list-type=2&prefix=")
    wire.send("GET", "/c?comp=list")
    expected = ["CREATE", "SWAP", "PUT", "COPY", "MULTIPART", "MULTIPART", "GET", "HEAD"]
    assert [kind for kind, _ in wire.proxy.log] == [*expected, "LIST", "LIST"]
    assert wire.proxy.requests["MULTIPART"] == wire.proxy.requests["LIST"] == 2
    wire.proxy.clear()
    assert wire.proxy.requests.total() == len(wire.proxy.log) == 0


def test_a_delay_is_added(wire: Wire) -> None:
    """Each request takes at least the time of the delay."""
    wire.proxy.delay_s = 0.2
    began = time.monotonic()
    wire.send("PUT", "/a", b"1")
    assert time.monotonic() - began >= 0.2


def test_a_reply_is_dropped_after_the_commit(wire: Wire) -> None:
    """The server has stored the object, and the client sees a broken connection."""
    fault = wire.proxy.add(Fault("PUT", drop=True, times=1))
    with pytest.raises(CUT):
        wire.send("PUT", "/a", BODY)
    assert wire.objects["/a"] == BODY
    assert wire.send("GET", "/a") == BODY
    assert fault.applied == 1


@pytest.mark.parametrize("committed", [False, True])
def test_an_error_is_answered(wire: Wire, committed: bool) -> None:
    """An error is answered before or after the server has stored the object."""
    wire.proxy.add(Fault("PUT", answer=503, committed=committed))
    assert b"SlowDown" in wire.send("PUT", "/a", BODY)
    assert wire.status == 503
    assert ("/a" in wire.objects) == committed


def test_a_request_is_cut(wire: Wire) -> None:
    """The server gets half of the body and stores nothing."""
    wire.proxy.add(Fault(cut="request"))
    with pytest.raises(CUT):
        wire.send("PUT", "/a", BODY)
    assert wire.objects == {}


def test_a_reply_is_cut(wire: Wire) -> None:
    """The client gets the header and half of the body."""
    wire.objects["/a"] = BODY
    wire.proxy.add(Fault("GET", cut="reply", times=1))
    with pytest.raises(CUT):
        wire.send("GET", "/a")
    assert wire.send("GET", "/a") == BODY


def test_a_fault_repeats(wire: Wire) -> None:
    """A fault can apply to each third request."""
    wire.objects["/a"] = b""
    fault = wire.proxy.add(Fault(skip=1, every=3, answer=500))
    seen = []
    for _ in range(6):
        wire.send("GET", "/a")
        seen.append(wire.status)
    assert seen == [200, 500, 200, 200, 500, 200]
    assert fault.applied == 2


def test_a_condition_is_removed(wire: Wire) -> None:
    """A fault can remove the condition of a request, and changes no other header."""
    wire.proxy.add(Fault(unconditional=True))
    assert wire.send("PUT", "/a", BODY, if_none_match="*") == wire.address.encode()
    assert wire.proxy.requests == {"CREATE": 1}
    assert wire.conditions == [None]


def test_a_fault_is_limited(wire: Wire) -> None:
    """A fault applies to its kind and target, after some requests, and a number of times."""
    wire.objects.update(dict.fromkeys(["/a", "/b"], b""))
    wire.proxy.add(Fault(("GET", "HEAD"), "b$", skip=1, times=1, answer=500))
    seen = []
    for method, target in [
        ("GET", "/b"),
        ("PUT", "/b"),
        ("GET", "/a"),
        ("HEAD", "/b"),
        ("GET", "/b"),
    ]:
        wire.send(method, target)
        seen.append(wire.status)
    assert seen == [200, 200, 200, 500, 200]
