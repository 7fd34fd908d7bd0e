"""Files below an open folder are opened without following links, in one call or in several."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from exo_nbregistry.fs import open_folder
from exo_nbregistry.fs.beneath import open_beneath
from exo_nbregistry.fs.open_folder import OpenFolder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not open folders")


@pytest.fixture(params=["one call", "each folder"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a file in a folder, opened in one call or with each folder."""
    if request.param == "each folder":
        monkeypatch.setattr(open_folder, "open_beneath", lambda folder, path, flags: None)
    (tmp_path / "root/a/b").mkdir(parents=True)
    (tmp_path / "root/a/b/file").write_bytes(b"content")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/file").write_bytes(b"secret")
    return tmp_path / "root"


def read(root: Path, *names: str) -> bytes:
    """Read a file below a folder."""
    with OpenFolder.open(str(root), walk=True) as folder:
        fd = folder.open_file_below(names)
        with open(fd, "rb") as file:
            return file.read()


def test_a_file_is_read(root: Path) -> None:
    """A file is opened by the names of its folders."""
    assert read(root, "a", "b", "file") == b"content"


@pytest.mark.parametrize("linked", ["a", "a/b", "a/b/file"])
def test_a_link_is_an_error(root: Path, linked: str) -> None:
    """A link in place of a folder or of the file is an error with ELOOP."""
    (root / linked).rename(root / "old")
    target = root.parent / "secret" / ("file" if linked.endswith("file") else "")
    (root / linked).symlink_to(target)
    with pytest.raises(OSError, match="link") as caught:
        read(root, "a", "b", "file")
    assert caught.value.errno == errno.ELOOP


@pytest.mark.parametrize(
    ("names", "error"),
    [(("a", "c", "file"), FileNotFoundError), (("a", "b", "file", "x"), NotADirectoryError)],
)
def test_a_missing_file_is_named_as_such(
    root: Path, names: tuple[str, ...], error: type[OSError]
) -> None:
    """A missing folder and a file in place of a folder are the usual errors."""
    with pytest.raises(error):
        read(root, *names)


def test_no_descriptor_remains_open(root: Path) -> None:
    """Reading and errors close each folder."""
    before = len(os.listdir("/dev/fd"))
    for names in (("a", "b", "file"), ("a", "c", "file"), ("a", "b", "file", "x")):
        for _ in range(3):
            try:
                read(root, *names)
            except OSError:
                continue
    assert len(os.listdir("/dev/fd")) == before


def test_a_folder_below_is_opened(root: Path) -> None:
    """A folder is opened by the names of the folders above it, and listed."""
    with OpenFolder.open(str(root), walk=True) as folder, folder.folder_below(["a", "b"]) as found:
        assert (found.path, found.names()) == (str(root / "a/b"), ["file"])


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["a", "missing"], errno.ENOENT),
        (["missing", "b"], errno.ENOENT),
        (["a", "b", "file"], errno.ENOTDIR),
        (["link"], errno.ELOOP),
        (["link", "inner"], errno.ELOOP),
    ],
)
def test_a_folder_below_is_not_opened_through_a_link(
    root: Path, names: list[str], code: int
) -> None:
    """A link, a file and a missing folder raise their errors, and all descriptors are closed."""
    (root.parent / "secret/inner").mkdir()
    (root / "link").symlink_to(root.parent / "secret")
    before = len(os.listdir("/dev/fd"))
    with (
        OpenFolder.open(str(root), walk=True) as folder,
        pytest.raises(OSError, match=r"\w") as caught,
    ):
        folder.folder_below(names)
    assert caught.value.errno == code
    assert len(os.listdir("/dev/fd")) == before


def test_a_closed_folder_is_not_used_by_its_path(root: Path) -> None:
    """A call after `close` is an error, so that it cannot follow a link in the path."""
    folder = OpenFolder.open(str(root))
    folder.close()
    for use in (folder.names, lambda: folder.create("x"), lambda: folder.unlink("a")):
        with pytest.raises(OSError, match="Bad file descriptor"):
            use()


def test_one_call_stays_below_its_folder(root: Path) -> None:
    """The call that opens a file in one step does not leave its folder, and follows no link."""
    (root / "link").symlink_to("a/b/file")
    folder = os.open(root, os.O_RDONLY)
    try:
        for path in ("../secret/file", str(root.parent / "secret/file"), "link"):
            assert open_beneath(folder, path, os.O_RDONLY) is None
    finally:
        os.close(folder)
