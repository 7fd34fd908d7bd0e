"""Sealed records: the content of each numbered file, and its verification.

A record is one JSON object: ``kind``, ``model``, ``number``, ``content``, ``prev`` (number and
check of the nearest earlier record: a hash chain), ``txn`` (a random ID, by which a writer
recognizes its own record), ``check`` (SHA-256 of the canonical JSON of all other fields except
the signature) and ``signature`` (over ``check``).
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.json_codec import MAX_DEPTH, digest_json, dump_json, load_json

VERSION = "version"
EVENT = "event"
_UNSEALED = ("check", "signature")
# Each level is indented by one space.
_TOO_DEEP = b"\n" + b" " * (MAX_DEPTH + 1)
# Position of the check in a record without line breaks: "check" is the first key.
_CHECK = slice(len(b'{"check":"'), len(b'{"check":"') + 64)


@dataclass(frozen=True, slots=True)
class Record:
    """One sealed record.

    Attributes
    ----------
    key : str
        Store key of the record.
    fields : dict
        The whole JSON object, unknown fields included.
    """

    key: str
    fields: dict[str, Any]

    @property
    def number(self) -> int:
        """Number of the version or event."""
        return int(self.fields["number"])

    @property
    def model(self) -> str:
        """Key of the model."""
        return str(self.fields["model"])

    @property
    def content(self) -> dict[str, Any]:
        """Encoded content of the record."""
        content: dict[str, Any] = self.fields["content"]
        return content

    @property
    def check(self) -> str:
        """Digest of the record."""
        return str(self.fields["check"])

    @property
    def prev(self) -> dict[str, Any] | None:
        """Number and check of the nearest earlier record, or None for the first."""
        return self.fields.get("prev")

    @property
    def txn(self) -> str:
        """Random ID of the writer."""
        return str(self.fields["txn"])

    @property
    def signature(self) -> dict[str, Any] | None:
        """Signature over `check`, or None."""
        return self.fields.get("signature")

    @property
    def signer(self) -> str | None:
        """Fingerprint of the key in the signature, which is not verified here."""
        return _fingerprint(str((self.signature or {}).get("public_key", "")))

    def link(self) -> dict[str, Any]:
        """Return the value of `prev` in the next record."""
        return {"number": self.number, "check": self.check}

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return dump_json(self.fields, self.key)


@functools.lru_cache(maxsize=64)
def _fingerprint(public_key: str) -> str | None:
    try:
        blob = base64.b64decode(public_key.split()[1], validate=True)
    except (IndexError, ValueError):
        return None
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def seal(
    *,
    key: str,
    kind: str,
    model: str,
    number: int,
    content: dict[str, Any],
    prev: Record | None,
    txn: str,
    sign: Callable[[str], dict[str, Any] | None],
) -> Record:
    """Return a record with its check and signature.

    Parameters
    ----------
    key, kind, model, number, content, txn
        Fields of the record; `content` must be encoded.
    prev : Record or None
        The nearest earlier record of the same model and kind.
    sign : callable
        Takes the check, returns the signature or None.

    Returns
    -------
    Record
        The record, ready to be written.
    """
    fields = {
        "kind": kind,
        "model": model,
        "number": number,
        "content": content,
        "prev": prev.link() if prev else None,
        "txn": txn,
    }
    check = digest_json(fields)
    return Record(key, fields | {"check": check, "signature": sign(check)})


def parse_record(data: bytes, *, key: str, kind: str, model: str, number: int) -> Record:
    """Parse a record and verify its content and its location.

    Parameters
    ----------
    data : bytes
        The file's content.
    key, kind, model, number
        Location of the record. A record that was moved or renamed is rejected.

    Returns
    -------
    Record
        The record. Its signature is not verified.

    Raises
    ------
    RecordError
        If the record is invalid; `issues` lists all issues.
    IntegrityError
        If the check does not match the content.
    """
    fields = load_json(data, key)
    issues = _issues(fields, kind, model, number)
    if issues:
        listed = name_list(issues, separator="; ", width=300)
        raise RecordError(
            f"{key} is not a valid {kind} record: {listed}. Restore it from a backup; "
            "verify() lists all damaged files.",
            key=key,
            issues=issues,
        )
    actual = _digest(fields, key)
    if actual != fields["check"]:
        raise IntegrityError(
            f"{key} was changed after it was written: its checksum does not match. Restore it "
            "from a backup.",
            key=key,
            expected=fields["check"],
            actual=actual,
        )
    return Record(key, fields)


def skim_record(data: bytes, *, key: str, kind: str, model: str, number: int) -> Record:
    """Parse a record for a listing, with the same verification in half the time.

    Without line breaks and indentation, a file is its sealed text plus check and signature. The
    sealed text is extracted and hashed without encoding the record again. A file in another form
    is passed to `parse_record`.

    Parameters
    ----------
    data, key, kind, model, number
        As for `parse_record`.

    Returns
    -------
    Record
        The record. Duplicate keys are not detected; a call that acts on a version reads it with
        `parse_record`, which rejects them.

    Raises
    ------
    RecordError, IntegrityError
        As for `parse_record`.
    """
    if _TOO_DEEP in data:
        return parse_record(data, key=key, kind=kind, model=model, number=number)
    text = b"".join(map(bytes.lstrip, data.split(b"\n"))).replace(b'": ', b'":')
    signature, txn = text.rfind(b',"signature":'), text.rfind(b',"txn":')
    sealed = b"{" + text[_CHECK.stop + 2 : signature] + text[txn:]
    if text[_CHECK] == hashlib.sha256(sealed).hexdigest().encode():
        try:
            fields = json.loads(sealed.decode())
            fields["check"] = text[_CHECK].decode()
            fields["signature"] = json.loads(text[signature + len(b',"signature":') : txn].decode())
        except (ValueError, RecursionError):
            fields = {}
        if not _issues(fields, kind, model, number):
            return Record(key, fields)
    return parse_record(data, key=key, kind=kind, model=model, number=number)


def _sealed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _UNSEALED}


def _digest(fields: dict[str, Any], key: str) -> str:
    try:
        return digest_json(_sealed(fields))
    except ValueError as error:
        # Python parses 1e999 and unpaired surrogates in JSON, but cannot write them.
        raise RecordError(f"{key} is not a valid record: {error}.", key=key) from None


def _issues(fields: dict[str, Any], kind: str, model: str, number: int) -> list[str]:
    expected = {"kind": kind, "model": model, "number": number}
    issues = [
        f"{name} is {fields.get(name)!r}, expected {value!r}"
        for name, value in expected.items()
        if fields.get(name) != value or isinstance(fields.get(name), bool)
    ]
    forms: dict[str, tuple[type, ...]] = {
        "content": (dict,),
        "prev": (dict, type(None)),
        "txn": (str,),
        "check": (str,),
        "signature": (dict, type(None)),
    }
    issues += [
        f"{name} is missing or has the wrong type"
        for name, types in forms.items()
        if name not in fields or not isinstance(fields[name], types)
    ]
    return issues
