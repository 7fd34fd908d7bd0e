"""The first key of a store is created once, and its staging folder is not kept."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.founding import create_first_key
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from tests.crash import killed
from tests.store.calls import COMMITS

KEY, STAGING = "first.json", "first.json.tmp"


def create(store: Store, data: bytes) -> bytes:
    """Create the first key and return its content."""
    return create_first_key(store, KEY, data, staging=STAGING, max_bytes=100)


@pytest.mark.parametrize("commit", [*COMMITS, "memory"])
def test_the_staging_folder_is_removed(tmp_path: Path, commit: str) -> None:
    """After the first creation, and after a second one, only the key exists."""
    store = MemoryStore() if commit == "memory" else LocalStore(tmp_path, commit=COMMITS[commit])
    for data in (b"first", b"second"):
        assert create(store, data) == b"first"
        assert store.names("") == [KEY]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed process is a fork")
@pytest.mark.parametrize("commit", COMMITS)
def test_a_killed_process_does_not_block_the_next(tmp_path: Path, commit: str) -> None:
    """Killed at any change, a process leaves the complete key or none; the next one succeeds."""
    for point in range(1, 200):
        folder = tmp_path / str(point)
        store = LocalStore(folder, commit=COMMITS[commit])
        died = killed(str(folder), point, lambda store=store: create(store, b"first"))
        existed = store.info(KEY) is not None
        assert create(store, b"second") in ((b"first",) if existed else (b"first", b"second"))
        assert store.names("").count(KEY) == 1
        if not died:
            break
    assert point > 10
    assert store.names("") == [KEY]


@pytest.mark.parametrize("commit", COMMITS)
def test_one_of_many_creates_the_key(tmp_path: Path, commit: str) -> None:
    """Threads that create the key at the same time get the same content; only the key remains."""
    racers, rounds = 6, 20
    gate = threading.Barrier(racers)

    def race(racer: int) -> list[bytes]:
        found = []
        for number in range(rounds):
            store = LocalStore(tmp_path / str(number), durable=False, commit=COMMITS[commit])
            gate.wait()
            found.append(create(store, b"%d" % racer))
        return found

    with ThreadPoolExecutor(racers) as pool:
        results = list(pool.map(race, range(racers)))
    for number, found in enumerate(zip(*results, strict=True)):
        assert len(set(found)) == 1
        assert os.listdir(tmp_path / str(number)) == [KEY]


def test_a_removed_staging_folder_is_created_again(tmp_path: Path) -> None:
    """If another process removes the staging folder, the creation is repeated."""
    store = LocalStore(tmp_path)
    real, calls = store.create, []

    def remove_first(key: str, data: bytes, *, staging: str) -> None:
        calls.append(key)
        if len(calls) < 3:
            raise_store_error(errno.ENOENT)
        real(key, data, staging=staging)

    store.create = remove_first  # type: ignore[assignment,method-assign]
    assert create(store, b"first") == b"first"
    assert len(calls) == 3


def test_other_errors_are_raised(tmp_path: Path) -> None:
    """An error other than a missing folder is raised immediately."""
    store = LocalStore(tmp_path)
    store.create = lambda *_, **__: raise_store_error(errno.ENOSPC)  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="No space"):
        create(store, b"first")


def raise_store_error(number: int) -> None:
    """Raise the error of a store whose system call failed."""
    error = StoreError(os.strerror(number), key=KEY)
    error.errno = number
    raise error
