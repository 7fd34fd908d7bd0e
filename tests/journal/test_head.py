"""A head has the highest version and event of each model, and damage is detected."""

from __future__ import annotations

import pytest

from exo_nbregistry.journal import head
from exo_nbregistry.journal.head import head_bytes, last_commit, note_commit, parse_head

NUMBERS = {"kepler": (7, 2), "tess": (1, 0)}


def test_a_head_is_parsed_as_it_was_written() -> None:
    """The numbers of a head are read from its bytes, which are one line of JSON."""
    data, written = head_bytes(NUMBERS, {})
    assert data == b'{"kepler":[7,2],"tess":[1,0]}\n'
    assert parse_head(data) == written == NUMBERS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"kepler": [1, 2]',
        b'{"kepler": 1}',
        b'{"kepler": [1]}',
        b'{"kepler": [1, true]}',
        b'{"kepler": [1, 2.0]}',
        b'{"kepler": [-1, 0]}',
        b'{"kepler": [1000000000000, 0]}',
        b'{"kepler": [1, 0], "kepler": [2, 0]}',
        b'{"No Model": [1, 0]}',
        b'{"kepler":' + b"[" * 100_000,
        b'{"kepler": [1, ' + b"9" * 10_000 + b"]}",
        b" " * (head.MAX_HEAD_BYTES + 1),
    ],
    ids=lambda data: repr(data[:24]),
)
def test_a_damaged_head_has_no_numbers(data: bytes) -> None:
    """Anything but a pair of numbers for each model is damage, and no error."""
    assert parse_head(data) is None


def test_a_head_that_is_too_large_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A head over the size limit has only the models that were just added."""
    monkeypatch.setattr(head, "MAX_HEAD_BYTES", 20)
    assert head_bytes(NUMBERS, {"tess": (1, 0)}) == (b'{"tess":[1,0]}\n', {"tess": (1, 0)})
    assert head_bytes(NUMBERS, NUMBERS) == (b"{}\n", {})


def test_each_commit_of_the_process_is_noted() -> None:
    """The last commit of a location differs after each commit, and only there."""
    before, elsewhere = last_commit("memory://here"), last_commit("memory://there")
    note_commit("memory://here")
    first = last_commit("memory://here")
    note_commit("memory://here")
    assert len({id(before), id(first), id(last_commit("memory://here"))}) == 3
    assert last_commit("memory://there") is elsewhere
