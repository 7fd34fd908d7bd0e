"""The user's private files: their folders and their permissions."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.user_files import (
    CACHE_VARIABLE,
    CONFIG_VARIABLE,
    WatchedFile,
    cache_folder,
    config_folder,
    create_private,
    read_private,
    replace_private,
)

posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps no permission bits")
FOLDERS = [(CONFIG_VARIABLE, config_folder), (CACHE_VARIABLE, cache_folder)]


def mode(path: Path) -> int:
    """Return the permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("variable", "folder"), FOLDERS)
def test_a_variable_chooses_the_folder(variable, folder, tmp_path, monkeypatch) -> None:
    """The environment variable sets the folder, for any default of the system."""
    monkeypatch.setenv(variable, str(tmp_path / "mine"))
    assert folder() == tmp_path / "mine"


@pytest.mark.parametrize(("variable", "folder"), FOLDERS)
def test_a_relative_choice_does_not_move(variable, folder, tmp_path, monkeypatch) -> None:
    """A relative folder and a home folder become absolute, so they do not depend on chdir."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "mine")
    assert folder() == tmp_path / "mine"
    monkeypatch.setenv(variable, os.path.join("~", "mine"))
    assert folder() == Path.home() / "mine"


@pytest.mark.parametrize("value", [None, ""])
def test_the_default_is_one_folder_each(value, tmp_path, monkeypatch) -> None:
    """If the variable is not set or empty, the folder is the application's and is not created."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "k"))
    for variable, _ in FOLDERS:
        monkeypatch.setenv(variable, "") if value == "" else monkeypatch.delenv(variable)
    assert config_folder() != cache_folder()
    assert all("exo-nbregistry" in folder().parts for _, folder in FOLDERS)
    assert list(tmp_path.iterdir()) == []


def test_a_created_file_is_not_overwritten(tmp_path) -> None:
    """A second creation keeps the first content, and no temporary file remains."""
    path = tmp_path / "new" / "key"
    create_private(path, b"first")
    create_private(path, b"second")
    assert read_private(path) == b"first"
    assert os.listdir(path.parent) == ["key"]


def test_creation_works_without_hard_links(tmp_path, monkeypatch) -> None:
    """Without hard links, the first content is kept too."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    create_private(tmp_path / "key", b"first")
    create_private(tmp_path / "key", b"second")
    assert read_private(tmp_path / "key", "secret") == b"first"
    assert os.listdir(tmp_path) == ["key"]


@posix
def test_new_files_and_folders_are_private(tmp_path) -> None:
    """New private files and folders are closed to other users, for any umask."""
    before = os.umask(0)
    try:
        create_private(tmp_path / "new" / "key", b"")
        replace_private(tmp_path / "new" / "list", b"")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o700
    assert mode(tmp_path / "new" / "key") == mode(tmp_path / "new" / "list") == 0o600


@posix
def test_a_link_stays_a_link(tmp_path) -> None:
    """Replacing a file through a symbolic link replaces the target of the link."""
    (tmp_path / "dotfiles").mkdir()
    link = tmp_path / "list"
    link.symlink_to(tmp_path / "dotfiles" / "list")
    replace_private(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "dotfiles" / "list").read_bytes() == b"new"


def test_a_failed_replacement_changes_nothing(tmp_path) -> None:
    """If a file cannot be replaced, the old one is kept and the temporary file is removed."""
    (tmp_path / "list" / "folder").mkdir(parents=True)
    with pytest.raises(OSError, match="list"):
        replace_private(tmp_path / "list", b"new")
    assert os.listdir(tmp_path) == ["list"]


@posix
@pytest.mark.parametrize(
    ("bits", "secret", "command"),
    [
        (0o640, True, "chmod 600"),
        (0o604, True, "chmod 600"),
        (0o620, False, "chmod go-w"),
        (0o602, False, "chmod go-w"),
    ],
)
def test_files_with_wide_permissions_are_rejected(tmp_path, bits, secret, command) -> None:
    """A file with wide permissions is rejected, and the command in the error corrects them."""
    path = tmp_path / "a key"
    path.write_bytes(b"x")
    path.chmod(bits)
    with pytest.raises(StoreError, match=f"{command} '.*a key'") as caught:
        read_private(path, "secret" if secret else "private")
    assert caught.value.key == "a key"
    assert os.system(str(caught.value).partition("run ")[2].partition(" and try")[0]) == 0
    assert read_private(path, "secret" if secret else "private") == b"x"


def test_a_missing_file_is_read_as_none(tmp_path) -> None:
    """A file that does not exist is None, also below a missing folder or a file."""
    (tmp_path / "file").touch()
    for name in ("a", "b/c", "file/d"):
        assert read_private(tmp_path / name) is None


def test_an_unreadable_file_is_an_error(tmp_path) -> None:
    """A file that cannot be read is a StoreError that names it."""
    with pytest.raises(StoreError, match="Cannot read "):
        read_private(tmp_path)


def test_a_watched_file_is_parsed_once_per_change(tmp_path) -> None:
    """A file is parsed when it appears and after each change, and not at each access."""
    texts: list[str] = []
    path = tmp_path / "list"
    watched = WatchedFile(path, lambda text: texts.append(text) or text.upper())
    assert watched.value() is None
    replace_private(path, b"a")
    assert (watched.value(), watched.value()) == ("A", "A")
    replace_private(path, b"bc")
    assert (watched.value(), watched.value()) == ("BC", "BC")
    path.unlink()
    assert watched.value() is None
    assert texts == ["a", "bc"]


@posix
def test_a_watched_file_with_wide_permissions_is_rejected(tmp_path) -> None:
    """A change of permissions is detected, although content and modification time are equal."""
    path = tmp_path / "list"
    replace_private(path, b"a")
    watched = WatchedFile(path, str)
    watched.value()
    path.chmod(0o666)
    with pytest.raises(StoreError, match="chmod go-w"):
        watched.value()
