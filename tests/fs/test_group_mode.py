"""A shared folder decides the permissions of what is made in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from exo_nbregistry.fs.group_mode import GroupMode, how_to_share
from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.store.local import LocalStore
from tests.store.calls import KEY, TMP

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not have permission bits")


@pytest.fixture(params=[0o022, 0o077, 0o002])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Set the umask of the process."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def made_in(folder: Path) -> tuple[int, int]:
    """Return the permissions of a new folder and a new file in a folder."""
    with OpenFolder.open(str(folder)) as place:
        place.mode = GroupMode.of(folder.stat())
        place.make_folder("folder").close()
        place.write("file", b"x", durable=False)
    found = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("folder", "file")]
    return found[0], found[1]


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        (0o2770, (0o2770, 0o640)),
        (0o770, (0o2770, 0o640)),
        (0o2775, (0o2775, 0o644)),
        (0o3777, (0o3777, 0o644)),
    ],
)
def test_a_shared_folder_decides(
    tmp_path: Path, umask: int, shared: int, expected: tuple[int, int]
) -> None:
    """Below a group-writable folder, the umask of the user does not matter."""
    tmp_path.chmod(shared)
    assert made_in(tmp_path) == expected


def test_the_umask_decides_elsewhere(tmp_path: Path, umask: int) -> None:
    """Below another folder, permissions are the usual ones."""
    tmp_path.chmod(0o755)
    assert made_in(tmp_path) == (0o777 & ~umask, 0o666 & ~umask)


@pytest.mark.parametrize(("parent", "expected"), [(0o2770, 0o2770), (0o770, 0o700)])
def test_a_new_registry_in_a_shared_folder_is_shared(
    tmp_path: Path, parent: int, expected: int
) -> None:
    """A new root has the permissions of a setgid folder that its group can write to."""
    tmp_path.chmod(parent)
    before = os.umask(0o077)
    try:
        LocalStore(tmp_path / "models").create(KEY, b"{}", staging=TMP)
    finally:
        os.umask(before)
    root = stat.S_IMODE((tmp_path / "models").stat().st_mode)
    below = stat.S_IMODE((tmp_path / "models" / KEY).parent.stat().st_mode)
    assert (root, below) == (expected, expected)


def test_a_file_system_without_permissions_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If permissions cannot be set, files are made as usual."""

    def refuse(*_args: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o2770)
    monkeypatch.setattr(os, "fchmod", refuse)
    made_in(tmp_path)
    assert (tmp_path / "file").read_bytes() == b"x"


def test_no_permission_is_given_to_another_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a file cannot get the group of the folder, its permissions are not changed."""

    def refuse(*_args: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    path = tmp_path / "file"
    path.touch(0o600)
    with open(path, "rb") as file:
        GroupMode(0o2770, path.stat().st_gid + 1).apply_to_file(file.fileno())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_advice_is_for_members_of_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only another user in the group of the folder gets the commands for its owner."""
    folder = tmp_path / "a b"
    folder.mkdir(0o755)
    assert how_to_share(str(folder)) == ""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert f"chmod -R g+rwX,g+s '{folder}', its group can write" in how_to_share(str(folder))
    monkeypatch.setattr(os, "getegid", lambda: os.getgid() + 1)
    monkeypatch.setattr(os, "getgroups", lambda: [])
    assert how_to_share(str(folder)) == ""
    assert how_to_share(str(tmp_path / "absent")) == ""
