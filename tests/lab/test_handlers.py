"""The routes in a Jupyter server: methods, statuses, headers and concurrency."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp

from exo_nbregistry.lab.handlers import RESOURCE, Endpoint
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.workspace import Workspace
from tests.lab.conftest import Answer, Fetch

POLLED = ("models", "versions", "models/kepler/history", "panel?ref=kepler", "compare")


async def id_of(fetch: Fetch) -> str:
    """Return the ID of the only registry."""
    (found,) = (await fetch("registries")).json["registries"]
    return str(found["id"])


async def get(fetch: Fetch, registry: str, path: str, etag: str = "") -> Answer:
    """Read a route of a registry."""
    path, _, query = path.partition("?")
    params: Any = [tuple(part.split("=")) for part in query.split("&") if part]
    if path == "compare":
        params = [("ref", "kepler:1"), ("ref", "kepler:2")]
    headers = {"If-None-Match": etag} if etag else {}
    return await fetch("registries", registry, *path.split("/"), params=params, headers=headers)


def test_every_handler_is_an_endpoint(jp_serverapp: ServerApp, jp_base_url: str) -> None:
    """Every handler of the server below the API path is an Endpoint."""
    ours = [
        rule
        for router in jp_serverapp.web_app.default_router.rules
        for rule in getattr(router.target, "rules", [])
        if "nbregistry" in rule.matcher.regex.pattern
    ]
    assert [rule.target for rule in ours] == [Endpoint]


async def test_an_unchanged_registry_costs_a_304_and_no_query(
    fetch: Fetch, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged registry is a 304 without a query, and a change sends the full reply."""
    monkeypatch.setattr("exo_nbregistry.api.answer.current_minute", lambda: 5)
    registry_id = await id_of(fetch)
    etags = {path: (await get(fetch, registry_id, path)).headers["Etag"] for path in POLLED}
    revision = f'W/"{registry.revision()}-'
    assert all(etag.startswith(revision) for etag in etags.values())
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "index", property(lambda self: pytest.fail("the index is read")))
        for path, etag in etags.items():
            again = await get(fetch, registry_id, path, etag)
            assert (again.status, again.body) == (304, b""), path
            assert again.headers["Etag"] == etag
    registry.tag_model("kepler:1", "new")
    for path, etag in etags.items():
        changed = await get(fetch, registry_id, path, etag)
        assert changed.status == 200, path
        assert changed.headers["Etag"] != etag


async def test_some_routes_have_a_digest_as_etag(
    fetch: Fetch, registry: ModelRegistry, root: Path
) -> None:
    """The ETag of a version and of the list of registries is a digest of the reply."""
    registry_id = await id_of(fetch)
    for path in (("registries",), ("registries", registry_id, "models", "kepler", "versions", "1")):
        first = await fetch(*path)
        etag = first.headers["Etag"]
        assert (await fetch(*path, headers={"If-None-Match": etag})).status == 304
        other = await fetch(*path, headers={"If-None-Match": '"other"'})
        assert (other.status, other.body) == (200, first.body)


async def test_headers_keep_replies_private(fetch: Fetch, registry: ModelRegistry) -> None:
    """Replies are not cached by proxies, sniffed by browsers or framed by other sites."""
    registry_id = await id_of(fetch)
    read = await get(fetch, registry_id, "models")
    assert read.headers["Cache-Control"] == "private, no-cache"
    assert read.headers["Content-Type"] == "application/json"
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in read.headers["Content-Security-Policy"]
    page = await get(fetch, registry_id, "panel?ref=kepler")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    refused = await get(fetch, registry_id, "models/absent/history")
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Etag" not in refused.headers


async def test_head_is_get_without_a_body(fetch: Fetch, registry: ModelRegistry) -> None:
    """HEAD has the headers of GET."""
    registry_id = await id_of(fetch)
    head = await fetch("registries", registry_id, "models", method="HEAD")
    whole = await fetch("registries", registry_id, "models")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Etag"] == whole.headers["Etag"]


async def test_other_methods_are_rejected(fetch: Fetch, registry: ModelRegistry) -> None:
    """A 405 names the supported methods, and an unknown path is a 404."""
    registry_id = await id_of(fetch)
    wrong = await fetch("registries", registry_id, "models", method="DELETE")
    assert (wrong.status, wrong.json["reason"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET"
    for path in ("nonsense", "registries/x/y/z", ""):
        other = await fetch(*path.split("/"))
        assert (other.status, other.json["reason"]) == (404, "not_found"), path


async def test_errors_have_one_form(fetch: Fetch, registry: ModelRegistry) -> None:
    """Errors have a status, a message, a reason, a hint and further fields."""
    registry_id = await id_of(fetch)
    invalid = await get(fetch, registry_id, "versions?where=version >")
    assert invalid.status == 400
    assert invalid.json["reason"] == "invalid_query"
    assert invalid.json["position"] == len("version >")
    unknown = await get(fetch, registry_id, "models/keplr/history")
    assert (unknown.status, unknown.json["known"]) == (404, ["kepler"])
    missing = await get(fetch, "0" * 32, "models")
    assert (missing.status, missing.json["hint"]) == (404, "Refresh the list of registries.")
    for answer in (invalid, unknown, missing):
        assert {"message", "reason", "hint"} <= answer.json.keys()


async def test_a_damaged_record_is_a_503(fetch: Fetch, registry: ModelRegistry, root: Path) -> None:
    """A damaged record is a 503 with a hint and without paths."""
    registry_id = await id_of(fetch)
    path = Path(registry.location, "models/kepler/versions/v000002.json")
    path.write_bytes(b"{")
    answer = await get(fetch, registry_id, "models/kepler/versions/2")
    assert (answer.status, answer.json["reason"]) == (503, "damaged")
    assert "verify()" in answer.json["hint"]
    assert str(root) not in answer.body.decode()
    assert (await get(fetch, registry_id, "models/kepler/versions/1")).status == 200
    assert (await get(fetch, registry_id, "versions")).json["total"] == 2


async def test_concurrent_moves_of_an_alias_conflict(fetch: Fetch, registry: ModelRegistry) -> None:
    """Of two concurrent moves, one succeeds and the other is a conflict."""
    registry_id = await id_of(fetch)
    path = ("registries", registry_id, "models", "kepler", "aliases", "champion")
    for _ in range(10):
        there = registry.aliases("kepler")["champion"].version
        others = [version for version in (1, 2, 3) if version != there]
        answers = await asyncio.gather(
            *(
                fetch(*path, method="PUT", body={"version": version, "expected": there})
                for version in others
            )
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status)
        now = registry.aliases("kepler")["champion"].version
        assert won.json["version"] == lost.json["actual"] == now
        assert lost.json["expected"] == there
        assert lost.json["reason"] == "conflict"


async def test_a_hundred_concurrent_requests(fetch: Fetch, registry: ModelRegistry) -> None:
    """All concurrent reads and writes succeed, and no write is lost."""
    registry_id = await id_of(fetch)
    base = ("registries", registry_id, "models", "kepler", "versions", "1")
    reads = [get(fetch, registry_id, POLLED[i % len(POLLED)]) for i in range(60)]
    writes = [
        fetch(*base, "tags", method="POST", body={"tags": {f"t{number}": number}})
        for number in range(40)
    ]
    answers = await asyncio.gather(*reads, *writes)
    assert {answer.status for answer in answers} == {200}
    assert registry["kepler:1"].tags == {f"t{number}": number for number in range(40)}


async def test_a_slow_disk_does_not_block_other_requests(
    fetch: Fetch, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a request waits for the disk, the server handles other requests."""
    registry_id = await id_of(fetch)
    released = threading.Event()

    def slow(self: ModelRegistry, name: str, *options: object) -> Any:
        assert released.wait(60)
        return []

    monkeypatch.setattr(ModelRegistry, "history", slow)
    waiting = asyncio.ensure_future(get(fetch, registry_id, "models/kepler/history"))
    assert (await get(fetch, registry_id, "models")).status == 200
    assert not waiting.done()
    released.set()
    assert (await waiting).json == {"total": 0, "events": []}


class DenyAll(Authorizer):
    """Authorizer that records actions and allows only to read."""

    actions: list[tuple[str, str]] = []  # noqa: RUF012 - one server per test clears it

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Allow reading."""
        self.actions.append((action, resource))
        return action == "read"


async def test_the_authorizer_is_used(
    jp_configurable_serverapp: Any, jp_serverapp: ServerApp, fetch: Fetch, registry: ModelRegistry
) -> None:
    """Reads and changes are separate actions; a user with read access cannot change anything."""
    registry_id = await id_of(fetch)
    DenyAll.actions.clear()
    jp_serverapp.web_app.settings["authorizer"] = DenyAll(parent=jp_serverapp)
    before = registry.revision()
    assert (await get(fetch, registry_id, "models")).status == 200
    path = ("registries", registry_id, "models", "kepler", "aliases", "champion")
    for method in ("PUT", "DELETE"):
        refused = await fetch(*path, method=method, body={"version": 1})
        assert (refused.status, refused.json["reason"]) == (403, "forbidden")
    assert set(DenyAll.actions) == {("read", RESOURCE), ("write", RESOURCE)}
    assert registry.revision() == before


async def test_a_large_body_is_rejected(fetch: Fetch, registry: ModelRegistry) -> None:
    """A large body is rejected before it is parsed."""
    registry_id = await id_of(fetch)
    path = ("registries", registry_id, "models", "kepler", "versions", "1", "notes")
    body = json.dumps({"text": "x" * 70_000}).encode()
    refused = await fetch(*path, method="POST", body=body)
    assert (refused.status, refused.json["reason"]) == (413, "too_large")
    assert registry["kepler:1"].notes == ()
