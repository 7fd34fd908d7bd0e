"""The file of the index: it is a cache, so damage to it does not change any result."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.index import database
from exo_nbregistry.index.database import IndexFile, index_path, transaction
from exo_nbregistry.index.index import Index
from exo_nbregistry.index.schema import SCHEMA_VERSION
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import cache_folder
from tests.index_source import MemorySource


@pytest.fixture
def source() -> MemorySource:
    """Return a registry with a few versions."""
    source = MemorySource()
    for number in range(300):
        source.add("m", metrics={"f1": number / 300}, tags={"n": number})
    return source


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where an index may be."""
    return tmp_path / "cache" / "index.sqlite"


def best(source: MemorySource, path: Path | None) -> list[str]:
    """Search in an index that was just opened."""
    index = Index(source, path, progress=False)
    try:
        return [item.model_id for item in index.search(order_by="-metrics.f1", limit=3).items]
    finally:
        index.close()


ANSWER = ["m:300", "m:299", "m:298"]


def _garbage(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(50_000))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _zeroed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def _other_tables(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE versions(a)")
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _gone(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES = [_garbage, _cut, _empty, _zeroed, _other_tables, _gone, _folder]


@pytest.mark.parametrize("change", CHANGES)
def test_a_spoilt_file_changes_no_answer(
    source: MemorySource, path: Path, change: Callable[[Path], None]
) -> None:
    """An invalid, damaged or empty file, or one of another release, is rebuilt."""
    assert best(source, path) == ANSWER
    change(path)
    assert best(source, path) == ANSWER
    assert best(source, path) == ANSWER


def test_a_file_spoilt_under_an_open_index_changes_no_answer(
    source: MemorySource, path: Path
) -> None:
    """A kernel with an open file continues after the file is deleted or overwritten."""
    index = Index(source, path, clock_ns=lambda: source.now_ns, progress=False)
    for change in (_gone, _garbage):
        for name in ("index.sqlite-wal", "index.sqlite-shm"):
            path.with_name(name).unlink(missing_ok=True)
        if path.exists():
            change(path)
        source.add("m", metrics={"f1": 2.0})
        found = index.search(order_by="-metrics.f1", limit=1)
        assert found.total == len(source.records["m"]["version"])
        assert found.items[0].metrics == {"f1": 2.0}


def test_a_file_is_rebuilt_only_once(
    source: MemorySource,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """If a rebuilt file also fails, the index is in memory, and a warning is logged."""
    tasks = 0

    def task(index: sqlite3.Connection, _is_new: bool) -> str:
        nonlocal tasks
        tasks += 1
        if index.execute("PRAGMA database_list").fetchone()[2]:
            raise sqlite3.DatabaseError("it is torn")
        return "answer"

    file = IndexFile(path)
    assert file.run(task) == "answer"
    assert tasks == 3
    assert "using an index in memory" in caplog.text
    file.close()


@pytest.mark.parametrize("place", ["file/index.sqlite", "/proc/none/index.sqlite"])
def test_a_folder_that_cannot_be_used_is_done_without(
    source: MemorySource, tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """If no file can be created, the index is in memory, and a warning is logged."""
    (tmp_path / "file").write_text("no folder")
    assert best(source, tmp_path / place) == ANSWER
    assert "Cannot use the index" in caplog.text


def test_a_read_only_file_is_done_without(source: MemorySource, path: Path) -> None:
    """A read-only file is unchanged, and results are up to date."""
    assert best(source, path) == ANSWER
    before = path.read_bytes()
    index = Index(source, progress=False)
    index._file = _ReadOnly(path)
    source.now_ns += 10**10
    source.add("m", metrics={"f1": 2.0})
    assert index.search(order_by="-metrics.f1", limit=1).items[0].version == 301
    assert path.read_bytes() == before
    index.close()


class _ReadOnly(IndexFile):
    """An index file that is opened read-only, because root can write to any file."""

    def run(self, task):  # type: ignore[no-untyped-def]
        if self._path is not None and self._connection is None:
            self._pid = os.getpid()
            self._connection = sqlite3.connect(
                f"file:{self._path}?mode=ro", uri=True, isolation_level=None
            )
            self._at_end = weakref.finalize(self, self._connection.close)
        return super().run(task)


def _ask(folder: Path, name: str, rounds: int) -> list[int]:
    registry = ModelRegistry(folder, durable=False)
    totals = []
    for number in range(rounds):
        registry.register_model({"name": name, "n": number}, name)
        registry.tag_model(name, "x")
        totals.append(registry.list_models(where="'x' in tags").total)
    return totals


def test_processes_share_an_index(tmp_path: Path) -> None:
    """Each of four concurrent processes sees its own writes, and the result has all of them."""
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:
        answers = pool.starmap(_ask, [(tmp_path, f"m{i}", 8) for i in range(4)])
    for totals in answers:
        assert all(total > number for number, total in enumerate(totals))
        assert totals == sorted(totals)
    registry = ModelRegistry(tmp_path, durable=False)
    assert registry.list_models(where="'x' in tags").total == 32
    cached = list(cache_folder().glob("*.sqlite"))
    assert cached == [index_path(registry.registry_id, registry.location)]


def test_a_forked_kernel_opens_the_file_itself(source: MemorySource, path: Path) -> None:
    """A connection is never used by two processes."""
    index = Index(source, path, progress=False)
    assert index.search(limit=1).total == 300
    context = multiprocessing.get_context("fork")
    with context.Pool(1, initializer=_keep, initargs=(index,)) as pool:
        assert pool.apply(_total) == 300
    assert index.search(limit=1).total == 300
    index.close()


_kept: list[Index] = []


def _keep(index: Index) -> None:
    _kept.append(index)


def _total() -> int:
    before = _kept[0]._file._connection
    total = _kept[0].search(limit=1).total
    assert _kept[0]._file._connection is not before
    return total


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """An error rolls the transaction back."""
    connection = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    connection.execute("CREATE TABLE t(a)")

    def write() -> None:
        with transaction(connection, "BEGIN IMMEDIATE"):
            connection.execute("INSERT INTO t VALUES (1)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    with transaction(connection):
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert not connection.in_transaction
    connection.close()


def test_each_registry_place_and_release_has_its_own_file() -> None:
    """The file name is a digest, which is valid on any file system and hides the path."""
    paths = {index_path(name, place) for name in ("a", "b") for place in ("/x", "/y", "/\udcff")}
    assert len(paths) == 6
    assert index_path("a", "/x") in paths
    for path in paths:
        assert path.parent == cache_folder()
        assert path.name.startswith(f"index{SCHEMA_VERSION}-")
        assert len(path.name) < 60


def test_the_folder_is_the_users_own(source: MemorySource, path: Path) -> None:
    """A missing folder is created and is private to the user."""
    assert best(source, path) == ANSWER
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_write_that_waits_is_logged(
    source: MemorySource,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A process that is stopped while it writes the index does not block others in silence."""
    assert best(source, path) == ANSWER
    monkeypatch.setattr(database, "_MESSAGE_AFTER_S", 0.05)
    monkeypatch.setattr(database, "_BUSY_S", 0.2)
    source.add("m", metrics={"f1": 2.0})
    stopped = sqlite3.connect(path, isolation_level=None)
    stopped.execute("BEGIN IMMEDIATE")
    try:
        assert best(source, path) == ["m:301", *ANSWER[:2]]
    finally:
        stopped.close()
    messages = [record.getMessage() for record in caplog.records]
    assert "Waiting up to 0.2 s for another process" in messages[0]
    assert "using an index in memory" in messages[1]


def test_a_write_waits_for_each_kind_of_lock(caplog: pytest.LogCaptureFixture) -> None:
    """A process that recovers the file after a crash is waited for, as one that writes."""

    class Recovering(sqlite3.Connection):
        attempts = 0

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                self.attempts += 1
                if self.attempts == 1:
                    error = sqlite3.OperationalError("database is locked")
                    error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
                    raise error
            return super().execute(sql, *args)

    connection = sqlite3.connect(":memory:", isolation_level=None, factory=Recovering)
    try:
        with transaction(connection, "BEGIN IMMEDIATE"):
            assert connection.in_transaction
    finally:
        connection.close()
    assert connection.attempts == 2
    assert "Waiting up to" in caplog.text
