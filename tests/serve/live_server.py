"""A server in a thread, and a client that keeps its connection."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self

from exo_nbregistry.serve.app import App
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.server import build_server, listen

POLL_S = 0.05
MAX_BYTES, MAX_ROWS = 20_000, 50
ROW = {"koi_depth": 100.0, "koi_period": 50.0, "koi_num_transits": 20}


class Answer(NamedTuple):
    """A response."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The parsed content."""
        return json.loads(self.content)

    @property
    def problems(self) -> dict[str, str]:
        """The message of each field."""
        return {item["field"]: item["message"] for item in self.json["detail"]}


class Client:
    """Send requests to one server, over one connection."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = dict(headers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Get a page."""
        return self._request("GET", path, None, headers)

    def post(self, path: str, body: bytes, kind: str = "application/json", **more: str) -> Answer:
        """Send a body."""
        return self._request("POST", path, body, {"Content-Type": kind} | more)

    def predict(self, row: object, *, strict: bool = False) -> Answer:
        """Send a row as JSON."""
        path = "/predict?strict=true" if strict else "/predict"
        return self.post(path, json.dumps(row).encode())

    def _request(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path, body, self._headers | headers)
        with self._connection.getresponse() as response:
            return Answer(response.status, dict(response.headers), response.read())


@contextlib.contextmanager
def running(live: LiveService, **limits: Any) -> Iterator[int]:
    """Serve on a free port until the block ends; yield the port."""
    server = build_server(App(live, Limits(**({"poll_s": POLL_S} | limits))))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def wait_until(condition: Any) -> None:
    """Wait until a condition is true, or fail."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "the condition was never true"
        time.sleep(0.01)
