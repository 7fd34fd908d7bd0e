"""An index as one compressed file."""

from __future__ import annotations

import gzip
import hashlib
import io
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.index.index import Index
from exo_nbregistry.index.packed_index import copy_index, fill_index, is_empty, pack, unpack
from tests.index_source import MemorySource


@pytest.fixture
def full(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an index with three versions and an alias."""
    source = MemorySource()
    source.trust = "ada"
    for _ in range(3):
        source.add("toy", metrics={"f1_score": 0.5})
    source.happen("toy", "alias", alias="champion", version=1, target="")
    index = Index(source, tmp_path / "full.sqlite", progress=False)
    index.refresh()
    index.close()
    with sqlite3.connect(tmp_path / "full.sqlite") as connection:
        connection.isolation_level = None
        yield connection
    connection.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an index without versions."""
    index = Index(MemorySource(), tmp_path / "empty.sqlite", progress=False)
    index.refresh()
    index.close()
    with sqlite3.connect(tmp_path / "empty.sqlite") as connection:
        connection.isolation_level = None
        yield connection
    connection.close()


def rows(index: sqlite3.Connection, table: str) -> list[Any]:
    """Return the rows of a table."""
    return index.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def test_an_index_is_empty_without_versions_and_folders(
    full: sqlite3.Connection, empty: sqlite3.Connection
) -> None:
    """Only such an index may be filled."""
    assert is_empty(empty)
    assert not is_empty(full)


def test_a_filled_index_has_all_rows(
    full: sqlite3.Connection, empty: sqlite3.Connection, tmp_path: Path
) -> None:
    """All tables are equal, for a user with the same trusted signers."""
    copy_index(full, tmp_path / "copy.sqlite")
    fill_index(empty, tmp_path / "copy.sqlite", "ada")
    for table in ("versions", "facts", "fields", "marks"):
        assert rows(empty, table) == rows(full, table)
    ((model, *stamps),) = rows(full, "folders")
    assert rows(empty, "folders") == [(model, *(-stamp for stamp in stamps))]
    assert empty.execute("SELECT stamp FROM trust").fetchall() == [("ada",)]


def test_other_signers_have_another_stamp(
    full: sqlite3.Connection, empty: sqlite3.Connection, tmp_path: Path
) -> None:
    """The stamp of the writer is only a digest, so the rows are computed again."""
    copy_index(full, tmp_path / "copy.sqlite")
    fill_index(empty, tmp_path / "copy.sqlite", "eve")
    stamp = hashlib.sha256(b"ada").hexdigest()
    assert empty.execute("SELECT stamp FROM trust").fetchall() == [(stamp,)]


def test_marks_of_lost_records_are_not_copied(full: sqlite3.Connection, tmp_path: Path) -> None:
    """The report of a lost version stays on the machine that has seen it."""
    full.execute("UPDATE marks SET number = 9, replaced = 1")
    copy_index(full, tmp_path / "copy.sqlite")
    copy = sqlite3.connect(tmp_path / "copy.sqlite")
    query = "SELECT count(*) FROM marks WHERE number != found OR replaced"
    assert copy.execute(query).fetchone() == (0,)
    copy.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON versions BEGIN DELETE FROM versions; END",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE marks",
        "PRAGMA user_version = 1",
    ],
)
def test_other_tables_are_rejected(
    full: sqlite3.Connection, empty: sqlite3.Connection, tmp_path: Path, statement: str
) -> None:
    """A file must have exactly the tables of this release."""
    copy_index(full, tmp_path / "copy.sqlite")
    copy = sqlite3.connect(tmp_path / "copy.sqlite")
    copy.execute(statement)
    copy.commit()
    copy.close()
    with pytest.raises(sqlite3.DatabaseError, match="other tables"):
        fill_index(empty, tmp_path / "copy.sqlite", "ada")
    assert is_empty(empty)


def test_a_locked_index_is_not_waited_for_without_end(
    full: sqlite3.Connection,
    empty: sqlite3.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stopped process may hold the lock of the index."""
    monkeypatch.setattr("exo_nbregistry.index.packed_index._MAX_WAIT_S", 0.1)
    copy_index(full, tmp_path / "copy.sqlite")
    empty.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "empty.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError):
        fill_index(empty, tmp_path / "copy.sqlite", "ada")
    other.close()


def test_an_index_that_another_process_fills_meanwhile_is_kept(
    full: sqlite3.Connection, empty: sqlite3.Connection, tmp_path: Path
) -> None:
    """The process that waits for the lock does not replace the rows of the other one."""
    copy_index(full, tmp_path / "copy.sqlite")
    other = sqlite3.connect(tmp_path / "empty.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO folders VALUES ('new', 1, 1)")
    errors: list[sqlite3.OperationalError] = []

    def fill() -> None:
        waiting = sqlite3.connect(tmp_path / "empty.sqlite", isolation_level=None)
        assert is_empty(waiting)
        started.set()
        try:
            fill_index(waiting, tmp_path / "copy.sqlite", "ada")
        except sqlite3.OperationalError as error:
            errors.append(error)
        waiting.close()

    started = threading.Event()
    thread = threading.Thread(target=fill)
    thread.start()
    started.wait(10)
    # The other process waits for the lock.
    time.sleep(0.5)
    other.execute("COMMIT")
    other.close()
    thread.join(30)
    assert [str(error) for error in errors] == ["another process has filled the index"]
    assert rows(empty, "folders") == [("new", 1, 1)]
    assert rows(empty, "versions") == []


def packed(data: bytes, tmp_path: Path) -> tuple[bytes, dict[str, Any]]:
    """Return compressed bytes and their description."""
    path = tmp_path / "data"
    path.write_bytes(data)
    target = io.BytesIO()
    sha256 = pack(path, target)
    compressed = target.getvalue()
    sizes = {"size_bytes": len(compressed), "unpacked_bytes": len(data)}
    return compressed, {"sha256": sha256, **sizes}


def test_packed_bytes_are_unpacked(tmp_path: Path) -> None:
    """The digest is of the compressed bytes, which depend only on the content."""
    data = bytes(range(256)) * 9999
    compressed, content = packed(data, tmp_path)
    assert packed(data, tmp_path)[0] == compressed
    assert content["sha256"] == hashlib.sha256(compressed).hexdigest()
    assert gzip.decompress(compressed) == data
    unpack(io.BytesIO(compressed), content, tmp_path / "out", progress=False)
    assert (tmp_path / "out").read_bytes() == data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "0" * 64}, "checksum"),
        ({"size_bytes": 3}, "does not have 3 bytes"),
        ({"size_bytes": 10**9}, "does not have 1,000,000,000 bytes"),
        ({"unpacked_bytes": 3}, "does not have 3 bytes"),
        ({"unpacked_bytes": 10**9}, "does not have 1,000,000,000 bytes"),
    ],
)
def test_a_wrong_size_or_digest_is_an_error(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """Not more bytes than described are read."""
    compressed, content = packed(b"x" * 5000, tmp_path)
    with pytest.raises(IntegrityError, match=message):
        unpack(io.BytesIO(compressed), content | change, tmp_path / "out", progress=False)


def test_a_large_file_shows_a_bar(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar on stderr counts the bytes."""
    monkeypatch.setattr("exo_nbregistry.index.progress_bar._MIN_FOR_PROGRESS", 0)
    compressed, content = packed(b"x" * 5000, tmp_path)
    unpack(io.BytesIO(compressed), content, tmp_path / "out", progress=True)
    assert "Reading the index: 100%" in capsys.readouterr().err
