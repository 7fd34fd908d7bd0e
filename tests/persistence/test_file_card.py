"""Valid and invalid cards."""

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


def test_a_card_describes_its_file(tmp_path: Path) -> None:
    """The card has the format, size, digest, imported names, metadata and signature."""
    path = save({"r": range(3)}, tmp_path / "m.joblib", {"rows": 7})
    card = json.loads(card_path(path).read_bytes())
    assert card["format"] == "joblib"
    assert card["size_bytes"] == path.stat().st_size
    assert card["globals"] == ["builtins.range"]
    assert card["metadata"] == {"rows": 7}
    known = ["check", "format", "globals", "metadata", "packages", "sha256", "signature"]
    assert sorted(card) == [*known, "size_bytes"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a valid record"),
        (b"[]", "must be a JSON object"),
        (b"{}", "format is missing"),
        (b'{"previous": []}', "does not describe a model file"),
        (b'{"previous": {}, "format": 1}', "format is missing or has the wrong type"),
    ],
    ids=["empty", "list", "no fields", "previous is a list", "wrong type"],
)
def test_an_invalid_card_is_rejected(tmp_path: Path, content: bytes, message: str) -> None:
    """An invalid card is an error that names the invalid field."""
    path = save([1], tmp_path / "m.joblib")
    card_path(path).write_bytes(content)
    with pytest.raises(RecordError, match=message):
        card_of(path)


def test_an_invalid_digest_is_rejected(tmp_path: Path) -> None:
    """A card with an invalid digest is an error before the digest is used."""
    path = save([1], tmp_path / "m.joblib")
    reseal(path, sha256="../x")
    with pytest.raises(RecordError, match="sha256 is not a digest"):
        card_of(path)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"a": {"b": object()}}, r"^metadata\.a\.b has the unsupported type builtins\.object"),
        ({"a": [1, {2}]}, r"^metadata\.a\[1\] has the unsupported type builtins\.set.*sorted"),
        ([1, 2], "^metadata must be a dict, got a list"),
        ("text", "^metadata must be a dict, got a str"),
        ({"big": "x" * (1 << 20)}, "largest field is 'metadata"),
    ],
    ids=["object", "set", "list", "text", "too large"],
)
def test_unsupported_metadata_is_named(metadata: Any, message: str) -> None:
    """An unsupported metadata value is an error that names its key and what to do."""
    with pytest.raises(RecordError, match=message):
        encode_facts(metadata)


def test_none_is_empty_metadata() -> None:
    """None is encoded as an empty mapping."""
    assert encode_facts(None) == encode_facts({}) == {}


def test_a_file_without_a_card(tmp_path: Path) -> None:
    """A file of another tool does not have a card; its bare card is unsigned."""
    path = tmp_path / "m.joblib"
    path.write_bytes(b"abc")
    assert card_of(path) is None
    card = bare_card(path)
    assert card["sha256"].startswith("ba7816bf")
    assert (card["size_bytes"], card["globals"], card["signature"]) == (3, [], None)


def test_the_matching_card_is_used(tmp_path: Path) -> None:
    """While a model is replaced, its card describes both, and the digest selects one."""
    old, new = save([1], tmp_path / "old.joblib"), save([2, 3], tmp_path / "new.joblib")
    cards = [json.loads(card_path(path).read_bytes()) for path in (old, new)]
    card_path(old).write_text(json.dumps(cards[1] | {"previous": cards[0]}))
    assert card_of(old) == cards[0]
    new.replace(old)
    assert card_of(old) == cards[1]
