"""Requests of a page as widget messages."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.answer import Answer
from exo_nbregistry.panels import kernel_requests
from exo_nbregistry.panels.kernel_requests import KernelRequests
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import many_models


class Messages:
    """The messages that a page receives."""

    def __init__(self, registry: ModelRegistry) -> None:
        self.sent: list[tuple[dict[str, Any], Sequence[bytes] | None]] = []
        self.registry = registry
        self.changes = 0
        self.requests = KernelRequests(registry, lambda *message: self.sent.append(message))

    def receive(self, content: Any) -> None:
        """Deliver a message of the page."""
        self.requests.receive(content, self._count)

    def request(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        """Send a request, and return the status and the body of the reply."""
        headers = {"content-type": "application/json"}
        message = {"v": 1, "type": "request", "mark": "a-1", "method": method, "path": path}
        self.receive(message | {"headers": headers, "body": body})
        head, buffers = self.sent[-1]
        assert (head["type"], head["mark"]) == ("reply", "a-1")
        assert buffers is not None
        return head["status"], json.loads(gzip.decompress(buffers[0]))

    def _count(self) -> None:
        self.changes += 1


@pytest.fixture
def messages(tmp_path: Path) -> Messages:
    """Return messages for a registry of seven versions."""
    return Messages(many_models(tmp_path / "registry"))


def test_a_request_is_answered(messages: Messages) -> None:
    """The reply has the mark of the request and the body of the REST API."""
    status, body = messages.request("/registries/this/versions?limit=2&order_by=-created_at")
    assert status == 200
    assert [item["name"] for item in body["items"]] == ["svm", "rf"]


def test_a_change_is_made_and_announced(messages: Messages) -> None:
    """A change of the page changes the registry, and is reported once."""
    path = "/registries/this/models/rf/aliases/staging"
    status, _ = messages.request(path, "PUT", '{"version": 3}')
    assert (status, messages.changes) == (200, 1)
    status, body = messages.request("/registries/this/models/rf/versions/3")
    assert "staging" in json.dumps(body)


def test_a_preview_is_not_announced(messages: Messages) -> None:
    """A preview changes nothing, so that no view reads the registry again."""
    path = "/registries/this/models/rf/aliases/staging"
    status, _ = messages.request(path, "PUT", '{"version": 3, "preview": true}')
    assert (status, messages.changes) == (200, 0)


def test_the_lists_after_a_change_are_read_with_it(messages: Messages) -> None:
    """The requests after a change show its state, until the registry is read again."""
    path = "/registries/this/models/rf/aliases/staging"
    messages.request(path, "PUT", '{"version": 3}')
    writer = ModelRegistry(messages.registry.location)
    writer.tag_model("rf:3", "theirs")
    _, before = messages.request("/registries/this/models/rf/versions/3")
    messages.requests.forget()
    _, after = messages.request("/registries/this/models/rf/versions/3")
    assert [len(found["aliases"]) for found in (before, after)] == [1, 1]
    assert [[tag["name"] for tag in found["tags"]] for found in (before, after)] == [[], ["theirs"]]


def test_a_later_request_reads_the_registry_again(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes by other writers are shown a second after the change of the page."""
    now = [100.0]
    monkeypatch.setattr("exo_nbregistry.panels.kernel_requests.time.monotonic", lambda: now[0])
    path = "/registries/this/models/rf/aliases/staging"
    messages.request(path, "PUT", '{"version": 3}')
    ModelRegistry(messages.registry.location).tag_model("rf:3", "theirs")
    now[0] += 1.5
    _, found = messages.request("/registries/this/models/rf/versions/3")
    assert [tag["name"] for tag in found["tags"]] == ["theirs"]


def test_a_refused_change_is_not_announced(messages: Messages) -> None:
    """An error reply reports no change."""
    path = "/registries/this/models/rf/aliases/staging"
    status, _ = messages.request(path, "PUT", '{"version": 99}')
    assert (status, messages.changes) == (404, 0)


@pytest.mark.parametrize(
    "path",
    [
        "/registries/other/versions",
        "/registries/..%2f..%2fetc/versions",
        "http://example.org/registries",
        "//example.org/registries",
        "/nothing",
        "\0",
        "",
    ],
)
def test_another_path_is_refused(messages: Messages, path: str) -> None:
    """A page reaches only the registry of its panel."""
    status, body = messages.request(path)
    assert 400 <= status < 500
    assert body["message"]


@pytest.mark.parametrize("method", ["", "get", "TRACE", "PATCH"])
def test_another_method_is_refused(messages: Messages, method: str) -> None:
    """A method without a route is an error reply."""
    status, _ = messages.request("/registries", method)
    assert status == 405


@pytest.mark.parametrize("body", ["{", "[]", '"\ud800"', '{"version": "x"}', "x" * 70_000, 3, {}])
def test_a_body_of_another_form_is_refused(messages: Messages, body: Any) -> None:
    """A body that is not the expected JSON is an error reply."""
    status, _ = messages.request("/registries/this/models/rf/aliases/staging", "PUT", body)
    assert 400 <= status < 500


@pytest.mark.parametrize(
    "message",
    [
        None,
        "request",
        [],
        {},
        {"type": "request"},
        {"v": 2, "type": "request", "mark": "a", "method": "GET", "path": "/registries"},
        {"v": 1, "type": "request", "mark": 3, "method": "GET", "path": "/registries"},
        {"v": 1, "type": "request", "mark": "a", "method": ["GET"], "path": "/registries"},
        {"v": 1, "type": "request", "mark": "a", "method": "GET", "path": {}},
        {"v": 1, "type": "request", "mark": "\ud800", "method": "GET", "path": "/registries"},
        {"v": 1, "type": "request", "mark": "a" * 101, "method": "GET", "path": "/registries"},
    ],
)
def test_a_message_of_another_form_is_ignored(messages: Messages, message: Any) -> None:
    """A message that is not a request has no reply."""
    messages.receive(message)
    assert messages.sent == []


def test_a_greeting_is_answered(messages: Messages) -> None:
    """The kernel replies to the greeting of a view, after which ipykernel uses its own thread."""
    messages.receive({"v": 1, "type": "hello"})
    assert [content for content, _ in messages.sent] == [{"v": 1, "type": "ready"}]


def test_headers_of_another_form_are_dropped(messages: Messages) -> None:
    """Headers that are not texts do not stop a request."""
    message = {"v": 1, "type": "request", "mark": "a", "method": "GET", "path": "/registries"}
    for headers in (None, [], {"a": 3}, {f"h{n}": "x" for n in range(100)}):
        messages.receive(message | {"headers": headers})
        assert messages.sent[-1][0]["status"] == 200


def test_a_slow_request_reports_progress(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page receives the progress of the index while it waits for a reply."""
    released = threading.Event()

    def slow(_registries: Any, _method: str, url: str, *_others: Any) -> Answer:
        if url.endswith("/indexing"):
            released.set()
            return Answer(200, {}, b'{"read": 10, "total": 100}')
        released.wait(60)
        return Answer(200, {}, b"{}")

    monkeypatch.setattr(kernel_requests, "answer", slow)
    monkeypatch.setattr(kernel_requests, "_PAUSE_S", 0.001)
    messages.request("/registries/this/versions")
    assert messages.sent[0][0] == {"v": 1, "type": "progress", "read": 10, "total": 100}
    assert messages.sent[-1][0]["type"] == "reply"


def test_two_views_are_answered_one_after_the_other(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests of two threads never run at the same time."""
    running, most = [0], [0]
    lock = threading.Lock()

    def counted(*_arguments: Any) -> Answer:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return Answer(200, {}, b"{}")

    monkeypatch.setattr(kernel_requests, "answer", counted)
    threads = [
        threading.Thread(target=messages.requests.answer, args=("GET", "/registries"))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
