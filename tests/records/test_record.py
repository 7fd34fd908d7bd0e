"""Sealed records: whole, in their place, and kept as they were written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record, seal, skim_record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.values.json_codec import (
    MAX_DEPTH,
    MAX_RECORD_BYTES,
    digest_json,
    encode,
    to_plain,
)
from tests.sample_values import FIELDS

KEY = "models/m/versions/v000001.json"


def make(content: dict[str, Any] | None = None, **parts: Any) -> Record:
    """Seal a record of version 1 of m, without a signature."""
    fields = {"key": KEY, "kind": VERSION, "model": "m", "number": 1, "prev": None, "txn": "t"}
    return seal(**(fields | {"sign": lambda _: None} | parts), content=content or {})


def parse(data: bytes, **place: Any) -> Record:
    """Read a record of version 1 of m."""
    return parse_record(data, **({"key": KEY, "kind": VERSION, "model": "m", "number": 1} | place))


def skim(data: bytes, **place: Any) -> Record:
    """Read a record of version 1 of m as a listing does."""
    return skim_record(data, **({"key": KEY, "kind": VERSION, "model": "m", "number": 1} | place))


def reseal(fields: dict[str, Any]) -> bytes:
    """Return a record with its check taken again, as a newer release or a forger writes it."""
    sealed = {k: v for k, v in fields.items() if k not in ("check", "signature")}
    return json.dumps({"signature": None} | sealed | {"check": digest_json(sealed)}).encode()


@given(FIELDS)
def test_a_record_comes_back_as_it_was_sealed(content: dict[str, Any]) -> None:
    """Reading what was written gives the same record, and writing it again the same bytes."""
    record = make({"it": encode(to_plain(content, "it"))})
    again = parse(record.to_bytes())
    assert again == record
    assert again.to_bytes() == record.to_bytes()


def test_a_record_follows_another() -> None:
    """The link is number and check of the one before, and the first follows none."""
    first = make()
    second = make(number=2, prev=first)
    assert first.prev is None
    assert second.prev == {"number": 1, "check": first.check}
    assert second.check != make(number=2).check


def test_what_a_newer_release_adds_is_kept_and_written_again() -> None:
    """Unknown fields are under the check, and stay where they were."""
    data = reseal(make({"new": {"$spdx": "CC0"}}).fields | {"witness": {"by": "ada"}})
    again = json.loads(parse(data).to_bytes())
    assert again == json.loads(data)
    with pytest.raises(IntegrityError):
        parse(data.replace(b"ada", b"eve"))


@pytest.mark.parametrize("place", [{"kind": EVENT}, {"model": "other"}, {"number": 2}], ids=str)
def test_a_record_in_another_place_is_refused(place: dict[str, Any]) -> None:
    """A record that was copied or renamed is rejected."""
    with pytest.raises(RecordError, match=f"{next(iter(place))} is .*Restore it") as refused:
        parse(make().to_bytes(), **place)
    assert len(refused.value.issues) == 1


def test_every_fault_is_named() -> None:
    """All missing and invalid fields are reported together."""
    with pytest.raises(RecordError) as refused:
        parse(b'{"kind": "version", "number": true, "content": []}')
    named = {issue.split()[0] for issue in refused.value.issues}
    assert named == {"model", "number", "content", "prev", "txn", "check", "signature"}


@pytest.mark.parametrize("field", ["content", "prev", "txn", "number", "kind", "model", "check"])
def test_a_changed_field_does_not_pass(field: str) -> None:
    """A record with any changed field is rejected with its key."""
    fields = make({"a": 1}, prev=make()).fields
    changed = {"content": {"a": 2}, "prev": None}.get(field, "x")
    with pytest.raises((IntegrityError, RecordError), match=KEY) as refused:
        parse(json.dumps(fields | {field: changed}).encode())
    assert refused.value.key == KEY


@given(st.data())
def test_no_flipped_bit_passes(data: st.DataObject) -> None:
    """A record with a flipped bit is rejected or has an unchanged content and check."""
    record = make({"f1": 0.5, "name": "größe"}, sign=lambda check: {"value": check})
    raw = bytearray(record.to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        again = parse(bytes(raw))
    except (RecordError, IntegrityError):
        return
    assert (again.content, again.check) == (record.content, record.check)


@pytest.mark.parametrize("value", ["1e999", '"\\ud800"'])
def test_what_json_reads_and_never_writes_is_refused(value: str) -> None:
    """A number beyond all floats and half a letter end in a RecordError, not in a crash."""
    data = make({"a": "VALUE"}).to_bytes().replace(b'"VALUE"', value.encode())
    with pytest.raises(RecordError, match=KEY):
        parse(data)


def test_a_record_has_an_end() -> None:
    """More than a mebibyte is refused before a byte is written."""
    with pytest.raises(RecordError, match=r"'notes'"):
        make({"notes": "x" * MAX_RECORD_BYTES}).to_bytes()


def test_a_record_names_its_signer(tmp_path: Any) -> None:
    """The fingerprint belongs to the key in the signature."""
    keyring = Keyring(tmp_path)
    assert make(sign=keyring.sign).signer == keyring.fingerprint


@pytest.mark.parametrize(
    "signature", [None, {}, {"public_key": "ssh-ed25519"}, {"public_key": "a ü"}, {"public_key": 3}]
)
def test_a_garbled_signature_has_no_fingerprint(signature: dict[str, Any] | None) -> None:
    """An invalid key has no fingerprint and raises no error."""
    assert make(sign=lambda _: signature).signer is None


@given(FIELDS, st.sampled_from([": x", '": ', '\\": ', ',"signature":', ',"txn":', "\n  a", '"']))
def test_a_listing_reads_what_everybody_reads(content: dict[str, Any], odd: str) -> None:
    """skim_record gives the same record as parse_record for any text."""
    fields = {"it": encode(to_plain(content, "it")), odd: [odd], "signature": {"txn": odd}}
    data = make(fields, sign=lambda check: {"public_key": odd, "value": check}).to_bytes()
    assert skim(data) == parse(data)


@given(st.data())
def test_no_flipped_bit_passes_into_a_listing(data: st.DataObject) -> None:
    """The short way is as sure as the strict one: what it returns is what was sealed."""
    record = make({"f1": 0.5, "name": "größe: x"}, sign=lambda check: {"value": check})
    raw = bytearray(record.to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        again = skim(bytes(raw))
    except (RecordError, IntegrityError):
        return
    assert (again.content, again.check) == (record.content, record.check)


def test_the_short_way_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record as the package writes it is not parsed strictly by a listing; any other form is."""
    record = make({"a": {"b": [1, {}, []]}, "text": "two\nlines: 1"}, prev=make())
    strict: list[bytes] = []

    def count(data: bytes, **place: Any) -> Record:
        strict.append(data)
        return parse_record(data, **place)

    monkeypatch.setattr("exo_nbregistry.records.record.parse_record", count)
    assert skim(record.to_bytes()) == record
    assert strict == []
    compact = json.dumps(record.fields).encode()
    assert skim(compact) == record
    assert strict == [compact]


@pytest.mark.parametrize("place", [{"kind": EVENT}, {"model": "other"}, {"number": 2}], ids=str)
def test_a_record_in_another_place_is_not_listed(place: dict[str, Any]) -> None:
    """A record that was copied or renamed does not pass by the short way either."""
    with pytest.raises(RecordError, match=f"{next(iter(place))} is "):
        skim(make().to_bytes(), **place)


@pytest.mark.parametrize("head", [b'"a":[1', b'"a":' + b"[" * 100_000])
def test_a_matching_check_of_invalid_json_is_rejected(head: bytes) -> None:
    """Invalid or deeply nested JSON is rejected even if its check matches."""
    check = hashlib.sha256(b"{" + head + b',"txn":"t"}').hexdigest().encode()
    data = b'{"check":"' + check + b'",' + head + b',"signature":null,"txn":"t"}'
    with pytest.raises(RecordError, match="is not a valid record"):
        skim(data)


@pytest.mark.parametrize("levels", [MAX_DEPTH, 900])
def test_a_listing_reads_nothing_deeper_than_a_record_goes(levels: int) -> None:
    """A deeply nested record is rejected by both parsers."""
    nested: dict[str, Any] = {}
    for _ in range(levels):
        nested = {"in": nested}
    fields = json.loads(make().to_bytes()) | {"content": {"tags": nested}}
    data = json.loads(reseal(fields))
    with pytest.raises(RecordError, match="deep"):
        skim(json.dumps(data, indent=1, sort_keys=True).encode())
