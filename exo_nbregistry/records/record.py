"""Sealed records: the content of each numbered file, and its verification.

A record is one JSON object: ``kind``, ``model``, ``number``, ``content``, ``prev`` (number and
check of the nearest earlier record: a hash chain), ``registry`` (the ID of its registry; records
of earlier releases have none), ``txn`` (a random ID, by which a writer recognizes its own record),
``check`` (SHA-256 of the canonical JSON of all other fields except the signature) and ``signature``
(over ``check``).
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.records.record_issues import (
    envelope_issues,
    invalid_record,
    require_registry,
)
from exo_nbregistry.values.json_codec import MAX_DEPTH, digest_json, dump_json, load_json

VERSION = "version"
EVENT = "event"
_UNSEALED = ("check", "signature")
# Each level is indented by one space.
_TOO_DEEP = b"\n" + b" " * (MAX_DEPTH + 1)
# Python parses an unpaired surrogate in JSON, but cannot write it.
_SURROGATE = re.compile(rb"\\u[dD]")
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
    def registry(self) -> str | None:
        """ID of the registry for which it was written; None in a record of an earlier release."""
        return self.fields.get("registry")

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
    registry_id: str | None = None,
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
    registry_id : str or None
        ID of the registry, outside of which the record is not valid; None writes no ID.

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
    if registry_id is not None:
        fields["registry"] = registry_id
    check = digest_json(fields)
    return Record(key, fields | {"check": check, "signature": sign(check)})


def parse_record(
    data: bytes,
    *,
    key: str,
    kind: str,
    model: str,
    number: int,
    registry_id: str | None = None,
) -> Record:
    """Parse a record and verify its content and its location.

    Parameters
    ----------
    data : bytes
        The file's content.
    key, kind, model, number
        Location of the record. A record that was moved or renamed is rejected.
    registry_id : str or None
        ID of the registry. A record of another registry is rejected; one without an ID is not.

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
    issues = envelope_issues(fields, kind, model, number)
    if issues:
        raise invalid_record(key, kind, issues)
    actual = _digest(fields, key)
    if actual != fields["check"]:
        raise IntegrityError(
            f"{key} was changed after it was written: its checksum does not match. Restore it "
            "from a backup.",
            key=key,
            expected=fields["check"],
            actual=actual,
        )
    require_registry(fields, key, registry_id)
    return Record(key, fields)


def skim_record(
    data: bytes,
    *,
    key: str,
    kind: str,
    model: str,
    number: int,
    registry_id: str | None = None,
) -> Record:
    """Parse a record for a listing, with the same verification in half the time.

    Without line breaks and indentation, a file is its sealed text plus check and signature. The
    sealed text is extracted and hashed without encoding the record again. A file in another form
    is passed to `parse_record`.

    Parameters
    ----------
    data, key, kind, model, number, registry_id
        As for `parse_record`.

    Returns
    -------
    Record
        The record. Duplicate keys, and numbers that are too large for a float, are not detected;
        a call that acts on a version reads it with `parse_record`, which rejects them.

    Raises
    ------
    RecordError, IntegrityError
        As for `parse_record`.
    """
    place: dict[str, Any] = {"kind": kind, "model": model, "number": number}
    place |= {"key": key, "registry_id": registry_id}
    if _TOO_DEEP in data or _SURROGATE.search(data):
        return parse_record(data, **place)
    text = b"".join(map(bytes.lstrip, data.split(b"\n"))).replace(b'": ', b'":')
    signature, txn = text.rfind(b',"signature":'), text.rfind(b',"txn":')
    sealed = b"{" + text[_CHECK.stop + 2 : signature] + text[txn:]
    if text[_CHECK] == hashlib.sha256(sealed).hexdigest().encode():
        try:
            fields = json.loads(sealed.decode(), parse_constant=_not_json)
            fields["check"] = text[_CHECK].decode()
            fields["signature"] = json.loads(text[signature + len(b',"signature":') : txn].decode())
        except (ValueError, RecursionError):
            fields = {}
        if not envelope_issues(fields, kind, model, number):
            require_registry(fields, key, registry_id)
            return Record(key, fields)
    return parse_record(data, **place)


def _not_json(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _sealed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _UNSEALED}


def _digest(fields: dict[str, Any], key: str) -> str:
    try:
        return digest_json(_sealed(fields))
    except ValueError as error:
        # Python parses 1e999 and unpaired surrogates in JSON, but cannot write them.
        raise RecordError(f"{key} is not a valid record: {error}.", key=key) from None
