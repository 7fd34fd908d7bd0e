"""A fault of the network or a crash loses nothing, and nothing is written twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exo_nbregistry.errors import KeyExistsError, RegistryError, StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.bucket import BucketStore
from tests.cloud.bucket_registry import open_registry, open_store, upload
from tests.cloud.fixtures import unused_prefix
from tests.cloud.network_fault import Fault
from tests.cloud.programs import ACCOUNT_KEY, SECRET, Server
from tests.cloud.proxy import Proxy, proxy
from tests.cloud.request_kind import READS, WRITES
from tests.registry_crash import CALLS, NEW, OLD, look, prepare

MAX_POINTS = 60
# Writes below this folder test the store, before the first write of a process. The head is written
# by a thread, at any time.
NOT_PROBE = r"^(?!.*nbregistry\.json\.(tmp|head))"
# Each is applied once, to a request that writes.
FAULTS = {
    "lost reply": {"drop": True},
    "lost request": {"cut": "request"},
    "error": {"answer": 500},
    "error after the commit": {"answer": 500, "committed": True},
    "busy": {"answer": 503},
    "conflict": {"kind": "CREATE", "answer": 409},
}


# The code that decides after a fault is the same for both; the answers of the servers differ.
CASES = [
    *(("seaweedfs", name) for name in FAULTS),
    *(("azurite", name) for name in ("lost reply", "conflict")),
]
# Which bodies are cut during which call.
CUTS = [("GET", "reply", "load_model"), ("CREATE", "request", "delete_model")]


@dataclass(frozen=True)
class Wire:
    """A server, a proxy in front of it, and a folder to copy registries from."""

    server: Server
    proxy: Proxy
    template: Path

    def begin(self, call: str) -> str:
        """Return the prefix of a new copy of the registry; the first registration needs none."""
        self.proxy.clear()
        return unused_prefix() if call == "register_first" else upload(self.template, self.server)

    def make(self, call: str, prefix: str) -> None:
        """Make a call through the proxy."""
        CALLS[call](open_registry(self.proxy.server, prefix))


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a folder with three versions, as `prepare` creates them."""
    folder = tmp_path / "template"
    prepare(ModelRegistry(folder, durable=False))
    return folder


@pytest.fixture(params=["seaweedfs", "azurite"])
def wire(request: pytest.FixtureRequest, template: Path) -> Iterator[Wire]:
    """Return a proxy in front of each server."""
    server = request.getfixturevalue(request.param)
    with proxy(server) as front:
        yield Wire(server, front, template)


@pytest.mark.parametrize(("wire", "name"), CASES, indirect=["wire"])
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_while_writing_is_harmless(wire: Wire, call: str, name: str) -> None:
    """A call in which any one request that writes fails succeeds, and takes effect once."""
    for point in range(MAX_POINTS):
        prefix = wire.begin(call)
        where = {"kind": WRITES, "target": NOT_PROBE, "skip": point, "times": 1}
        fault = wire.proxy.add(Fault(**{**where, **FAULTS[name]}))
        wire.make(call, prefix)
        assert look(open_registry(wire.server, prefix)) == (NEW[call], []), point
        if not fault.applied:
            break
    assert 1 <= point < MAX_POINTS


@pytest.mark.parametrize("call", ["register_model", "set_alias", "purge_model"])
def test_a_fault_while_reading_is_harmless(wire: Wire, call: str) -> None:
    """A call in which any one request that reads fails succeeds."""
    for point in range(MAX_POINTS):
        prefix = wire.begin(call)
        fault = wire.proxy.add(Fault(READS, NOT_PROBE, skip=point, times=1, answer=500))
        wire.make(call, prefix)
        assert look(open_registry(wire.server, prefix)) == (NEW[call], []), point
        if not fault.applied:
            break
    assert 1 <= point < MAX_POINTS


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_a_crash_leaves_the_old_or_the_new_state(wire: Wire, call: str, committed: bool) -> None:
    """If a process ends before or after any write, its call is done or not begun."""
    # From that write, the server rejects all requests, as if the process had ended.
    old, states = {} if call == "register_first" else OLD, []
    for point in range(MAX_POINTS):
        prefix = wire.begin(call)
        last = Fault(WRITES, NOT_PROBE, point, times=1, answer=403, committed=committed)
        wire.proxy.add(last)
        wire.proxy.add(After(last, answer=403))
        with contextlib.suppress(RegistryError):
            wire.make(call, prefix)
        if not last.applied:
            break
        states.append(look(open_registry(wire.server, prefix)))
        registry = open_registry(wire.server, prefix)
        CALLS[call](registry)
        assert look(registry) == (NEW[call], []), point
    before = states.count((old, []))
    assert states == [(old, [])] * before + [(NEW[call], [])] * (len(states) - before)
    assert before < len(states) if committed else before > 0
    assert point < MAX_POINTS


class After(Fault):
    """A fault of all requests after another fault was applied."""

    def __init__(self, first: Fault, *, answer: int) -> None:
        super().__init__(answer=answer)
        self._first = first

    def applies(self, kind: str, target: str) -> bool:
        """Return whether the other fault was applied."""
        return self._first.applied > 0 and super().applies(kind, target)


@pytest.mark.parametrize(("kind", "cut", "call"), CUTS)
def test_a_body_that_is_always_cut_is_an_error(wire: Wire, kind: str, cut: str, call: str) -> None:
    """If each body is cut in the middle, one clear error without secrets is raised."""
    prefix = wire.begin(call)
    fault = wire.proxy.add(Fault(kind, "/(blobs|events)/", cut=cut))
    registry = open_registry(wire.proxy.server, prefix)
    with pytest.raises(StoreError) as caught:
        getattr(registry, call)("toy:3")
    assert fault.applied > 0
    check_text(str(caught.value))
    assert look(open_registry(wire.server, prefix)) == (OLD, [])
    wire.proxy.clear()
    assert registry.load_model("toy:3")[0].C == 3.0


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_server_that_always_fails_is_an_error(wire: Wire, status: int) -> None:
    """If the server answers each request with an error, one clear error is raised, in time."""
    prefix = wire.begin("load")
    registry = open_registry(wire.proxy.server, prefix)
    wire.proxy.add(Fault(answer=status))
    with pytest.raises(StoreError) as caught:
        registry.load_model("toy:3")
    check_text(str(caught.value))


def check_text(text: str) -> None:
    """Check that an error is one line for users."""
    assert "\n" not in text
    for part in (SECRET, ACCOUNT_KEY, "Debug source", "<Error>", "Traceback"):
        assert part not in text


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_while_creating_a_key_is_resolved(wire: Wire, name: str) -> None:
    """A creation with a fault succeeds if its bytes are stored, and otherwise the key exists."""
    prefix = unused_prefix()
    store = open_store(wire.proxy.server, prefix)
    for number in range(2):
        fault = wire.proxy.add(Fault(**{"kind": "CREATE", "times": 1, **FAULTS[name]}))
        store.create(f"a/{number}", b"mine", staging="tmp")
        assert fault.applied == 1
        wire.proxy.add(Fault(**{"kind": "CREATE", "times": 1, **FAULTS[name]}))
        with pytest.raises(KeyExistsError):
            store.create(f"a/{number}", b"another", staging="tmp")
    direct = open_store(wire.server, prefix)
    assert list(direct.read_many(["a/0", "a/1"], max_bytes=9)) == [b"mine", b"mine"]


@pytest.mark.parametrize("point", [0, 4, 8])
@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("wire", ["azurite"], indirect=True)
def test_a_fault_while_testing_the_store_is_harmless(wire: Wire, name: str, point: int) -> None:
    """The test of conditional writes before the first write succeeds in spite of a fault."""
    where = {"kind": "CREATE", "target": r"nbregistry\.json\.tmp", "skip": point, "times": 1}
    fault = wire.proxy.add(Fault(**{**where, **FAULTS[name]}))
    prefix = unused_prefix()
    store = BucketStore(wire.proxy.url(prefix), wire.proxy.options)
    store.create("models/toy/versions/v", b"{}", staging="models/toy/tmp")
    assert fault.applied == 1
    assert open_store(wire.server, prefix).names("nbregistry.json.tmp") == []


def test_a_store_without_conditional_writes_is_rejected(moto: Server) -> None:
    """A server that ignores the condition of a PUT is detected before anything is written."""
    prefix = unused_prefix()
    with proxy(moto) as front:
        fault = front.add(Fault(unconditional=True))
        store = BucketStore(front.url(prefix), front.options)
        with pytest.raises(StoreError, match="does not protect existing files") as caught:
            ModelRegistry(store, create=True)
        check_text(str(caught.value))
    assert fault.applied > 0
    assert open_store(moto, prefix).names("") == []
