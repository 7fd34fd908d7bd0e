"""Valid keys, and the errors of a store."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.store.key import check_key, store_error


@given(key=st.text(max_size=40))
def test_a_key_stays_below_its_root(key: str) -> None:
    """Each valid key is a normalized path below the root."""
    try:
        check_key(key)
    except StoreError as error:
        refused = error.key
    else:
        refused = None
    if refused is None:
        assert os.path.normpath(key) == key
        assert not os.path.isabs(key)
        assert not {"", ".", ".."} & set(key.split("/"))
        assert not set("\\:\0") & set(key)
    else:
        assert refused == key


def test_a_name_in_another_encoding_is_a_key() -> None:
    """A file name in another encoding is a valid key."""
    name = os.fsdecode(b"gr\xf6\xdfe")
    assert check_key(f"models/{name}") == f"models/{name}"


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "the disk is full; free some space and try again"),
        (errno.EDQUOT, "the disk is full; free some space and try again"),
        (errno.EROFS, "ask the owner for permission, or work on a copy of the folder"),
        (errno.EACCES, "ask the owner for permission, or work on a copy of the folder"),
        (errno.EPERM, "ask the owner for permission, or work on a copy of the folder"),
        (errno.ELOOP, "replace the link with the file itself"),
        (errno.EIO, "check the path and the disk, then try again"),
        (errno.ENOENT, "check the path and the disk, then try again"),
    ],
)
def test_an_error_explains_what_to_do(number: int, hint: str) -> None:
    """Each error names the key, the store and what to do, and keeps its number."""
    error = store_error(OSError(number, os.strerror(number)), "a", verb="write", place="/data")
    assert type(error) is StoreError
    assert str(error).startswith("Cannot write 'a' in /data: ")
    assert hint in str(error)
    assert (error.key, error.errno) == ("a", number)


@pytest.mark.parametrize("verb", ["read", "remove"])
@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOTDIR])
def test_an_absent_file_is_missing(number: int, verb: str) -> None:
    """For a reader, a missing file and a missing folder are the same error."""
    error = store_error(OSError(number, "no"), "a", verb=verb, place="/data")
    assert type(error) is MissingKeyError
    assert str(error) == "'a' does not exist in /data; list its folder to see the existing keys."


def test_an_existing_key_has_its_own_error() -> None:
    """An existing key has its own error, which programs can catch."""
    error = store_error(OSError(errno.EEXIST, "no"), "a", verb="write", place="/data")
    assert type(error) is KeyExistsError
    assert isinstance(error, FileExistsError)
