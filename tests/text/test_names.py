"""Lists of names and errors of other libraries, shortened for messages."""

from __future__ import annotations

import pytest

from exo_nbregistry.text.names import name_list, short_error


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, ""),
        (1, "x0"),
        (5, "x0, x1, x2, x3, x4"),
        (6, "x0, x1, x2, x3, x4 and 1 more"),
        (20_000, "x0, x1, x2, x3, x4 and 19,995 more"),
    ],
)
def test_at_most_five_names_are_listed(count: int, text: str) -> None:
    """More than five names are given as five names and a count."""
    assert name_list(f"x{i}" for i in range(count)) == text


def test_a_long_name_is_cut() -> None:
    """A name of thousands of characters does not fill a message."""
    assert len(name_list(["x" * 10_000] * 9)) < 500


def test_an_error_of_another_library_is_cut() -> None:
    """A message that lists each column of a wide table is shortened."""
    error = ValueError(f"feature_names mismatch: {[f'x{i}' for i in range(20_000)]}")
    assert short_error(error).startswith("ValueError: feature_names mismatch: ['x0'")
    assert len(short_error(error)) <= 300


def test_an_error_without_a_readable_message_has_its_type() -> None:
    """An error without a message, or whose message cannot be formatted, is given by its type."""

    class UnreadableError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert short_error(KeyError()) == "KeyError"
    assert short_error(UnreadableError()) == "UnreadableError"
