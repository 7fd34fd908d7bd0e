"""An HTTP server with the valid and invalid responses of an archive."""

from __future__ import annotations

import contextlib
import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from exo_nbregistry.exoplanet.data.koi import DATA

Answer = Callable[[BaseHTTPRequestHandler], None]
ROWS = 200


def body(rows: int = ROWS) -> bytes:
    """Return the first rows of the embedded table, as the archive sends them."""
    lines = gzip.decompress((DATA / "koi_dr25.csv.gz").read_bytes()).splitlines(keepends=True)
    return b"".join(lines[: rows + 1])


def send(content: bytes, *, status: int = 200, promised: int | None = None) -> Answer:
    """Return a response with these bytes and, optionally, a different Content-Length."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content) if promised is None else promised))
        request.end_headers()
        request.wfile.write(content)

    return answer


def send_without_length(content: bytes) -> Answer:
    """Return a response with these bytes and without a Content-Length."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(content)

    return answer


class Archive:
    """The responses of the server, in order, and the received requests.

    The last response is repeated.
    """

    def __init__(self, url: str, hang_up: threading.Event) -> None:
        self.url = url
        self.answers: list[Answer] = [send(body())]
        self.asked: list[BaseHTTPRequestHandler] = []
        self._hang_up = hang_up

    def say_nothing(self, request: BaseHTTPRequestHandler) -> None:
        """Send no response until the server is stopped."""
        self._hang_up.wait()

    def drip(self, request: BaseHTTPRequestHandler) -> None:
        """Send a byte now and then until the server is stopped or the client has gone."""
        request.send_response(200)
        request.end_headers()
        with contextlib.suppress(OSError):
            while not self._hang_up.wait(0.01):
                request.wfile.write(b"#")

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(request)


@contextlib.contextmanager
def running_archive() -> Iterator[Archive]:
    """Run the server on a free port of this machine."""
    hang_up = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            archive.take(self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    archive = Archive(f"http://127.0.0.1:{server.server_port}/koi.csv", hang_up)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield archive
    finally:
        hang_up.set()
        server.shutdown()
        thread.join()
        server.server_close()
