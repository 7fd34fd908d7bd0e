"""Errors of the operating system explain what to do."""

from __future__ import annotations

import errno
import os

import pytest

from exo_nbregistry.text.os_errors import os_error_hint, store_failure


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "the disk is full; free some space and try again."),
        (errno.EROFS, "ask the owner for permission, or go elsewhere."),
        (errno.EACCES, "ask the owner for permission, or go elsewhere."),
        (errno.ELOOP, "replace the link with the file itself."),
        (errno.EIO, "check the path and the disk, then try again."),
    ],
)
def test_each_error_has_its_remedy(number: int, expected: str) -> None:
    """A full disk, missing permission, a link and a failing disk have different remedies."""
    assert os_error_hint(OSError(number, os.strerror(number)), "go elsewhere").endswith(expected)


def test_an_error_without_a_number_keeps_its_text() -> None:
    """An OSError of a model, which has only a text, keeps the text."""
    assert os_error_hint(OSError("The tape is torn"), "") == (
        "The tape is torn; check the path and the disk, then try again."
    )


def test_a_store_failure_names_the_action_and_its_object() -> None:
    """The StoreError has the action, the object, the reason, the key and the number."""
    system_error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    error = store_failure(system_error, "write", "'a' in /data", key="a", elsewhere="go elsewhere")
    assert str(error).startswith("Cannot write 'a' in /data: the disk is full;")
    assert (error.key, error.errno) == ("a", errno.ENOSPC)
