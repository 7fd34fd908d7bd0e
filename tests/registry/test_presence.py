"""A handle notices that its registry was unmounted, and works again when it returns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exo_nbregistry.errors import RecordError, StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.presence import same_registry
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.keys import DESCRIPTOR

ROOT = Path(__file__).resolve().parents[2]
GONE = r"The registry in .* was removed: .* mount it again"
CALLS = {
    "register_model": lambda registry: registry.register_model([9], "toy"),
    "set_alias": lambda registry: registry.set_alias("toy", "best", 1),
    "tag_model": lambda registry: registry.tag_model("toy:1", "x"),
    "attach": lambda registry: registry.attach("toy:1", "note", "Good."),
    "delete_model": lambda registry: registry.delete_model("toy:1"),
    "purge_model": lambda registry: registry.purge_model("toy:1"),
    "collect_garbage": lambda registry: registry.collect_garbage(dry_run=False),
    "load_model": lambda registry: registry.load_model("toy:1"),
    "get_metadata": lambda registry: registry.get_metadata("toy@champion"),
    "list_models": lambda registry: len(registry.list_models()),
    "contains": lambda registry: "toy:1" in registry,
    "stats": lambda registry: registry.get_registry_stats(),
    "history": lambda registry: len(registry.history("toy")),
    "verify": lambda registry: registry.verify(),
}


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an open registry with a version and an alias."""
    registry = ModelRegistry(tmp_path / "share", durable=False)
    registry.register_model([1], "toy")
    registry.set_alias("toy", "champion", 1)
    registry.list_models()
    return registry


def moved(registry: ModelRegistry) -> Path:
    """Move a registry away, as an unmount does, and return its new place."""
    away = Path(f"{registry.location}-away")
    os.rename(registry.location, away)
    return away


@pytest.mark.parametrize("left", ["empty folder", "nothing"])
@pytest.mark.parametrize("call", CALLS)
def test_a_registry_that_is_gone_is_an_error(registry: ModelRegistry, call: str, left: str) -> None:
    """In an empty mount point, each call raises an error and writes nothing."""
    moved(registry)
    place = Path(registry.location)
    if left == "empty folder":
        place.mkdir()
    with pytest.raises(StoreError, match=GONE):
        CALLS[call](registry)
    assert not place.exists() or os.listdir(place) == []


@pytest.mark.parametrize("call", CALLS)
def test_another_registry_in_its_place_is_an_error(registry: ModelRegistry, call: str) -> None:
    """If another registry is mounted in the folder, no call reads it or writes to it."""
    moved(registry)
    other = ModelRegistry(registry.location, durable=False)
    other.register_model([7], "toy")
    replaced = r"replaced by another one, with the id '[0-9a-f]{32}'|belongs to another registry"
    with pytest.raises((StoreError, RecordError), match=replaced):
        CALLS[call](registry)
    assert [item.model_id for item in other.list_models()] == ["toy:1"]
    assert other.verify().faults == ()


def test_a_handle_works_again_when_its_registry_returns(registry: ModelRegistry) -> None:
    """When the folder is back, the handle continues with the next number."""
    away = moved(registry)
    place = Path(registry.location)
    place.mkdir()
    with pytest.raises(StoreError, match=GONE):
        registry.register_model([2], "toy")
    place.rmdir()
    away.rename(place)
    assert registry.register_model([2], "toy") == "toy:2"
    assert [item.version for item in registry.list_models("toy")] == [1, 2]


def test_a_lost_descriptor_is_an_error_until_it_is_created_again(registry: ModelRegistry) -> None:
    """The error of a handle whose descriptor was removed names the call that creates it again."""
    Path(registry.location, DESCRIPTOR).unlink()
    with pytest.raises(StoreError, match=r"ModelRegistry\('.*', create=True\) creates it again"):
        registry.register_model([2], "toy")
    ModelRegistry(registry.location, create=True)
    assert registry.register_model([2], "toy") == "toy:2"


def test_a_copy_of_the_registry_is_the_same(registry: ModelRegistry) -> None:
    """A copy in the same place has the same id, so the handle uses it."""
    shutil.copytree(moved(registry), registry.location)
    assert registry.register_model([2], "toy") == "toy:2"


def test_a_registry_that_vanishes_during_a_registration_is_an_error(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the share is unmounted after the payloads are staged, nothing is published elsewhere."""
    from exo_nbregistry.store.staged import StagedFile

    place = StagedFile.place

    def unmounted_before(staged: StagedFile, key: str) -> object:
        if Path(registry.location, "models").exists():
            moved(registry)
            os.mkdir(registry.location)
        return place(staged, key)

    monkeypatch.setattr(StagedFile, "place", unmounted_before)
    with pytest.raises(StoreError, match=GONE):
        registry.register_model([2], "toy")
    assert os.listdir(registry.location) == []


def test_a_registry_in_memory_is_checked_too() -> None:
    """A store without a folder notices that its descriptor is missing."""
    store = MemoryStore()
    registry = ModelRegistry(store)
    registry.register_model([1], "toy")
    store.guard(DESCRIPTOR, lambda data: None)
    store.remove(DESCRIPTOR)
    store.guard(DESCRIPTOR, same_registry("memory", registry._workspace.registry_id))
    with pytest.raises(StoreError, match=GONE):
        registry.register_model([2], "toy")


PROGRAM = """
import os, subprocess, sys
from exo_nbregistry import ModelRegistry
from exo_nbregistry.errors import RecordError, StoreError

share, other = sys.argv[1:]

def run(*command):
    subprocess.run(command, check=True)

def gone(call):
    try:
        call()
    except StoreError as error:
        assert "mount" in str(error).lower(), error
    else:
        raise AssertionError("no error")

run("mount", "-t", "tmpfs", "none", share)
registry = ModelRegistry(share)
assert registry.register_model([1], "toy") == "toy:1"
registry.list_models()
# As `umount` and `mount`, with the same content.
run("mount", "--bind", share, other)
run("umount", share)
gone(lambda: registry.register_model([2], "toy"))
gone(lambda: registry.set_alias("toy", "best", 1))
gone(lambda: registry.load_model("toy:1"))
gone(lambda: len(registry.list_models()))
assert os.listdir(share) == [], os.listdir(share)
run("mount", "--bind", other, share)
assert registry.register_model([2], "toy") == "toy:2"
assert [item.version for item in registry.list_models("toy")] == [1, 2]
run("umount", share)
run("mount", "-t", "tmpfs", "none", share)
ModelRegistry(share).register_model([7], "toy")
gone(lambda: registry.register_model([3], "toy"))
run("umount", share)
print("done")
"""


def test_a_share_that_is_unmounted_and_mounted_again(tmp_path: Path) -> None:
    """With real mounts: no descriptor blocks the unmount, and nothing is written meanwhile."""
    folders = [tmp_path / "share", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    isolated = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed: apt-get install util-linux")
    mount = [*isolated, "mount", "-t", "tmpfs", "none", str(folders[0])]
    probe = subprocess.run(mount, capture_output=True, text=True, timeout=60)
    if probe.returncode:
        pytest.skip(f"file systems may not be mounted here: {probe.stderr.strip()}")
    done = subprocess.run(
        [*isolated, sys.executable, "-c", PROGRAM, *map(str, folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
