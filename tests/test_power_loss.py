"""Completed calls survive power loss; interrupted calls leave the old or the new state."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.commit import claim, link
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.values.keys import TMP
from tests.crash import Change, refuse_links, watched
from tests.lossy_disk import Disk, Tree, read_tree, write_tree

COMMITS = {"link": link, "claim": claim}
REGISTRY = "registry"
CALLS: dict[str, Callable[[ModelRegistry], object]] = {
    "register_first": lambda registry: register(registry, 4),
    "register_model": lambda registry: register(registry, 4),
    "set_alias": lambda registry: registry.set_alias("toy", "champion", 2),
    "delete_model": lambda registry: registry.delete_model("toy:2"),
    "restore_model": lambda registry: registry.restore_model("toy:1"),
}

Call = Callable[[ModelRegistry], object]
Shown = dict[str, tuple[str, tuple[str, ...], Any]]


def register(registry: ModelRegistry, value: int) -> str:
    """Register a model that differs by `value`."""
    return registry.register_model(model={"value": value}, model_name="toy")


class Laboratory:
    """Registries in separate folders, each with its own index."""

    def __init__(self, folder: Path, commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.commit = COMMITS[commit]
        self.monkeypatch = monkeypatch
        self.numbers = itertools.count()
        # The simulated disk is flushed, not the real one.
        monkeypatch.setattr(os, "fsync", lambda fd: None)
        if commit == "claim":
            monkeypatch.setattr(os, "link", refuse_links)

    def place(self, tree: Tree) -> Path:
        """Write a tree to a new folder."""
        place = self.folder / str(next(self.numbers))
        write_tree(place, tree)
        self.monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(self.folder / f"c{place.name}"))
        return place

    def open(self, place: Path, *, durable: bool = False) -> ModelRegistry:
        """Open the registry in a folder."""
        store = LocalStore(place / REGISTRY, durable=durable, commit=self.commit)
        return ModelRegistry(store, create=True)

    def begin(self, call: str) -> Tree:
        """Return the tree before a call: three versions, one deleted, and an alias; or empty."""
        place = self.place({})
        if call != "register_first":
            registry = self.open(place)
            for value in (1, 2, 3):
                register(registry, value)
            registry.set_alias("toy", "champion", 3)
            registry.delete_model("toy:1")
        return read_tree(place)

    def make(self, call: Call, place: Path) -> list[Change]:
        """Make a durable call and return its changes of the disk."""
        done: list[Change] = []
        record_change = {"before": lambda change: None, "after": done.append}
        with watched(str(place), lambda moment, change: record_change[moment](change)):
            call(self.open(place, durable=True))
        return done

    def show(self, place: Path) -> Shown:
        """Return the contents of an intact registry, with each active model loaded."""
        registry = self.open(place)
        assert registry.verify().faults == ()
        return {
            item.model_id: (
                item.status,
                item.aliases,
                registry.load_model(item.model_id)[0] if item.status == "active" else None,
            )
            for item in registry.list_models(include_deleted=True)
        }


class Recording:
    """Changes of the disk by one call, and the states before and after it."""

    def __init__(self, laboratory: Laboratory, call: str) -> None:
        self.call = CALLS[call]
        self.before = laboratory.begin(call)
        self.old = laboratory.show(laboratory.place(self.before))
        place = laboratory.place(self.before)
        self.log = laboratory.make(self.call, place)
        self.new = laboratory.show(place)

    def disk(self, changes: int) -> Disk:
        """Return the disk after the given number of changes."""
        disk = Disk(self.before, ignored=TMP)
        disk.apply(self.log[:changes])
        return disk

    @property
    def moments(self) -> range:
        """Numbers of changes after which the power can fail."""
        return range(len(self.log) + 1)


@pytest.fixture(params=COMMITS)
def laboratory(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Laboratory:
    """Return a laboratory for each way of committing."""
    return Laboratory(tmp_path, request.param, monkeypatch)


@pytest.fixture(params=CALLS)
def recording(laboratory: Laboratory, request: pytest.FixtureRequest) -> Recording:
    """Return a recording of each call."""
    return Recording(laboratory, request.param)


def different(trees: Iterable[Tree]) -> list[Tree]:
    """Return each tree once."""
    return list({frozenset(tree.items()): tree for tree in trees}.values())


def torn(tree: Tree) -> list[str]:
    """Return the blobs whose bytes do not match their digest."""
    return [
        path
        for path, data in tree.items()
        if "/blobs/" in path and f"/{hashlib.sha256(data or b'').hexdigest()}." not in path
    ]


def test_power_loss_leaves_the_old_or_the_new(laboratory: Laboratory, recording: Recording) -> None:
    """After power loss at any time, the registry is intact and the repeated call succeeds."""
    trees = different(
        tree for changes in recording.moments for tree in recording.disk(changes).left()
    )
    found = []
    for tree in trees:
        place = laboratory.place(tree)
        found.append(laboratory.show(place))
        laboratory.make(recording.call, place)
        assert laboratory.show(place) == recording.new
        assert torn(read_tree(place)) == []
    assert recording.old in found
    assert recording.new in found
    assert all(shown in (recording.old, recording.new) for shown in found)


def test_a_completed_call_survives(laboratory: Laboratory, recording: Recording) -> None:
    """After the call has returned, power loss does not undo it."""
    for tree in recording.disk(len(recording.log)).left():
        assert laboratory.show(laboratory.place(tree)) == recording.new


def test_a_completed_call_after_a_kill_survives(
    laboratory: Laboratory, recording: Recording
) -> None:
    """A call that finds the result of a killed call makes it durable."""
    for changes in recording.moments:
        disk = recording.disk(changes)
        disk.apply(laboratory.make(recording.call, laboratory.place(disk.now())))
        for tree in disk.left():
            assert laboratory.show(laboratory.place(tree)) == recording.new, changes


@pytest.mark.parametrize("use", ["set_alias", "tag_model", "delete_model"])
def test_an_event_outlives_no_version(laboratory: Laboratory, use: str) -> None:
    """An event never survives the version that it refers to, even if the writer was killed."""
    uses: dict[str, Call] = {
        "set_alias": lambda registry: registry.set_alias("toy", "champion", 4),
        "tag_model": lambda registry: registry.tag_model("toy:4", "reviewed"),
        "delete_model": lambda registry: registry.delete_model("toy:4"),
    }
    recording = Recording(laboratory, "register_model")
    checked = 0
    for changes in recording.moments:
        disk = recording.disk(changes)
        place = laboratory.place(disk.now())
        if laboratory.show(place) != recording.new:
            continue
        disk.apply(laboratory.make(uses[use], place))
        expected = laboratory.show(place)
        checked += 1
        for tree in disk.left():
            assert laboratory.show(laboratory.place(tree)) == expected, changes
    assert checked >= 2


def test_a_payload_torn_by_power_loss_is_replaced(laboratory: Laboratory) -> None:
    """A torn blob with the digest that the next call needs is written again."""
    recording = Recording(laboratory, "register_model")
    torn_trees = [
        tree
        for changes in recording.moments
        for tree in recording.disk(changes).left()
        if torn(tree)
    ]
    linked = laboratory.commit is link
    assert bool(torn_trees) == linked, "a payload has its name before its bytes are flushed"
    for tree in different(torn_trees):
        place = laboratory.place(tree)
        disk = Disk(tree, ignored=TMP)
        disk.apply(laboratory.make(recording.call, place))
        assert torn(read_tree(place)) == []
        for left in disk.left():
            assert laboratory.show(laboratory.place(left)) == recording.new


def test_power_loss_can_undo_a_call_that_is_not_durable(laboratory: Laboratory) -> None:
    """With durable=False, power loss can undo a completed call, and the simulation finds it."""
    before = laboratory.begin("register_model")
    place = laboratory.place(before)
    done: list[Change] = []
    registry = laboratory.open(place, durable=False)
    with watched(str(place), lambda moment, change: moment == "after" and done.append(change)):
        register(registry, 4)
    disk = Disk(before, ignored=TMP)
    disk.apply(done)
    lost = [tree for tree in disk.left() if not any("v000004.json" in path for path in tree)]
    assert lost
    assert any(torn(tree) for tree in disk.left())


def test_the_disk_keeps_what_was_flushed() -> None:
    """Flushing a file makes its bytes durable, and flushing a folder its names."""
    disk = Disk({"d": None}, ignored=TMP)
    write = [Change("open", ("d/f",)), Change("write", ("d/f",), b"1234")]
    disk.apply(write)
    nothing = {"d": None}
    torn_or_whole = [{"d": None, "d/f": data} for data in (b"", b"12", b"1234")]

    def left() -> list[Tree]:
        return sorted(disk.left(), key=lambda tree: (len(tree), tree.get("d/f") or b""))

    assert disk.now() == torn_or_whole[2]
    assert left() == [nothing, *torn_or_whole]
    disk.apply([Change("fsync", ("d",))])
    assert left() == torn_or_whole
    disk.apply([Change("fsync", ("d/f",))])
    assert left() == torn_or_whole[2:]
    disk.apply([Change("rename", ("d/f", "d/g"))])
    assert {frozenset(tree) - {"d"} for tree in left()} == {
        frozenset(names) for names in ("", "f", "g", "fg") for names in [[f"d/{n}" for n in names]]
    }
    disk.apply([Change("fsync", ("d",)), Change("unlink", ("d/g",))])
    assert left() == [nothing, {"d": None, "d/g": b"1234"}]
