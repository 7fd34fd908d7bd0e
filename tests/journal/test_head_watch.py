"""A poll lists the keys of a bucket only if its head has changed or the time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from obstore.store import MemoryStore

from exo_nbregistry.journal.head import note_commit
from exo_nbregistry.journal.head_watch import SWEEP_S, HeadWatch
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.store.bucket_stores import Requests, requests

__all__ = ["requests"]

KNOWN = {"kepler": (3, 1)}


@dataclass
class Bucket:
    """A bucket with a head, and a watch with its own clock."""

    memory: MemoryStore = field(default_factory=MemoryStore)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.store = BucketStore.over(self.memory, cache_bytes=0)
        self.watch = HeadWatch(self.store, clock=lambda: self.now_s)

    def write(self, head: bytes) -> None:
        """Replace the head."""
        self.memory.put(HEAD, head)

    def poll(self) -> bool:
        """Return whether the keys must be listed, and list them."""
        changed = self.watch.has_changed(KNOWN)
        if changed:
            self.watch.confirm()
        return changed


@pytest.fixture
def bucket() -> Bucket:
    """Return a bucket whose keys were listed."""
    bucket = Bucket()
    bucket.write(b'{"kepler": [3, 1]}')
    assert bucket.poll()
    return bucket


def test_an_unchanged_head_is_one_request(bucket: Bucket, requests: Requests) -> None:
    """While the head is the same, a poll asks for it once and lists nothing."""
    assert not bucket.poll()
    assert not bucket.poll()
    assert requests.names() == ["get", "get"]


def test_a_higher_number_is_a_change(bucket: Bucket) -> None:
    """A version, an event or a model that was not listed is a change, once."""
    for head in (b'{"kepler": [4, 1]}', b'{"kepler": [3, 2]}', b'{"tess": [1, 0]}'):
        bucket.write(head)
        assert bucket.poll()
        assert not bucket.poll()


def test_known_numbers_are_no_change(bucket: Bucket) -> None:
    """A head with numbers that were listed before causes no listing."""
    bucket.write(b'{"kepler": [2, 1]}')
    assert not bucket.poll()


def test_a_failed_listing_is_repeated(bucket: Bucket) -> None:
    """A change stays one until the keys were listed."""
    bucket.write(b'{"kepler": [4, 1]}')
    assert bucket.watch.has_changed(KNOWN)
    assert bucket.watch.has_changed(KNOWN)


def test_the_keys_are_listed_after_two_minutes(bucket: Bucket) -> None:
    """The keys are listed from time to time, also if the head is unchanged."""
    bucket.now_s += SWEEP_S - 1
    assert not bucket.poll()
    bucket.now_s += 1
    assert bucket.poll()
    assert not bucket.poll()


@pytest.mark.parametrize(
    "damage",
    [
        lambda bucket: bucket.memory.delete(HEAD),
        lambda bucket: bucket.write(b" " * (1 << 21)),
    ],
    ids=["missing", "too large"],
)
def test_without_a_head_each_poll_lists(
    bucket: Bucket,
    requests: Requests,
    damage: Callable[[Bucket], object],
) -> None:
    """Without a head that can be read, it is not asked for again until the time is over."""
    damage(bucket)
    assert bucket.poll()
    requests.names()
    assert bucket.poll()
    assert requests.names() == []
    bucket.write(b'{"kepler": [3, 1]}')
    bucket.now_s += SWEEP_S
    assert bucket.poll()
    assert not bucket.poll()


def test_a_damaged_head_is_a_change_once(bucket: Bucket) -> None:
    """After a head that cannot be parsed, the keys are listed; then it is unchanged."""
    bucket.write(b'{"kepler": [3')
    assert bucket.poll()
    assert not bucket.poll()


def test_an_own_commit_lists_without_asking(bucket: Bucket, requests: Requests) -> None:
    """A commit of this process is visible before the head has moved."""
    note_commit(bucket.store.location)
    assert bucket.poll()
    assert requests.names() == []
    assert not bucket.poll()


def test_the_first_commit_makes_a_watch_look_for_the_head(bucket: Bucket) -> None:
    """A head that was missing is used soon after this process has written a record."""
    bucket.memory.delete(HEAD)
    assert bucket.poll()
    note_commit(bucket.store.location)
    assert bucket.poll()
    bucket.write(b'{"kepler": [3, 1]}')
    assert bucket.poll()
    assert not bucket.poll()


def test_a_forgotten_listing_is_repeated(bucket: Bucket) -> None:
    """After `forget`, the keys are listed at the next poll."""
    bucket.watch.forget()
    assert bucket.poll()
    assert not bucket.poll()
