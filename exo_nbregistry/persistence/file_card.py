"""The card of a model file: JSON with its format, digest, metadata, checksum and signature."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.fs.regular_file import open_regular, read_regular
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.values.json_codec import (
    MAX_RECORD_BYTES,
    digest_json,
    dump_json,
    encode,
    load_json,
    to_plain,
)

_UNSEALED = ("check", "signature", "previous")
_FIELDS: dict[str, type] = {
    "format": str,
    "sha256": str,
    "size_bytes": int,
    "globals": list,
    "metadata": dict,
    "check": str,
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 4 << 20


def card_path(path: Path) -> Path:
    """Return the path of the card of a model file.

    Examples
    --------
    >>> card_path(Path("model.joblib")).name
    'model.joblib.json'
    """
    return path.with_name(path.name + ".json")


class Described(Protocol):
    """Interface of an object that can be converted to a dict, such as ``ModelMetadata``."""

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata by name."""
        ...


Facts = Mapping[str, Any] | Described | None
"""Metadata that a user passes with a model."""


def encode_facts(metadata: Facts, key: str = "metadata") -> dict[str, Any]:
    """Encode the metadata of a model as JSON values.

    Parameters
    ----------
    metadata : mapping, object with ``to_dict`` or None
        The metadata.
    key : str, default="metadata"
        Name of the argument, for error messages.

    Returns
    -------
    dict
        Values that JSON supports.

    Raises
    ------
    RecordError
        If the metadata is not a mapping, is too large or contains an unsupported value.

    Examples
    --------
    >>> encode_facts({"loss": float("nan")})
    {'loss': {'$float': 'nan'}}
    """
    given: Any = metadata
    if hasattr(given, "to_dict"):
        given = given.to_dict()
    if not isinstance(given, Mapping | None):
        raise RecordError(
            f"{key} must be a dict, got a {type(metadata).__qualname__}.",
            key=key,
        )
    facts: dict[str, Any] = encode(to_plain(given or {}, key))
    dump_json({"metadata": facts}, key)
    return facts


def card_of(path: Path) -> dict[str, Any] | None:
    """Return the card of a model file, or None if it does not have one."""
    cards = _cards(path)
    if len(cards) < 2:
        return cards[0] if cards else None
    sha256, _ = _digest(path)
    return next((card for card in cards if card["sha256"] == sha256), cards[0])


def bare_card(path: Path) -> dict[str, Any]:
    """Return an unsigned card for a model file without one."""
    sha256, size_bytes = _digest(path)
    card: dict[str, Any] = {
        "format": SKOPS.name if path.suffix == f".{SKOPS.extension}" else JOBLIB.name,
        "sha256": sha256,
        "size_bytes": size_bytes,
        "globals": [],
        "metadata": {},
    }
    return card | {"check": digest_json(card), "signature": None}


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open_regular(path) as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _cards(path: Path) -> list[dict[str, Any]]:
    """Return the card of the file written last and, if present, of the file before it."""
    where = card_path(path)
    try:
        fields = load_json(read_regular(where, MAX_RECORD_BYTES), str(where))
    except FileNotFoundError:
        return []
    previous = fields.pop("previous", None)
    return [_proven(card, str(where)) for card in (fields, previous) if card is not None]


def _proven(card: Any, key: str) -> dict[str, Any]:
    if not isinstance(card, dict):
        raise RecordError(f"{key} does not describe a model file.", key=key)
    issues = [
        f"{name} is missing or has the wrong type"
        for name, kind in _FIELDS.items()
        if type(card.get(name)) is not kind
    ]
    if not issues and not _SHA256.fullmatch(card["sha256"]):
        issues.append("sha256 is not a digest")
    if issues:
        raise RecordError(
            f"{key} does not describe a model file: {'; '.join(issues)}. Restore it from a backup.",
            key=key,
            issues=issues,
        )
    actual = digest_json({name: value for name, value in card.items() if name not in _UNSEALED})
    if actual != card["check"]:
        raise IntegrityError(
            f"{key} was changed after it was written: its checksum does not match. Restore it "
            "from a backup.",
            key=key,
            expected=card["check"],
            actual=actual,
        )
    return card
