"""Archives whose bytes depend only on their files."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads.archive import (
    Member,
    is_safe_path,
    open_archive,
    pack_archive,
    read_archive,
    write_archive,
)

NAMES = st.lists(st.sampled_from(["a", "b.txt", "größe"]), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=4))
def test_files_are_read_back(files: dict[str, bytes]) -> None:
    """Names and contents are kept, and equal files have equal bytes."""
    data = pack_archive(files)
    assert read_archive(data, "key") == files
    assert pack_archive(dict(files)) == data


def test_the_bytes_do_not_change() -> None:
    """The digest of an archive is the same on each machine and in each release."""
    data = pack_archive({"figure.png": b"\x89PNG", "figure.svg": b"<svg/>"})
    assert hashlib.sha256(data).hexdigest() == (
        "b8507d915607c479d098ed0ca6f2a38aff2174921b213ec00d14b7fb73caf1fb"
    )


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../x", "a//b", "./a", "a\\b", "a\nb", "", "/", ".."],
)
def test_a_path_out_of_the_folder_is_not_safe(name: str) -> None:
    """An archive with such a name is not opened."""
    assert not is_safe_path(name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("x" * len(name))
        archive.writestr(info, b"")
    data = buffer.getvalue().replace(b"x" * len(name), name.encode()) if name else b""
    with pytest.raises(RecordError, match=r"key is not an archive"):
        open_archive(io.BytesIO(data), "key")


@pytest.mark.parametrize("name", ["a:b", "con", "NUL.txt", "a.", "a ", "d/aux"])
def test_names_that_windows_does_not_support_are_refused_there(name: str) -> None:
    """They are safe on other systems."""
    assert not is_safe_path(name, windows=True)
    assert is_safe_path(name, windows=False)


def test_a_compressed_archive_is_refused() -> None:
    """An archive cannot expand to more than its size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 1000)
    with pytest.raises(RecordError, match="compressed"):
        read_archive(buffer.getvalue(), "key")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_used_twice_is_refused() -> None:
    """A file of an archive cannot replace another one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(RecordError, match="unique"):
        read_archive(buffer.getvalue(), "key")


@pytest.mark.parametrize("data", [b"", b"PK", b"junk" * 20])
def test_other_bytes_are_an_error(data: bytes) -> None:
    """The error has the key of the payload."""
    with pytest.raises(RecordError, match="key is not an archive"):
        read_archive(data, "key")


def test_a_damaged_file_is_an_error() -> None:
    """The checksum of each file is compared."""
    data = pack_archive({"a": b"12345678"}).replace(b"12345678", b"12345679")
    with pytest.raises(RecordError, match="key is not an archive"):
        read_archive(data, "key")


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    """The size must be the one of the listing."""
    path = tmp_path / "a"
    path.write_bytes(b"123")
    with pytest.raises(RecordError, match="a changed while it was read"):
        write_archive(io.BytesIO(), [Member("a", 2, lambda: path.open("rb"))])


def test_files_that_overlap_are_refused() -> None:
    """An archive whose files share bytes cannot expand to many times its size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", bytes(1000))
        archive.writestr("b", b"")
        first, second = archive.infolist()
        second.header_offset, second.CRC = first.header_offset, first.CRC
        second.file_size = second.compress_size = first.file_size
    with pytest.raises(RecordError, match="overlap"):
        read_archive(buffer.getvalue(), "key")
