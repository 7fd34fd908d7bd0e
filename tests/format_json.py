"""JSON, digests and signatures, written from docs/format-1.md only; see format_reader.py."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_BYTES, MAX_LEVELS = 1_048_576, 64
_KEY_HEAD = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"


class FormatError(Exception):
    """A file that must be rejected."""


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value."""
    return _write(value).encode()


def _write(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{_write(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and not math.isfinite(value):
        raise FormatError("a number is not finite")
    return repr(value)


def _text(value: str) -> str:
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r"}
    short["\t"] = "\\t"
    found = [short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value]
    return '"' + "".join(found) + '"'


def check_of(fields: dict[str, Any], *without: str) -> str:
    """Return the SHA-256 of the canonical JSON of the other fields."""
    rest = {name: value for name, value in fields.items() if name not in without}
    try:
        return hashlib.sha256(canonical(rest)).hexdigest()
    except UnicodeEncodeError as error:
        raise FormatError("unpaired surrogate") from error


def load(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file."""
    if path.is_symlink() or not path.is_file():
        raise FormatError(f"{path.name} is not a regular file")
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise FormatError(f"{path.name} is too large")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise FormatError("duplicate name")
        return dict(pairs)

    def constant(name: str) -> None:
        raise FormatError(name)

    try:
        fields = json.loads(data.decode(), object_pairs_hook=unique, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise FormatError(str(error)) from error
    if not isinstance(fields, dict) or _levels(fields) > MAX_LEVELS:
        raise FormatError("not an object of at most 64 levels")
    return fields


def _levels(value: Any) -> int:
    items = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    )
    return 0 if items is None else 1 + max(map(_levels, items), default=0)


def signer_of(record: dict[str, Any]) -> str | None:
    """Return the key line of a valid signature, or None."""
    signature = record["signature"] or {}
    line, text = signature.get("public_key"), signature.get("value")
    if signature.get("algorithm") != "ed25519" or not isinstance(line, str):
        return None
    try:
        kind, body = line.split(" ")
        blob = base64.b64decode(body, validate=True)
        value = base64.b64decode(text, validate=True)
        canonical_form = (base64.b64encode(blob).decode(), base64.b64encode(value).decode())
        if kind != "ssh-ed25519" or canonical_form != (body, text) or blob[:19] != _KEY_HEAD:
            return None
        message = b"exo-nbregistry record 1\n" + record["check"].encode()
        Ed25519PublicKey.from_public_bytes(blob[19:]).verify(value, message)
    except (InvalidSignature, ValueError, TypeError):
        return None
    return line


def fingerprint(line: str) -> str:
    """Return the fingerprint of a key line."""
    digest = hashlib.sha256(base64.b64decode(line.split(" ")[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
