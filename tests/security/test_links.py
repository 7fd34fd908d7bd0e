"""A link in place of a folder of an open registry does not lead out of the registry."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links require a privilege on Windows")

FOLDERS = [
    *("models", "models/m", "models/m/tmp", "models/m/blobs", "models/m/events"),
    *("models/m/versions", "models/m/attachments"),
]
_serial = itertools.count(10)
OPERATIONS: dict[str, Callable[[ModelRegistry], object]] = {
    "register": lambda registry: registry.register_model([next(_serial)], "m"),
    "alias": lambda registry: registry.set_alias("m", "champion", 1 + next(_serial) % 2),
    "attach": lambda registry: registry.attach("m:1", f"note{next(_serial)}", "Good."),
    "garbage": lambda registry: registry.collect_garbage(dry_run=False, grace_s=0),
    "purge": lambda registry: registry.purge_model("m:3"),
    "verify": lambda registry: registry.verify(),
    "list": lambda registry: len(registry.list_models("m", include_deleted=True)),
    "load": lambda registry: registry.load_model("m:2"),
}
LONG_AGO = 1_000_000_000
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an open registry that has been used: three versions, an alias, an attachment."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in range(3):
        registry.register_model([value], "m")
    registry.set_alias("m", "champion", 2)
    registry.attach("m:1", "note", "Text.")
    registry.collect_garbage(dry_run=False)
    registry.load_model("m@champion")
    registry.list_models("m")
    return registry


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return the folder that the links lead to."""
    return tmp_path / "outside"


def fill(outside: Path, copied: Path) -> list[Path]:
    """Make a folder outside that looks like a folder of the registry, and return its paths."""
    shutil.copytree(copied, outside)
    for name in ("host-1-ab", "thesis.tex", f"{'ab' * 32}.joblib"):
        (outside / name).write_bytes(b"precious")
    (outside / "folder").mkdir()
    paths = [outside, *outside.rglob("*")]
    for path in paths:
        # So old that reading it sets a new access time, also with relatime.
        os.utime(path, (LONG_AGO, LONG_AGO))
    return paths


def times(paths: list[Path]) -> dict[Path, tuple[float, float]]:
    """Return the access and modification times of the paths that have new ones."""
    found = {path: (path.lstat().st_atime, path.lstat().st_mtime) for path in paths}
    return {path: seen for path, seen in found.items() if seen != (LONG_AGO, LONG_AGO)}


def contents(outside: Path) -> dict[Path, bytes | None]:
    """Return the content of each file, and None for each folder."""
    return {path: None if path.is_dir() else path.read_bytes() for path in outside.rglob("*")}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_linked_folder_leads_nowhere(
    registry: ModelRegistry, outside: Path, folder: str, operation: str
) -> None:
    """Behind a link, nothing is written, removed, listed or read by a handle that was used."""
    place = Path(registry.location, folder)
    paths = fill(outside, place)
    place.rename(outside.with_name("away"))
    place.symlink_to(outside)
    with contextlib.suppress(RegistryError):
        OPERATIONS[operation](registry)
    assert times(paths) == {}


def exchange(first: Path, second: Path) -> None:
    """Exchange two names in one step; there is always one of them."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.renameat2(AT_FDCWD, bytes(first), AT_FDCWD, bytes(second), RENAME_EXCHANGE)
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(first))


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is a call of Linux")
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_swapped_during_a_call_leads_nowhere(
    registry: ModelRegistry, outside: Path, folder: str
) -> None:
    """While a folder and a link are exchanged all the time, nothing outside is changed."""
    place, link = Path(registry.location, folder), outside.with_name("link")
    fill(outside, place)
    before = contents(outside)
    link.symlink_to(outside)
    ended = threading.Event()
    swaps = 0

    def swap() -> None:
        nonlocal swaps
        while not ended.is_set() or place.is_symlink():
            exchange(place, link)
            swaps += 1

    thread = threading.Thread(target=swap)
    thread.start()
    done = 0
    end = time.monotonic() + 1
    try:
        while time.monotonic() < end:
            for operation in ("register", "alias", "attach", "garbage", "verify", "load"):
                with contextlib.suppress(RegistryError):
                    OPERATIONS[operation](registry)
                    done += 1
    finally:
        ended.set()
        thread.join()
    assert swaps > 100
    assert contents(outside) == before
    assert done
    again = ModelRegistry(registry.location)
    assert [fault for fault in again.verify().faults if fault.kind == "damaged"] == []
