"""Commits create a file only once, by links, renames or claims."""

from __future__ import annotations

import errno
import multiprocessing
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from exo_nbregistry.errors import KeyExistsError, StoreError
from exo_nbregistry.fs.file import staged_path
from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.store import commit as commit_module
from exo_nbregistry.store.commit import CLAIM, Automatic, Commit, NoHardLinksError, claim, link
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, Moment, killed, watched
from tests.store.calls import BLOB, COMMITS, KEY, TMP, contents, publish, read

RACERS = 4


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Remove hard links from the file system; return the targets of attempted links."""
    tried = []

    def refuse(source: str, target: str, **_folders: object) -> None:
        tried.append(target)
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    return tried


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[Commit, bytes], None]]:
    """Return a function that commits bytes to one file."""
    (tmp_path / "tmp").mkdir()

    def put(way: Commit, data: bytes) -> None:
        with (
            OpenFolder.open(str(tmp_path)) as folder,
            OpenFolder.open(str(tmp_path / "tmp")) as staging,
        ):
            way(folder, "file", data, staging=staging, durable=False)

    return put


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_links_is_known_as_such(
    place: Callable[[Commit, bytes], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    """The errors of file systems without hard links are recognized."""

    def refuse(source: str, target: str, **_folders: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(NoHardLinksError):
        place(link, b"x")
    assert contents(tmp_path) == {}


def test_other_errors_of_a_link_are_raised(
    place: Callable[[Commit, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing disk is not mistaken for a file system without hard links."""

    def fail(source: str, target: str, **_folders: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OSError, match="Input/output error") as caught:
        place(Automatic(), b"x")
    assert caught.value.errno == errno.EIO
    assert contents(tmp_path) == {}


def test_without_links_a_store_claims(tmp_path: Path, no_links: list[str]) -> None:
    """A store detects missing hard links once and then keeps the contract with claims."""
    store = LocalStore(tmp_path)
    for number in range(3):
        store.create(f"models/{number}", b"%d" % number, staging=TMP)
        with pytest.raises(KeyExistsError):
            store.create(f"models/{number}", b"other", staging=TMP)
    assert no_links == ["0"]
    publish(store, BLOB, b"x")
    assert contents(tmp_path) == {**{f"models/{n}": b"%d" % n for n in range(3)}, BLOB: b"x"}


def test_first_runs_in_the_detected_commit(tmp_path: Path, no_links: list[str]) -> None:
    """If hard links are missing, the callback `first` still runs before the key exists."""
    store = LocalStore(tmp_path)
    seen = []
    store.create(KEY, b"{}", staging=TMP, first=lambda: seen.append(store.info(KEY)))
    assert no_links
    assert set(seen) == {None}
    assert read(store, KEY) == b"{}"


def test_a_temporary_error_does_not_change_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without write permission also rejects links, but does not change the commit."""

    def refuse(*paths: str, **_folders: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    way = Automatic()
    store = LocalStore(tmp_path, commit=way)
    store.create("models/0", b"", staging=TMP)
    with monkeypatch.context() as sealed:
        for name in ("link", "rename"):
            sealed.setattr(os, name, refuse)
        with pytest.raises(StoreError, match="ask the owner"):
            store.create(KEY, b"{}", staging=TMP)
    assert way._commit is link
    store.create(KEY, b"{}", staging=TMP)
    assert read(store, KEY) == b"{}"


@pytest.mark.parametrize("name", COMMITS)
def test_a_commit_seen_half_way_is_whole_or_not_there(tmp_path: Path, name: str) -> None:
    """At each change of a commit, a reader sees the complete content or nothing."""
    seen = []

    def look(moment: Moment, change: Change) -> None:
        file = tmp_path / KEY
        seen.append(file.read_bytes() if file.exists() else b"")

    with watched(str(tmp_path), look):
        LocalStore(tmp_path, commit=COMMITS[name]).create(KEY, b"whole", staging=TMP)
    assert set(seen) == {b"", b"whole"}
    assert seen == sorted(seen)


@pytest.mark.parametrize("name", COMMITS)
def test_a_killed_writer_does_not_block_others(tmp_path: Path, name: str) -> None:
    """After a kill at any change, the key has the bytes of the killed or of the next writer."""
    outcomes = []
    for point in range(1, 200):
        folder = tmp_path / str(point)
        store = LocalStore(folder, commit=COMMITS[name])
        died = killed(str(folder), point, lambda s=store: s.create(KEY, b"first", staging=TMP))
        before = store.info(KEY)
        try:
            store.create(KEY, b"second", staging=TMP)
        except KeyExistsError:
            assert read(store, KEY) == b"first"
            outcomes.append("first" if before else "helped")
        else:
            assert before is None
            assert read(store, KEY) == b"second"
            outcomes.append("second")
        assert store.names("models/toy/versions").count("v000001.json") == 1
        if not died:
            break
    assert len(outcomes) > 10
    assert outcomes[0] == "second"
    assert outcomes[-1] == "first"
    assert ("helped" in outcomes) == (name == "claim")
    order = ["second", "helped", "first"]
    assert outcomes == sorted(outcomes, key=order.index), "what has happened stays"


def _claim_left_by_a_killed_writer(folder: Path, data: bytes) -> LocalStore:
    store = LocalStore(folder, durable=False, commit=claim)
    store.create("models/toy/versions/other", b"", staging=TMP)
    left = folder / f"{KEY}{CLAIM}"
    left.mkdir()
    (left / "record").write_bytes(data)
    return store


def test_the_claim_of_a_killed_writer_is_helped(tmp_path: Path) -> None:
    """A writer that finds the claim of a killed writer publishes that one first."""
    store = _claim_left_by_a_killed_writer(tmp_path, b"first")
    with pytest.raises(KeyExistsError):
        store.create(KEY, b"second", staging=TMP)
    assert contents(tmp_path) == {KEY: b"first", "models/toy/versions/other": b""}
    assert sorted(store.names("models/toy/versions")) == ["other", "v000001.json"]


def test_an_emptied_claim_is_taken_over(tmp_path: Path) -> None:
    """A claim folder without content, as after a power loss, is replaced."""
    store = _claim_left_by_a_killed_writer(tmp_path, b"first")
    (tmp_path / f"{KEY}{CLAIM}" / "record").unlink()
    store.create(KEY, b"second", staging=TMP)
    assert contents(tmp_path) == {KEY: b"second", "models/toy/versions/other": b""}


def test_an_unknown_claim_is_an_error(tmp_path: Path) -> None:
    """A folder with unknown content under the name of a claim is an error."""
    store = _claim_left_by_a_killed_writer(tmp_path, b"first")
    os.rename(tmp_path / f"{KEY}{CLAIM}/record", tmp_path / f"{KEY}{CLAIM}/strange")
    with pytest.raises(StoreError, match=r"v000001.json.claim has unknown content"):
        store.create(KEY, b"second", staging=TMP)
    assert contents(tmp_path / TMP) == {}


def test_an_endless_claim_is_not_read(tmp_path: Path) -> None:
    """A claim that is larger than any record is an error before it fills the memory."""
    store = _claim_left_by_a_killed_writer(tmp_path, b"first")
    os.truncate(tmp_path / f"{KEY}{CLAIM}" / "record", 1 << 40)
    with pytest.raises(StoreError, match=r"record has more than 16,777,216 bytes"):
        store.create(KEY, b"second", staging=TMP)
    assert contents(tmp_path / TMP) == {}


def test_a_writer_whose_claim_was_helped_has_won(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer whose claim another process publishes has succeeded."""
    store = LocalStore(tmp_path, durable=False, commit=claim)
    other = LocalStore(tmp_path, durable=False, commit=claim)
    real = commit_module._finish

    def helped_first(*args: object) -> bool:
        monkeypatch.setattr(commit_module, "_finish", real)
        with pytest.raises(KeyExistsError):
            other.create(KEY, b"second", staging=TMP)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(commit_module, "_finish", helped_first)
    store.create(KEY, b"first", staging=TMP)
    assert contents(tmp_path) == {KEY: b"first"}


def test_a_late_claim_loses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that claims after the key was created fails."""
    store = LocalStore(tmp_path, durable=False, commit=claim)
    other = LocalStore(tmp_path, durable=False, commit=claim)
    real = commit_module._claim

    def overtaken(*args: object) -> None:
        monkeypatch.setattr(commit_module, "_claim", real)
        other.create(KEY, b"first", staging=TMP)
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(commit_module, "_claim", overtaken)
    with pytest.raises(KeyExistsError):
        store.create(KEY, b"second", staging=TMP)
    assert contents(tmp_path) == {KEY: b"first"}


def _race(folder: Path, name: str, racer: int) -> list[int]:
    store = LocalStore(folder, durable=False, commit=COMMITS[name])
    won = []
    for number in range(60):
        try:
            store.create(f"models/toy/versions/{number}", b"%d" % racer, staging=TMP)
        except KeyExistsError:
            continue
        won.append(number)
    return won


@pytest.mark.parametrize("name", COMMITS)
def test_one_of_many_processes_wins_a_key(tmp_path: Path, name: str) -> None:
    """If processes create keys at the same time, each key is created once, by the winner."""
    with multiprocessing.get_context("spawn").Pool(RACERS) as pool:
        results = pool.map(partial(_race, tmp_path, name), range(RACERS))
    winners = {number: racer for racer, won in enumerate(results) for number in won}
    assert sum(len(won) for won in results) == len(winners) == 60
    store = LocalStore(tmp_path)
    for number, racer in winners.items():
        assert read(store, f"models/toy/versions/{number}") == b"%d" % racer
    assert len(contents(tmp_path)) == 60


def test_staged_names_contain_the_process(tmp_path: Path) -> None:
    """A staged name contains the process ID, is not a path and is unique."""
    names = {os.path.relpath(staged_path(str(tmp_path)), tmp_path) for _ in range(100)}
    assert len(names) == 100
    for name in names:
        host, pid, random = name.rsplit("-", 2)
        assert host
        assert int(pid) == os.getpid()
        assert len(random) == 16
        assert "/" not in name
