"""What the system refuses is told with the way out."""

from __future__ import annotations

import errno
import os

import pytest

from exo_nbregistry.text.os_errors import os_error_hint


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "the disk is full; free some space, then run the call again."),
        (errno.EROFS, "ask its owner for the right, or go elsewhere."),
        (errno.EACCES, "ask its owner for the right, or go elsewhere."),
        (errno.ELOOP, "put the file itself in the link's place."),
        (errno.EIO, "check that the place is sound, then try again."),
    ],
)
def test_each_refusal_has_its_way_out(number: int, expected: str) -> None:
    """Full, closed, linked and broken places need different things to be done."""
    assert os_error_hint(OSError(number, os.strerror(number)), "go elsewhere").endswith(expected)


def test_an_error_without_a_number_is_told_in_its_own_words() -> None:
    """What a model raises while it is pickled may be an OSError of its own making."""
    assert os_error_hint(OSError("The tape is torn"), "") == (
        "The tape is torn; check that the place is sound, then try again."
    )
