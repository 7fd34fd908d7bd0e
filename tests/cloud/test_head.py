"""The head of a bucket on real servers is moved by compare-and-swap, and polled by one request."""

from __future__ import annotations

import pytest

from exo_nbregistry.journal import head_watch
from exo_nbregistry.journal.head import MAX_HEAD_BYTES, parse_head
from exo_nbregistry.journal.head_watch import HeadWatch
from exo_nbregistry.journal.head_writer import HeadWriter
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.cloud.bucket_registry import open_registry, open_store
from tests.cloud.fixtures import unused_prefix
from tests.cloud.network_fault import Fault
from tests.cloud.programs import Server
from tests.cloud.proxy import proxy
from tests.store.bucket_stores import wait_for_heads

FAULTS = {
    "lost reply": {"drop": True},
    "lost request": {"cut": "request"},
    "error": {"answer": 500},
    "error after the commit": {"answer": 500, "committed": True},
    "busy": {"answer": 503},
    "conflict": {"answer": 409},
    "not permitted": {"answer": 403},
}


@pytest.fixture(params=["seaweedfs", "azurite"])
def server(request: pytest.FixtureRequest) -> Server:
    """Return a server of each cloud."""
    found: Server = request.getfixturevalue(request.param)
    return found


def numbers_in(store: BucketStore) -> dict[str, tuple[int, int]] | None:
    """Return the numbers of the head."""
    return parse_head(store.read(HEAD, max_bytes=MAX_HEAD_BYTES))


def test_writers_do_not_undo_each_other(server: Server) -> None:
    """Two writers with older heads take the maximum of both."""
    prefix = unused_prefix()
    stores = [open_store(server, prefix) for _ in range(2)]
    first, second = (HeadWriter(store) for store in stores)
    for writer, model, kind, number in (
        (first, "kepler", VERSION, 1),
        (second, "kepler", EVENT, 1),
        (first, "tess", VERSION, 1),
        (second, "kepler", VERSION, 2),
    ):
        writer.add(model, kind, number)
        writer.wait()
    assert numbers_in(stores[0]) == {"kepler": (2, 1), "tess": (1, 0)}


def test_a_poll_is_one_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged head is answered by 304, and a changed one by its content."""
    # The writer is another process.
    monkeypatch.setattr(head_watch, "last_commit", lambda location: None)
    prefix = unused_prefix()
    writer = HeadWriter(open_store(server, prefix))
    writer.add("kepler", VERSION, 1)
    writer.wait()
    with proxy(server) as front:
        watch = HeadWatch(open_store(front.server, prefix))
        assert watch.has_changed({})
        watch.confirm()
        front.clear()
        assert not watch.has_changed({"kepler": (1, 0)})
        assert front.requests == {"GET": 1}
        writer.add("kepler", VERSION, 2)
        writer.wait()
        assert watch.has_changed({"kepler": (1, 0)})
        assert front.requests == {"GET": 2}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_head_is_harmless(server: Server, name: str) -> None:
    """If a request for the head fails, the call succeeds, and the next one moves the head."""
    prefix = unused_prefix()
    with proxy(server) as front:
        registry = open_registry(front.server, prefix)
        registry.register_model({"value": 1}, "toy")
        wait_for_heads()
        fault = front.add(Fault("SWAP", "nbregistry.json.head", times=1, **FAULTS[name]))
        registry.register_model({"value": 2}, "toy")
        wait_for_heads()
        assert fault.applied == 1
        registry.register_model({"value": 3}, "toy")
        wait_for_heads()
        assert numbers_in(open_store(server, prefix)) == {"toy": (3, 0)}
        assert sorted(registry.list_models().ids) == ["toy:1", "toy:2", "toy:3"]
        assert registry.verify().faults == ()


def test_a_poll_without_permission_for_the_head_lists(server: Server) -> None:
    """If only the head cannot be read, a poll lists the keys."""
    prefix = unused_prefix()
    with proxy(server) as front:
        registry = open_registry(server, prefix)
        registry.register_model({"value": 1}, "toy")
        wait_for_heads()
        poller = open_registry(front.server, prefix)
        front.add(Fault("GET", "nbregistry.json.head", answer=403))
        before = poller.revision()
        registry.register_model({"value": 2}, "toy")
        assert poller.revision() != before
