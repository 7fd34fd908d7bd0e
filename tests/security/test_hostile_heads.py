"""A head with any content changes no answer, and delays the notice of a change for two minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import MemoryStore

from exo_nbregistry.journal.head_watch import SWEEP_S, HeadWatch
from exo_nbregistry.journal.head_writer import HeadWriter
from exo_nbregistry.journal.revision import Revision
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.store.bucket_stores import wait_for_heads

MODEL = "kepler"
_NUMBER = st.integers(-2, 12) | st.integers() | st.booleans() | st.none()
_PAIRS = st.dictionaries(
    st.sampled_from([MODEL, "tess", "No Model", ""]), st.lists(_NUMBER, max_size=3)
)
HEADS = (
    st.binary(max_size=40)
    | _PAIRS.map(lambda pairs: json.dumps(pairs).encode())
    | st.sampled_from(
        [
            b'{"kepler": [999999999999, 999999999999]}',
            b'{"kepler": [1, 0]',
            b"[" * 5000,
            b" " * (1 << 21),
        ]
    )
)
STEPS = st.lists(
    st.sampled_from(["register", "set alias", "register without head", "remove head", "wait"])
    | HEADS,
    max_size=7,
)


class Registry:
    """A registry in a bucket: a writer, and a handle that polls it with its own clock."""

    def __init__(self) -> None:
        self.memory = MemoryStore()
        self.now_s = 0.0
        self.writer = ModelRegistry(self.store())
        self.writer.register_model({"value": 0}, MODEL)
        self.n_versions, self.champion = 1, 0
        store = BucketStore.over(self.memory, cache_bytes=0)
        self.poller = ModelRegistry(cast(Store, store))
        work = self.poller._workspace
        watch = HeadWatch(store, clock=lambda: self.now_s)
        work.__dict__["revision"] = Revision(work.journal, work.registry_id, head=watch)

    def store(self) -> Store:
        """Return another store on the same objects."""
        return cast(Store, BucketStore.over(self.memory, cache_bytes=0))

    def step(self, step: str | bytes) -> None:
        """Change the registry, or write a head."""
        if isinstance(step, bytes):
            self.memory.put(HEAD, step)
        elif step == "remove head":
            self.memory.delete(HEAD)
        elif step == "wait":
            self.now_s += SWEEP_S
        elif step == "set alias":
            self.champion = self.n_versions
            self.writer.set_alias(MODEL, "champion", self.champion)
        elif step == "annotate":
            self.writer.annotate(MODEL, "A note.")
        elif step == "register":
            self.register()
        else:
            with without_head():
                self.register()
        wait_for_heads()

    def register(self) -> None:
        """Register another version."""
        self.writer.register_model({"value": self.n_versions}, MODEL)
        self.n_versions += 1

    def true_revision(self) -> str:
        """Return the revision after listing all keys."""
        work = self.poller._workspace
        return Revision(work.journal, work.registry_id).read()


@contextmanager
def without_head() -> Iterator[None]:
    """Write as an earlier release, or as a process that is killed before it moves the head."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HeadWriter, "add", lambda self, model, kind, number: None)
        yield


@given(steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_no_head_changes_an_answer(steps: list[str | bytes]) -> None:
    """Lists, loads and aliases equal the records after each step."""
    registry = Registry()
    for step in steps:
        registry.step(step)
        registry.poller.revision()
        poller, n_versions = registry.poller, registry.n_versions
        expected = [f"{MODEL}:{number}" for number in range(1, n_versions + 1)]
        assert sorted(poller.list_models().ids, key=lambda name: int(name[7:])) == expected
        assert poller.load_model(MODEL)[0] == {"value": n_versions - 1}
        if registry.champion:
            assert poller.get_metadata(f"{MODEL}@champion").version == registry.champion


@given(steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_a_poll_is_at_most_two_minutes_late(steps: list[str | bytes]) -> None:
    """After the interval, the revision equals that of the registry, after any head."""
    registry = Registry()
    registry.poller.revision()
    for step in steps:
        registry.step(step)
        registry.poller.revision()
    registry.now_s += SWEEP_S
    assert registry.poller.revision() == registry.true_revision()


@given(changes=st.lists(st.sampled_from(["register", "annotate"]), min_size=1, max_size=4))
@settings(max_examples=10, deadline=None)
def test_a_moved_head_is_noticed_at_the_next_poll(changes: list[str]) -> None:
    """Without faults, each change of another process gives another revision at once."""
    registry = Registry()
    wait_for_heads()
    seen = [registry.poller.revision()]
    for change in changes:
        registry.step(change)
        seen.append(registry.poller.revision())
        assert seen[-1] == registry.true_revision()
    assert len(set(seen)) == len(seen)


def test_a_writer_without_a_head_is_noticed_late_but_listed_at_once() -> None:
    """A record without a move of the head is in the next list, and in the revision later."""
    registry = Registry()
    wait_for_heads()
    before = registry.poller.revision()
    registry.step("register without head")
    assert registry.poller.revision() == before
    assert len(registry.poller.list_models()) == 2
    assert registry.poller[MODEL].version == 2
    registry.step("wait")
    assert registry.poller.revision() == registry.true_revision() != before
