"""Requests and answers without a transport: routing, hostile input, ETags and errors."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.answer import MAX_PARAMETERS, MAX_URL_CHARACTERS, Answer, answer
from exo_nbregistry.api.request import MAX_BODY_BYTES
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller

JSON = {"Content-Type": "application/json"}


class Client:
    """Sends requests to the registries of a folder."""

    def __init__(self, caller: RouteCaller) -> None:
        self.catalogue = caller.catalogue
        self.base = f"/registries/{caller.ids()[0]}"

    def send(
        self, method: Any, url: Any, headers: Any = None, body: Any = b"", *, below: bool = True
    ) -> Answer:
        """Return the answer to a request; `url` is below the registry by default."""
        full = f"{self.base}{url}" if below else url
        return answer(self.catalogue, method, full, {} if headers is None else headers, body)


@pytest.fixture
def client(caller: RouteCaller) -> Client:
    """Return a client of the only registry."""
    return Client(caller)


def parsed(found: Answer) -> Any:
    """Return the body as JSON."""
    return json.loads(found.body)


def test_a_read_is_answered_with_json(client: Client) -> None:
    """A GET has the status 200, JSON and an ETag."""
    found = client.send("GET", "/versions?limit=2&where=version%20%3C%203")
    assert found.status == 200
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["Cache-Control"] == "private, no-cache"
    assert parsed(found)["total"] == 2


def test_names_in_the_path_are_decoded(client: Client) -> None:
    """A percent-encoded name in the path is the name of the model."""
    assert client.send("GET", "/models/%6Bepler/history").status == 200
    assert parsed(client.send("GET", "/models/a%2Fb/history"))["message"].startswith(
        "Invalid model name 'a/b'"
    )


def test_a_change_changes_the_registry(client: Client, registry: ModelRegistry) -> None:
    """A PUT makes the change and is never cached."""
    body = json.dumps({"version": 3, "expected": 2}).encode()
    found = client.send("PUT", "/models/kepler/aliases/champion", JSON, body)
    assert (found.status, found.headers["Cache-Control"]) == (200, "no-store")
    assert registry.aliases("kepler")["champion"].version == 3


def test_an_unchanged_registry_is_a_304(
    client: Client, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known revision is a 304 without a body, and a change sends the full reply."""
    monkeypatch.setattr("exo_nbregistry.api.answer.current_minute", lambda: 5)
    etag = client.send("GET", "/models").headers["ETag"]
    again = client.send("GET", "/models", {"if-none-match": f'"x", {etag}'})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    registry.tag_model("kepler:1", "new")
    assert client.send("GET", "/models", {"If-None-Match": etag}).status == 200


def test_relative_times_are_known_for_a_minute(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list with relative times is sent again after a minute, although nothing changed."""
    monkeypatch.setattr("exo_nbregistry.api.answer.current_minute", lambda: 5)
    etag = client.send("GET", "/versions").headers["ETag"]
    assert client.send("GET", "/versions", {"If-None-Match": etag}).status == 304
    monkeypatch.setattr("exo_nbregistry.api.answer.current_minute", lambda: 6)
    assert client.send("GET", "/versions", {"If-None-Match": etag}).status == 200


def test_a_digest_is_an_etag_too(client: Client) -> None:
    """The list of registries has a digest as its ETag."""
    first = client.send("GET", "/registries", below=False)
    known = {"If-None-Match": f"W/{first.headers['ETag']}"}
    assert client.send("GET", "/registries", known, below=False).status == 304
    other = client.send("GET", "/registries", {"If-None-Match": '"other"'}, below=False)
    assert other.body == first.body


def test_head_has_no_body(client: Client) -> None:
    """HEAD has the status and headers of GET, and no body."""
    found = client.send("HEAD", "/models")
    assert (found.status, found.body) == (200, b"")
    assert found.headers["ETag"]
    assert found.headers["Content-Type"] == "application/json"


def test_an_unsupported_method_names_the_supported_ones(client: Client) -> None:
    """A method that the route does not have is a 405 with the Allow header."""
    found = client.send("PATCH", "/models/kepler/aliases/champion", JSON, b"{}")
    assert (found.status, found.headers["Allow"]) == (405, "DELETE, PUT")
    assert parsed(found)["reason"] == "method_not_allowed"


@pytest.mark.parametrize("method", [["GET"], None, 5, {"GET": 1}, "", "get", "G\r\nX: y"])
def test_an_odd_method_is_a_405(client: Client, method: Any) -> None:
    """A method that is not a text, or not a known one, is rejected in words."""
    found = client.send(method, "/models")
    assert found.status == 405
    assert "\n" not in parsed(found)["message"]


@pytest.mark.parametrize(
    "url",
    [
        *(["/registries"], None, b"/registries", 7, "", "registries", "http://x/registries"),
        *(
            "//x/registries",
            "javascript:alert(1)",
            "/registries?where=%ff",
            "/registries?where=\ud800",
            "/registries/%ff/models",
        ),
        "/registries?" + "a=1&" * (MAX_PARAMETERS + 1),
        "/" + "x" * MAX_URL_CHARACTERS,
    ],
)
def test_an_odd_url_is_a_400(client: Client, url: Any) -> None:
    """A URL that is not a short path in UTF-8 is rejected in words."""
    found = client.send("GET", url, below=False)
    assert (found.status, parsed(found)["reason"]) == (400, "bad_request")


@pytest.mark.parametrize("path", ["/", "/nonsense", "/registries/", "/registries/a/b/c", "/.."])
def test_an_unknown_path_is_a_404(client: Client, path: str) -> None:
    """A path without a route is a 404 in the form of all errors."""
    found = client.send("GET", path, below=False)
    assert (found.status, parsed(found)["reason"]) == (404, "not_found")
    assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [None, [], "x", {1: 2}, {"If-None-Match": ["*"]}])
def test_odd_headers_are_ignored(client: Client, headers: Any) -> None:
    """Headers that are not texts do not matter."""
    found = answer(client.catalogue, "GET", f"{client.base}/models", headers, b"")
    assert found.status == 200


@pytest.mark.parametrize("body", [None, "text", {"a": 1}, memoryview(b"{}")])
def test_a_body_that_is_not_bytes_is_a_400(client: Client, body: Any) -> None:
    """Only bytes are a body."""
    assert client.send("GET", "/models", JSON, body).status == 400


def test_a_large_body_is_a_413(client: Client, registry: ModelRegistry) -> None:
    """A large body is rejected before it is parsed, also by a GET."""
    before = registry.revision()
    body = b" " * (MAX_BODY_BYTES + 1)
    assert client.send("POST", "/models/kepler/versions/1/notes", JSON, body).status == 413
    assert client.send("GET", "/models", {}, body).status == 413
    assert registry.revision() == before


def test_an_error_of_the_registry_is_a_reply_without_paths(client: Client, root: Path) -> None:
    """A damaged record is a 503 that does not name the folder."""
    record = root / "models" / "registry" / "models" / "kepler" / "versions" / "v000002.json"
    record.write_bytes(b"{")
    found = client.send("GET", "/models/kepler/versions/2")
    assert (found.status, parsed(found)["reason"]) == (503, "damaged")
    assert str(root) not in found.body.decode()


def test_a_fault_of_the_program_is_a_500(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error is logged, and the reply does not contain its text."""

    def fail(*_arguments: object) -> Any:
        raise ZeroDivisionError("secret /home/ada")

    monkeypatch.setattr(ModelRegistry, "history", fail)
    with caplog.at_level(logging.ERROR, "exo_nbregistry"):
        found = client.send("GET", "/models/kepler/history")
    assert (found.status, parsed(found)["reason"]) == (500, "failed")
    assert b"secret" not in found.body
    assert "ZeroDivisionError" in caplog.text
