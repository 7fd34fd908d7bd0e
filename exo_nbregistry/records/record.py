"""Sealed records: what each numbered file holds, and how its truth is checked.

A record is one JSON object: ``kind``, ``model``, ``number``, ``content``, ``prev`` (number and
check of the nearest earlier record: a hash chain), ``txn`` (a random id, by which a writer knows
its own record again), ``check`` (sha256 of the canonical JSON of all the rest) and
``signature`` (over ``check``).
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
from exo_nbregistry.values.json_codec import MAX_DEPTH, digest_json, dump_json, load_json

VERSION = "version"
EVENT = "event"
_UNSEALED = ("check", "signature")
# A level of depth is a space at the beginning of a line.
_TOO_DEEP = b"\n" + b" " * (MAX_DEPTH + 1)
# Where the check stands in a record without its line breaks: its key is the first of all.
_CHECK = slice(len(b'{"check":"'), len(b'{"check":"') + 64)


@dataclass(frozen=True, slots=True)
class Record:
    """One sealed record.

    Attributes
    ----------
    key : str
        Its store key.
    fields : dict
        The whole JSON object, unknown fields included.
    """

    key: str
    fields: dict[str, Any]

    @property
    def number(self) -> int:
        """The number of the version or event."""
        return int(self.fields["number"])

    @property
    def model(self) -> str:
        """The model key."""
        return str(self.fields["model"])

    @property
    def content(self) -> dict[str, Any]:
        """What the record says, still encoded."""
        content: dict[str, Any] = self.fields["content"]
        return content

    @property
    def check(self) -> str:
        """The record's own digest."""
        return str(self.fields["check"])

    @property
    def prev(self) -> dict[str, Any] | None:
        """Number and check of the nearest earlier record, or None for the first."""
        return self.fields.get("prev")

    @property
    def txn(self) -> str:
        """The writer's random id."""
        return str(self.fields["txn"])

    @property
    def signature(self) -> dict[str, Any] | None:
        """The signature over `check`, or None."""
        return self.fields.get("signature")

    @property
    def signer(self) -> str | None:
        """Fingerprint of the key that claims to have signed; whether it did is judged at load."""
        return _fingerprint(str((self.signature or {}).get("public_key", "")))

    def link(self) -> dict[str, Any]:
        """Return what the next record says of this one."""
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
    """Make a record, take its check, and sign it.

    Parameters
    ----------
    key, kind, model, number, content, txn
        The record's parts; `content` is already encoded.
    prev : Record or None
        The nearest earlier record of the same model and kind.
    sign : callable
        Takes the check, returns the signature or None.

    Returns
    -------
    Record
        Ready to be written.
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
    """Read a record and prove that it is whole and in its place.

    Parameters
    ----------
    data : bytes
        The file's content.
    key, kind, model, number
        Where it was found: a record that was moved or renamed does not pass.

    Returns
    -------
    Record
        The record. Its signature is not judged here.

    Raises
    ------
    RecordError
        If it is not of the form; `issues` has every fault.
    IntegrityError
        If its content does not match its check.
    """
    fields = load_json(data, key)
    issues = _issues(fields, kind, model, number)
    if issues:
        raise RecordError(
            f"{key} is no valid {kind} record: {'; '.join(issues)}. Restore it from a copy of "
            "the registry; verify() lists everything that is damaged.",
            key=key,
            issues=issues,
        )
    actual = _digest(fields, key)
    if actual != fields["check"]:
        raise IntegrityError(
            f"{key} was changed after it was written: its check does not match its content. "
            "Restore it from a copy of the registry.",
            key=key,
            expected=fields["check"],
            actual=actual,
        )
    return Record(key, fields)


def skim_record(data: bytes, *, key: str, kind: str, model: str, number: int) -> Record:
    """Read a record for a listing: as sure that it is whole, in half the time.

    Without its line breaks and indents a file is the sealed text with check and signature put
    in. That text is cut out and hashed, and what is parsed is the very text that was sealed: it
    need not be written again to be proven. A file in any other form goes to `parse_record`.

    Parameters
    ----------
    data, key, kind, model, number
        As for `parse_record`.

    Returns
    -------
    Record
        The record. A form that only a forger would seal, such as a key that stands twice, is
        left to `parse_record`: everything that acts on a version reads it with that.

    Raises
    ------
    RecordError, IntegrityError
        As `parse_record`.
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
        # Python reads 1e999 and half a surrogate pair from JSON, and writes neither.
        raise RecordError(f"{key} is no valid record: {error}.", key=key) from None


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
        f"{name} is missing or of the wrong type"
        for name, types in forms.items()
        if name not in fields or not isinstance(fields[name], types)
    ]
    return issues
