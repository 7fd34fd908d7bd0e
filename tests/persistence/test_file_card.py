"""What a card says, and what is no card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RecordError
from exo_nbregistry.persistence.file_card import bare_card, card_of, card_path, encode_facts
from exo_nbregistry.persistence.model_files import ModelPersistence
from tests.persistence.tamper import reseal

save = ModelPersistence.save_model


def test_the_card_says_what_the_file_is(tmp_path: Path) -> None:
    """The card has format, size, digest, what loading imports, the facts and a signature."""
    path = save({"r": range(3)}, tmp_path / "m.joblib", {"rows": 7})
    card = json.loads(card_path(path).read_bytes())
    assert card["format"] == "joblib"
    assert card["size_bytes"] == path.stat().st_size
    assert card["globals"] == ["builtins.range"]
    assert card["metadata"] == {"rows": 7}
    assert sorted(card) == sorted(
        ["check", "format", "globals", "metadata", "sha256", "signature", "size_bytes"]
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a valid record"),
        (b"[]", "must be a JSON object"),
        (b"{}", "format is missing"),
        (b'{"previous": []}', "no card of a model file"),
        (b'{"previous": {}, "format": 1}', "format is missing or of the wrong type"),
    ],
    ids=["empty", "list", "no fields", "previous is a list", "wrong type"],
)
def test_what_is_no_card_is_said(tmp_path: Path, content: bytes, message: str) -> None:
    """A card of another form is refused with what is wrong with it."""
    path = save([1], tmp_path / "m.joblib")
    card_path(path).write_bytes(content)
    with pytest.raises(RecordError, match=message):
        card_of(path)


def test_a_digest_of_another_form_is_no_card(tmp_path: Path) -> None:
    """A card whose digest is none is refused before anything is compared with it."""
    path = save([1], tmp_path / "m.joblib")
    reseal(path, sha256="../x")
    with pytest.raises(RecordError, match="sha256 is no digest"):
        card_of(path)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"a": {"b": object()}}, r"^metadata\.a\.b has the unsupported type builtins\.object"),
        ({"a": [1, {2}]}, r"^metadata\.a\[1\] has the unsupported type builtins\.set.*sorted"),
        ([1, 2], "^metadata is a list: pass a dict"),
        ("text", "^metadata is a str: pass a dict"),
        ({"big": "x" * (1 << 20)}, "largest field is 'metadata"),
    ],
    ids=["object", "set", "list", "text", "too large"],
)
def test_what_cannot_be_kept_is_named(metadata: Any, message: str) -> None:
    """Facts that a card cannot keep are refused with their key and a remedy."""
    with pytest.raises(RecordError, match=message):
        encode_facts(metadata)


def test_nothing_said_is_an_empty_card() -> None:
    """None is the same as an empty mapping."""
    assert encode_facts(None) == encode_facts({}) == {}


def test_a_file_without_a_card_has_none(tmp_path: Path) -> None:
    """A file of other tools has no card, and one can be made that vouches for nothing."""
    path = tmp_path / "m.joblib"
    path.write_bytes(b"abc")
    assert card_of(path) is None
    card = bare_card(path)
    assert card["sha256"].startswith("ba7816bf")
    assert (card["size_bytes"], card["globals"], card["signature"]) == (3, [], None)


def test_of_two_cards_the_files_own_is_taken(tmp_path: Path) -> None:
    """Between two models the card describes both, and the bytes that stand choose."""
    old, new = save([1], tmp_path / "old.joblib"), save([2, 3], tmp_path / "new.joblib")
    cards = [json.loads(card_path(path).read_bytes()) for path in (old, new)]
    card_path(old).write_text(json.dumps(cards[1] | {"previous": cards[0]}))
    assert card_of(old) == cards[0]
    new.replace(old)
    assert card_of(old) == cards[1]
