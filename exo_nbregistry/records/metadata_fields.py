"""Conversion of the fields of a version's metadata: to plain types, to JSON and back."""

from __future__ import annotations

import dataclasses
from typing import Any

from exo_nbregistry.records.code import Code, code_of
from exo_nbregistry.records.fields import (
    Artifact,
    Dataset,
    Environment,
    Note,
    Provenance,
    Signature,
    decode_part,
    encode_part,
    plain_part,
)
from exo_nbregistry.records.imported import Imported
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.json_codec import decode, encode, to_plain

_PARTS: dict[str, type] = {
    "signature": Signature,
    "dataset": Dataset,
    "environment": Environment,
    "provenance": Provenance,
    "artifact": Artifact,
    "code": Code,
    "scoring": Scoring,
    "imported": Imported,
}
# Fields with a sequence of parts.
_SERIES: dict[str, type] = {"notes": Note, "later_metrics": LaterMetrics}
_NAMES = ("aliases", "default_hyperparameters", "feature_columns", "unknown_signers")


def plain_field(name: str, value: Any) -> Any:
    """Return the value of a field as plain types."""
    if value is None:
        return None
    if name in _PARTS and dataclasses.is_dataclass(value):
        return plain_part(value, name)
    if name == "attachments":
        return {key: plain_part(item, f"{name}.{key}") for key, item in value.items()}
    if name in _SERIES:
        return tuple(plain_part(item, name) for item in value)
    if name in _NAMES:
        return tuple(to_plain(list(value), name))
    return to_plain(value, name)


def encode_field(name: str, value: Any) -> Any:
    """Encode the value of a field for JSON."""
    if value is None:
        return None
    if name == "code":
        return value.to_fields()
    if name in _PARTS:
        return encode_part(value)
    if name == "attachments":
        return {key: encode_part(item) for key, item in value.items()}
    if name in _SERIES:
        return [encode_part(item) for item in value]
    if name in _NAMES:
        return [encode(item) for item in value]
    return encode(value)


def decode_field(name: str, value: Any) -> Any:
    """Decode the result of `encode_field`."""
    if name == "code":
        return None if value is None else code_of(value)
    if name in _PARTS:
        return decode_part(_PARTS[name], value)
    if name == "attachments":
        return {key: decode_part(Artifact, item) for key, item in value.items()}
    if name in _SERIES:
        return tuple(decode_part(_SERIES[name], item) for item in value)
    if name in _NAMES:
        return tuple(decode(item) for item in value)
    return decode(value)
