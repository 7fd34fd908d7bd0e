"""Keys and the sentences that say why one could not be served."""

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
    """Whatever passes as a key is a path below the root, spelled in one way."""
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


def test_a_name_that_is_no_unicode_is_a_key() -> None:
    """A foreign file whose name is bytes of another encoding can be listed and asked for."""
    name = os.fsdecode(b"gr\xf6\xdfe")
    assert check_key(f"models/{name}") == f"models/{name}"


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "the disk is full; free some space, then run the call again"),
        (errno.EDQUOT, "the disk is full; free some space, then run the call again"),
        (errno.EROFS, "ask its owner for the right, or work on a copy of the folder"),
        (errno.EACCES, "ask its owner for the right, or work on a copy of the folder"),
        (errno.EPERM, "ask its owner for the right, or work on a copy of the folder"),
        (errno.ELOOP, "put the file itself in the link's place"),
        (errno.EIO, "check that the place is sound, then try again"),
        (errno.ENOENT, "check that the place is sound, then try again"),
    ],
)
def test_a_failure_says_what_to_do(number: int, advice: str) -> None:
    """Each failure names key, place and the way out, and keeps its number."""
    error = store_error(OSError(number, os.strerror(number)), "a", verb="write", place="/data")
    assert type(error) is StoreError
    assert str(error).startswith("Cannot write 'a' in /data: ")
    assert advice in str(error)
    assert (error.key, error.errno) == ("a", number)


@pytest.mark.parametrize("verb", ["read", "remove"])
@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOTDIR])
def test_what_is_absent_is_missing(number: int, verb: str) -> None:
    """To a reader a missing file and a missing folder are the same."""
    error = store_error(OSError(number, "no"), "a", verb=verb, place="/data")
    assert type(error) is MissingKeyError
    assert str(error) == "'a' does not exist in /data; list its folder to see the existing keys."


def test_what_is_taken_is_told_as_such() -> None:
    """A key that exists is its own error, which programs can wait for."""
    error = store_error(OSError(errno.EEXIST, "no"), "a", verb="write", place="/data")
    assert type(error) is KeyExistsError
    assert isinstance(error, FileExistsError)
