"""Owner and mode of the files that decide which signers are trusted."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing import file_access
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.user_files import read_private

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows keeps no permission bits")
OTHER = 4321


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    """Return a file of signers in a private folder."""
    folder = tmp_path / "home" / "config"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    path = folder / "allowed_signers"
    path.touch(0o600)
    return path


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a path belong to another user than the one of the test."""
    if os.geteuid() == 0:
        os.chown(path, OTHER, OTHER)
    else:
        inode = path.stat().st_ino
        for name in ("stat", "fstat"):
            monkeypatch.setattr(os, name, owned_by_other(getattr(os, name), inode))


def owned_by_other(call, inode: int):
    """Return a stat call that reports another owner for one file."""

    def changed(*arguments: object, **options: object) -> os.stat_result:
        result = call(*arguments, **options)
        values = list(result)
        values[4] = OTHER
        return os.stat_result(values) if result.st_ino == inode else result

    return changed


def test_a_private_file_is_read(signers: Path) -> None:
    """A file that only its user can change, in such a folder, is read."""
    assert read_private(signers) == b""


@pytest.mark.parametrize("bits", [0o770, 0o707, 0o722])
@pytest.mark.parametrize("above", [0, 1])
def test_a_folder_that_others_can_change_is_rejected(
    signers: Path, bits: int, above: int, monkeypatch
) -> None:
    """If others can replace the file in a folder above it, the command in the error corrects it."""
    monkeypatch.setattr(file_access, "_is_private_group", lambda group, user: False)
    folder = signers.parents[above]
    folder.chmod(bits)
    with pytest.raises(StoreError, match=r"can replace files in .*chmod go-w") as caught:
        read_private(signers)
    command = str(caught.value).partition("run ")[2].removesuffix(" and try again.")
    assert shlex.split(command)[-1] == str(folder)
    subprocess.run(command, shell=True, check=True, timeout=10)
    assert read_private(signers) == b""


def test_a_folder_like_tmp_is_accepted(signers: Path) -> None:
    """In a sticky folder, other users cannot rename or remove the user's folder."""
    signers.parents[1].chmod(0o1777)
    assert read_private(signers) == b""


def test_a_list_of_signers_of_a_colleague_is_copied(
    signers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a team's file of another user names its variable, and does not advise chown."""
    give_away(signers, monkeypatch)
    with pytest.raises(StoreError, match="belongs to uid") as caught:
        read_private(signers, "shared")
    assert "name the copy in EXO_NBREGISTRY_TRUSTED_SIGNERS." in str(caught.value)
    assert "chown" not in str(caught.value)


@pytest.mark.parametrize("above", [None, 0])
def test_what_belongs_to_another_user_is_rejected(
    signers: Path, monkeypatch: pytest.MonkeyPatch, above: int | None
) -> None:
    """A file or folder of another user, who is not root, is an error with the owner and chown."""
    path = signers if above is None else signers.parents[above]
    give_away(path, monkeypatch)
    expected = rf"{path} is not used because it belongs to uid {OTHER}; use .*chown \d+ "
    with pytest.raises(StoreError, match=expected):
        read_private(signers)


def test_a_file_behind_a_link_is_checked(signers: Path, tmp_path: Path) -> None:
    """A linked file is checked in the folder of the link and in that of its target."""
    target = tmp_path / "dotfiles" / "signers"
    target.parent.mkdir(mode=0o700)
    target.touch(0o600)
    signers.unlink()
    signers.symlink_to(target)
    assert read_private(signers) == b""
    target.parent.chmod(0o777)
    with pytest.raises(StoreError, match=r"replace files in .*dotfiles"):
        read_private(signers)


def test_a_file_of_a_team_can_have_the_private_group(signers: Path, monkeypatch) -> None:
    """With umask 002 a checkout is writable by the private group of its user."""
    for path in (signers, signers.parent):
        path.chmod(path.stat().st_mode | 0o020)
        os.chown(path, -1, os.getegid())
    monkeypatch.setattr(file_access, "_is_private_group", lambda group, user: True)
    assert read_private(signers, "shared") == b""
    with pytest.raises(StoreError, match="other users can change it"):
        read_private(signers)
    monkeypatch.setattr(file_access, "_is_private_group", lambda group, user: False)
    with pytest.raises(StoreError, match="other users can change it"):
        read_private(signers, "shared")


@pytest.mark.parametrize(
    ("name", "members", "passwords", "expected"),
    [
        ("ada", [], "", True),
        ("ada", ["ada"], "", True),
        ("ada", ["ada", "eve"], "", False),
        ("root", ["root"], "", True),
        ("users", [], "ada:x:1:7::/home/ada:/bin/sh\nroot:x:0:0::/root:/bin/sh\n", True),
        ("users", [], "ada:x:1:7::/home/ada:/bin/sh\neve:x:2:7::/home/eve:/bin/sh\n", False),
        ("users", ["eve"], "ada:x:1:7::/home/ada:/bin/sh\n", False),
        ("users", [], "root:x:0:0::/root:/bin/sh\n", False),
    ],
)
def test_a_group_without_other_members_is_private(
    tmp_path: Path, monkeypatch, name, members, passwords, expected
) -> None:
    """A group is private with the user's name, or if the local users show no other member."""
    grp, pwd = pytest.importorskip("grp"), pytest.importorskip("pwd")
    entry = pwd.struct_passwd(["ada", "x", 1, 7, "", "/home/ada", "/bin/sh"])
    group = grp.struct_group([name, "x", 7, members])
    (tmp_path / "passwd").write_text(passwords)
    monkeypatch.setattr(pwd, "getpwuid", lambda user: entry)
    monkeypatch.setattr(grp, "getgrgid", lambda number: group)
    monkeypatch.setattr(file_access, "_PASSWORDS", str(tmp_path / "passwd"))
    file_access._is_private_group.cache_clear()
    assert file_access._is_private_group(7, 1) is expected
    file_access._is_private_group.cache_clear()


def test_a_home_of_another_user_is_accepted(signers: Path, monkeypatch) -> None:
    """In a container job the home folder can belong to a user of the host."""
    give_away(signers.parents[1], monkeypatch)
    assert read_private(signers) == b""


def test_no_key_is_created_where_others_can_replace_it(signers: Path) -> None:
    """In a folder that others can change, signing is an error and writes no key."""
    signers.parent.chmod(0o777)
    with pytest.raises(StoreError, match="other users can replace files"):
        Keyring(signers.parent).sign("")
    assert os.listdir(signers.parent) == ["allowed_signers"]


def test_a_pipe_is_not_waited_for(signers: Path) -> None:
    """A named pipe in place of a file is an error, not a wait for a writer."""
    signers.unlink()
    os.mkfifo(signers)
    with pytest.raises(StoreError, match="not a regular file"):
        read_private(signers)


def test_a_large_file_is_rejected(signers: Path) -> None:
    """A file of more than 1 MiB is an error."""
    os.truncate(signers, (1 << 20) + 1)
    with pytest.raises(StoreError, match="larger than 1 MiB"):
        read_private(signers)
