"""Requests of a page as widget messages, answered by the routes of `api`."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.api.answer import Answer, answer
from exo_nbregistry.journal.read_cache import Reads
from exo_nbregistry.panels.single_registry import ID, SingleRegistry

VERSION = 1
MAX_HEADERS = 20
MAX_MARK = 100
# A request that takes longer reports the progress of the index.
_PAUSE_S = 0.5
# The lists that a page requests after a change are read together with it.
_AFTER_CHANGE_S = 1.0
READY = {"v": VERSION, "type": "ready"}
_INDEXING = f"/registries/{ID}/indexing"
_Send = Callable[[dict[str, Any], Sequence[bytes] | None], None]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request of a page.

    Attributes
    ----------
    mark : str
        Name of the request, which its reply repeats.
    method, path : str
        HTTP method, and path with the query.
    headers : mapping of str to str
        Headers.
    body : object
        The body; valid ones are JSON in a str.
    """

    mark: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class KernelRequests:
    """Answers the requests of the views of one panel, one after the other.

    JupyterLab delivers messages in another thread than cells, so that a page is answered while a
    cell runs. A lock keeps requests of several views apart.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    send : callable
        Sends a message and buffers to the page.
    """

    def __init__(self, registry: Any, send: _Send) -> None:
        self._registry = registry
        self._registries = SingleRegistry(registry)
        self._send = send
        self._shared: Reads | None = None
        self._after_change: Reads | None = None
        self._until = 0.0
        self._has_changed = False
        self._lock = threading.RLock()

    def receive(self, content: Any, on_change: Callable[[], None]) -> None:
        """Answer a message of the page; a message of another form is ignored.

        Parameters
        ----------
        content : object
            The message, which can be anything that JSON allows.
        on_change : callable
            Called after a request that changed the registry.
        """
        if answer_message(content, self._send, self._answer_with_progress) and self._has_changed:
            on_change()

    def _answer_with_progress(self, request: PageRequest) -> Answer:
        """Return the answer, and send the progress of the index while it takes long.

        Messages are delivered one after the other, so that a page cannot ask for the progress.
        """
        given = (request.method, request.path, request.headers, request.body)
        replies: list[Answer] = []
        work = threading.Thread(target=lambda: replies.append(self.answer(*given)), daemon=True)
        work.start()
        while work.is_alive():
            work.join(_PAUSE_S)
            if work.is_alive():
                self._send_progress()
        return replies[0]

    def _send_progress(self) -> None:
        reply = answer(self._registries, "GET", _INDEXING, {}, b"")
        if reply.status == 200:
            progress = json.loads(reply.body)
            self._send({"v": VERSION, "type": "progress", **progress}, None)

    def answer(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Return the answer to a request.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            Path and query of the REST API.
        headers : mapping of str to str, optional
            Headers of the request.
        body : str, optional
            JSON; other types count as no body.
        """
        # Half of a surrogate pair is valid in JSON, but not in UTF-8.
        data = body.encode(errors="replace") if isinstance(body, str) else b""
        with self.one_state() as reads:
            before = reads.generation
            reply = answer(self._registries, method, path, headers or {}, data, reads)
            self._has_changed = reads.generation is not before
            if self._has_changed:
                self._after_change, self._until = reads, time.monotonic() + _AFTER_CHANGE_S
            return reply

    @contextmanager
    def one_state(self) -> Iterator[Reads]:
        """Read the registry once in a block.

        The requests of a page after its own change reuse the reads of the change.
        """
        with self._lock:
            outer = self._shared
            reads = self._after_change if time.monotonic() < self._until else outer
            with self._registry.consistent_reads(reads) as self._shared:
                try:
                    yield self._shared
                finally:
                    self._shared = outer

    def forget(self) -> None:
        """Read the registry again at the next request."""
        self._after_change = None


def answer_message(content: Any, send: _Send, answer: Callable[[PageRequest], Answer]) -> bool:
    """Answer a message of a page; return whether it was a request.

    Parameters
    ----------
    content : object
        The message, which can be anything that JSON allows. Another form is ignored.
    send : callable
        Sends a message and buffers to the page.
    answer : callable
        Returns the answer to a request.

    Examples
    --------
    >>> answer_message({"v": 1, "type": "hello"}, lambda head, _buffers: print(head), answer)
    {'v': 1, 'type': 'ready'}
    False
    """
    if is_hello(content):
        send(READY, None)
        return False
    request = read_request(content)
    if request is None:
        return False
    reply = answer(request)
    head = {"v": VERSION, "type": "reply", "mark": request.mark, "status": reply.status}
    send(head | {"headers": dict(reply.headers)}, [packed(reply.body)])
    return True


def read_request(content: Any) -> PageRequest | None:
    """Return the request in a message of a page, or None for a message of another form.

    Examples
    --------
    >>> message = {"v": 1, "type": "request", "mark": "a-1", "method": "GET", "path": "/registries"}
    >>> read_request(message).path
    '/registries'
    >>> read_request(["request"]) is None
    True
    """
    if not isinstance(content, Mapping) or content.get("type") != "request":
        return None
    mark, method, path = (content.get(name) for name in ("mark", "method", "path"))
    if content.get("v") != VERSION or not isinstance(mark, str):
        return None
    if not mark.isascii() or len(mark) > MAX_MARK:
        return None
    if not isinstance(method, str) or not isinstance(path, str):
        return None
    return PageRequest(mark, method, path, _headers(content.get("headers")), content.get("body"))


def is_hello(content: Any) -> bool:
    """Return whether a message is the first one of a view, which is answered with ``ready``.

    ipykernel delivers messages of a page to the thread that sent the last message. After the answer
    it is the thread of the page, and not the one that runs cells.

    Examples
    --------
    >>> is_hello({"v": 1, "type": "hello"}), is_hello({"v": 2, "type": "hello"}), is_hello(None)
    (True, False, False)
    """
    is_known = isinstance(content, Mapping) and content.get("v") == VERSION
    return is_known and content.get("type") == "hello"


def packed(body: bytes) -> bytes:
    """Return a body compressed with gzip, because lists of versions repeat their names.

    Examples
    --------
    >>> len(packed(b"metrics" * 1_000)) < 100
    True
    """
    # Higher levels take three times as long for 3 % less.
    return gzip.compress(body, 5, mtime=0)


def _headers(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > MAX_HEADERS:
        return {}
    return {k: v for k, v in given.items() if isinstance(k, str) and isinstance(v, str)}
