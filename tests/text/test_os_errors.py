"""Operating system errors come with advice."""

from __future__ import annotations

import errno
import os

import pytest

from exo_nbregistry.text.os_errors import os_error_hint


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "the disk is full. Free some space and try again."),
        (errno.EROFS, "Ask the owner for permission, or go elsewhere."),
        (errno.EACCES, "Ask the owner for permission, or go elsewhere."),
        (errno.ELOOP, "Replace the link by the file itself."),
        (errno.EIO, "Check the disk or network mount, then try again."),
    ],
)
def test_each_error_has_its_advice(number: int, expected: str) -> None:
    """A full disk, a missing permission, a link and a broken disk have different advice."""
    assert os_error_hint(OSError(number, os.strerror(number)), "go elsewhere").endswith(expected)


def test_an_error_without_a_number_keeps_its_message() -> None:
    """An OSError without a number, such as one that a model raises, keeps its message."""
    assert os_error_hint(OSError("The tape is torn"), "") == (
        "The tape is torn. Check the disk or network mount, then try again."
    )
