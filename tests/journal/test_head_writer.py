"""The head of a bucket follows each record, in a thread whose failures no call notices."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from obstore.exceptions import PermissionDeniedError
from obstore.store import MemoryStore

from exo_nbregistry.errors import StoreError
from exo_nbregistry.journal.head import parse_head
from exo_nbregistry.journal.head_writer import ATTEMPTS, HeadWriter
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.store.base import Content
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.store.bucket_stores import Requests, fail, lose, requests

__all__ = ["requests"]


def store_in(memory: MemoryStore) -> BucketStore:
    """Return another store on the same objects."""
    return BucketStore.over(memory, cache_bytes=0)


def numbers_in(memory: MemoryStore) -> dict[str, tuple[int, int]] | None:
    """Return the numbers of the head."""
    return parse_head(store_in(memory).read(HEAD, max_bytes=10**6))


class RefusingStore:
    """A store whose head another writer has always just changed."""

    location = "memory://refusing"

    def __init__(self) -> None:
        self.swaps = 0
        self.error: Exception | None = None

    def read_if_changed(self, key: str, tag: str | None, *, max_bytes: int) -> Content | None:
        """Return an empty head."""
        return Content(b"{}", "tag")

    def swap(self, key: str, data: bytes, tag: str | None) -> str | None:
        """Return None, or raise the error."""
        self.swaps += 1
        if self.error is not None:
            raise self.error
        return None


def test_the_first_record_creates_the_head() -> None:
    """The head has the number of each kind of record."""
    memory = MemoryStore()
    writer = HeadWriter(store_in(memory))
    writer.add("kepler", VERSION, 1)
    writer.add("kepler", EVENT, 1)
    writer.add("kepler", EVENT, 2)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (1, 2)}


def test_a_later_record_is_one_request(requests: Requests) -> None:
    """A writer that has moved the head before moves it with one request."""
    writer = HeadWriter(store_in(MemoryStore()))
    writer.add("kepler", VERSION, 1)
    writer.wait()
    requests.names()
    writer.add("kepler", VERSION, 2)
    writer.wait()
    assert requests.names() == ["put"]


def test_writers_do_not_undo_each_other() -> None:
    """A writer that has an older head reads it again, and takes the maximum."""
    memory = MemoryStore()
    first, second = HeadWriter(store_in(memory)), HeadWriter(store_in(memory))
    for writer, numbers in ((first, (1, 4)), (second, (2,)), (first, (3,)), (second, (5,))):
        for number in numbers:
            writer.add("kepler", VERSION, number)
        writer.wait()
    second.add("tess", EVENT, 1)
    second.wait()
    assert numbers_in(memory) == {"kepler": (5, 0), "tess": (0, 1)}


def test_a_head_with_the_number_is_not_written_again(requests: Requests) -> None:
    """A number that another writer has passed is not written."""
    memory = MemoryStore()
    writer, late = HeadWriter(store_in(memory)), HeadWriter(store_in(memory))
    writer.add("kepler", VERSION, 9)
    writer.wait()
    requests.names()
    late.add("kepler", VERSION, 8)
    late.wait()
    assert requests.names() == ["get"]


@pytest.mark.parametrize("data", [b"", b'{"kepler": [1', b'{"No Model": [1, 1]}'])
def test_a_damaged_head_is_replaced(data: bytes) -> None:
    """A head that cannot be parsed begins again."""
    memory = MemoryStore()
    memory.put(HEAD, data)
    writer = HeadWriter(store_in(memory))
    writer.add("kepler", VERSION, 3)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (3, 0)}


def test_a_lost_reply_is_resolved(requests: Requests) -> None:
    """If the reply to a move is lost, the head is read again."""
    memory = MemoryStore()
    writer = HeadWriter(store_in(memory))
    writer.add("kepler", VERSION, 1)
    writer.wait()
    requests.replace("put", lose(TimeoutError("no reply")))
    writer.add("kepler", VERSION, 2)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (2, 0)}


def test_a_head_that_always_changes_is_given_up() -> None:
    """After a few conflicts, the head is left to the other writers."""
    store = RefusingStore()
    writer = HeadWriter(store)
    writer.add("kepler", VERSION, 1)
    writer.wait()
    assert store.swaps == ATTEMPTS


def test_a_failure_is_silent_and_the_next_record_tries_again() -> None:
    """An error of the store is not raised, and does not stop later moves."""
    store = RefusingStore()
    store.error = StoreError("not permitted", key=HEAD)
    writer = HeadWriter(store)
    for number in (1, 2):
        writer.add("kepler", VERSION, number)
        writer.wait()
    assert store.swaps == 2


def test_a_bucket_without_permission_for_the_head_stays_usable(requests: Requests) -> None:
    """A move that the bucket rejects leaves the head unchanged."""
    memory = MemoryStore()
    writer = HeadWriter(store_in(memory))
    writer.add("kepler", VERSION, 1)
    writer.wait()
    requests.replace("put", fail(PermissionDeniedError("no")))
    writer.add("kepler", VERSION, 2)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (1, 0)}
    writer.add("kepler", VERSION, 3)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (3, 0)}


def test_records_during_a_move_share_the_next_one() -> None:
    """Many records while a request runs are one more request."""
    began, released = threading.Event(), threading.Event()
    written: list[bytes] = []

    class SlowStore(RefusingStore):
        def swap(self, key: str, data: bytes, tag: str | None) -> str | None:
            began.set()
            assert released.wait(30)
            written.append(data)
            return f"tag {len(written)}"

    writer = HeadWriter(SlowStore())
    writer.add("kepler", VERSION, 1)
    assert began.wait(30)
    for number in range(2, 50):
        writer.add("kepler", VERSION, number)
    released.set()
    writer.wait()
    assert written == [b'{"kepler":[1,0]}\n', b'{"kepler":[49,0]}\n']


def test_a_process_ends_after_its_last_move() -> None:
    """A short command moves the head before it ends."""
    program = """
import time
from exo_nbregistry.journal.head_writer import HeadWriter
from exo_nbregistry.store.base import Content
class Store:
    location = "memory://slow"
    def read_if_changed(self, key, tag, *, max_bytes):
        return Content(b"{}", "tag")
    def swap(self, key, data, tag):
        time.sleep(0.3)
        print(key, data.decode(), end="", flush=True)
        return "new"
HeadWriter(Store()).add("kepler", "version", 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == 'nbregistry.json.head {"kepler":[1,0]}\n'
    assert done.stderr == ""


def test_a_thread_that_did_not_survive_a_fork_is_replaced() -> None:
    """A writer whose thread is dead starts another one."""
    memory = MemoryStore()
    writer = HeadWriter(store_in(memory))
    writer._thread = dead = threading.Thread(target=lambda: None)
    dead.start()
    dead.join()
    writer.add("kepler", VERSION, 1)
    writer.wait()
    assert numbers_in(memory) == {"kepler": (1, 0)}
