"""The index's tables, and a version's rows in them.

``versions`` is narrow, so that it can be scanned; what is shown is in ``records``. ``facts`` is
one tree, sorted by field and value: a filter is a range of it, and the ten best are its end.
``folders`` says up to where a model was read, ``marks`` what was the highest number ever seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.codec import canonical_json, decode, encode
from exo_nbregistry.condition import microseconds, real
from exo_nbregistry.record import Record
from exo_nbregistry.state import ACTIVE, ModelState

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE versions(
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, number INTEGER NOT NULL,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, algorithm TEXT, description TEXT,
    parent TEXT, training_dataset TEXT, training_samples, test_samples,
    features INTEGER NOT NULL, UNIQUE(model, number));
CREATE INDEX status ON versions(status, model, number);
CREATE INDEX created ON versions(created_at);
CREATE TABLE records(id INTEGER PRIMARY KEY, said TEXT, record TEXT NOT NULL);
CREATE TABLE fields(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE facts(field INTEGER, value, version INTEGER, PRIMARY KEY(field, value, version))
    WITHOUT ROWID;
CREATE TABLE feature_sets(name TEXT, id INTEGER, PRIMARY KEY(name, id)) WITHOUT ROWID;
CREATE TABLE folders(
    model TEXT PRIMARY KEY, versions_ns INTEGER NOT NULL, events_ns INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE marks(
    model TEXT, kind TEXT, number INTEGER NOT NULL, digest TEXT NOT NULL,
    found INTEGER NOT NULL, replaced INTEGER NOT NULL, PRIMARY KEY(model, kind)) WITHOUT ROWID;
"""
_TEXTS = ("algorithm", "description", "parent", "training_dataset")
_NUMBERS = ("training_samples", "test_samples")
Fact = tuple[str, str | float]


@dataclass(frozen=True, slots=True)
class Row:
    """A version as the index keeps it.

    Attributes
    ----------
    number : int
        The version number.
    check : str
        The record's digest.
    columns : tuple
        Its values in `versions`, from created_at on.
    record : str
        JSON of the encoded metadata as registered.
    said : str or None
        JSON of what the journal has made of it, which goes over `record`; None if nothing.
    facts : set of (str, float or str)
        Its rows in `facts`: name of the field, and value.
    features : tuple of str
        Its feature columns.
    """

    number: int
    check: str
    columns: tuple[Any, ...]
    record: str
    said: str | None
    facts: set[Fact]
    features: tuple[str, ...]


def make_row(record: Record, state: ModelState, named: set[int]) -> Row:
    """Lay out a version.

    Parameters
    ----------
    record : Record
        The version's record.
    state : ModelState
        The folded journal of its model.
    named : set of int
        The versions that the journal says anything of.
    """
    content = {name: value for name, value in record.content.items() if name != "facts_sha256"}
    content["signer"] = record.signer
    said = journal_says(content, state, record.number) if record.number in named else None
    features = tuple(content.get("feature_columns") or ())
    columns = (
        microseconds(_instant(content["created_at"])),
        said["status"] if said else ACTIVE,
        *(content.get(name) for name in _TEXTS),
        *(_number(content.get(name)) for name in _NUMBERS),
        features_id(features),
    )
    return Row(
        number=record.number,
        check=record.check,
        columns=columns,
        record=dump_fields(content),
        said=dump_fields(said) if said else None,
        facts=all_facts(content, said),
        features=features,
    )


def named_versions(state: ModelState) -> set[int]:
    """Return the versions that the journal says anything of."""
    aliased = (move.version for move in state.aliases().values())
    return {*state.facts, *(number for number in aliased if number is not None)}


def journal_says(content: dict[str, Any], state: ModelState, number: int) -> dict[str, Any]:
    """Return the encoded metadata fields of a version that the journal has a say in."""
    facts = state.of(number)
    tags = decode(content.get("tags") or {}) | facts.tags
    return {
        "tags": encode({name: value for name, value in tags.items() if value is not None}),
        "aliases": list(state.aliases_of(number)),
        "notes": [
            {"text": note.text, "author": note.author, "created_at": encode(note.created_at)}
            for note in facts.notes
        ],
        "status": facts.status,
    }


def all_facts(content: dict[str, Any], said: dict[str, Any] | None) -> set[Fact]:
    """Return the rows of a version in `facts`."""
    tags = (said or content).get("tags") or {}
    single = dict(_flatten("metrics", content.get("metrics")))
    single.update(_flatten("hyperparameters", content.get("hyperparameters")))
    single.update(_flatten("tags", tags))
    facts = set(single.items())
    facts.update(("tags", name) for name in decode(tags) if isinstance(name, str))
    facts.update(("aliases", alias) for alias in (said or {}).get("aliases", ()))
    return facts


def features_id(features: tuple[str, ...]) -> int:
    """Return the number of a set of feature columns: a digest, the same in every index."""
    if not features:
        return 0
    digest = hashlib.sha256(canonical_json(sorted(set(features)))).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def load_fields(record: str, said: str | None) -> dict[str, Any]:
    """Return a version's encoded metadata."""
    fields: dict[str, Any] = json.loads(record)
    return fields | json.loads(said) if said else fields


def dump_fields(value: dict[str, Any]) -> str:
    """Return encoded metadata as `load_fields` reads it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _instant(value: Any) -> datetime:
    instant = decode(value)
    return instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)


def _number(value: Any) -> float | None:
    return real(value) if isinstance(value, int | float) else None


def _flatten(name: str, value: Any) -> Iterator[Fact]:
    """Yield the numbers and texts in an encoded value; NaN is missing, lists are no facts."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, int | float):
        yield name, real(value)
    elif isinstance(value, dict):
        tag = next(iter(value)) if len(value) == 1 else ""
        if tag == "$float" and value[tag] != "nan":
            yield name, float(value[tag])
        elif tag in ("$datetime", "$date"):
            yield name, value[tag]
        elif not tag.startswith("$"):
            for key, item in value.items():
                yield from _flatten(f"{name}.{key}", item)
