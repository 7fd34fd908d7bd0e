"""Close matches of a misspelled name."""

from __future__ import annotations

import pytest

from exo_nbregistry.spelling import close_matches, either


@pytest.mark.parametrize(
    ("known", "matches"),
    [
        ([], ()),
        (["a", "b"], ("a", "b")),
        ([f"model_{n}" for n in range(11)], ()),
        (["xyzz", "xyzz", "xyzv"], ("xyzz", "xyzv")),
    ],
)
def test_matches_are_few(known: list[str], matches: tuple[str, ...]) -> None:
    """Without a close name, a short list is returned in full and a long one is omitted."""
    assert close_matches("xyz", known) == matches


def test_the_beginning_of_a_name_is_a_match() -> None:
    """The beginning of a name matches the names that start with it."""
    known = [f"{kind}_classifier_{n}" for kind in ("kepler", "tess") for n in range(9)]
    assert close_matches("tess", known) == (
        "tess_classifier_0",
        "tess_classifier_1",
        "tess_classifier_2",
    )
    assert close_matches("", known) == ()


def test_alternatives_are_joined() -> None:
    """Names are joined by commas and a final or."""
    assert [either(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a or b", "a, b or c"]


def test_the_number_of_others_is_counted() -> None:
    """More than five names end with the number of the others."""
    assert either(list("abcdef")) == "a, b, c, d, e or 1 other"
    assert either(list("abcdefg")) == "a, b, c, d, e or 2 others"
