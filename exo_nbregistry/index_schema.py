"""The index's tables, and a version's rows in them.

``versions`` is narrow, so that it can be scanned; what is shown is in ``records``. ``facts`` is
one tree, sorted by field and value: a filter is a range of it, and the ten best are its end. A
fact's owner is a version; or, as many versions have the same ones, a set of hyperparameters or
of feature columns, whose number is in ``versions``.
``folders`` says up to where a model was read, ``marks`` what was the highest number ever seen.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.catalog import journal_says
from exo_nbregistry.codec import decode
from exo_nbregistry.condition import microseconds, real
from exo_nbregistry.record import Record
from exo_nbregistry.state import ACTIVE, ModelState

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE versions(
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, number INTEGER NOT NULL,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, algorithm TEXT, description TEXT,
    parent TEXT, training_dataset TEXT, training_samples, test_samples,
    hyperparameters INTEGER NOT NULL, feature_columns INTEGER NOT NULL, UNIQUE(model, number));
CREATE INDEX status ON versions(status, model, number);
CREATE INDEX created ON versions(created_at);
CREATE INDEX hyperparameters ON versions(hyperparameters);
CREATE TABLE records(
    id INTEGER PRIMARY KEY, said TEXT, signer TEXT, digest BLOB NOT NULL, record BLOB NOT NULL);
CREATE TABLE fields(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE facts(field INTEGER, value, owner INTEGER, PRIMARY KEY(field, value, owner))
    WITHOUT ROWID;
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
    record : bytes
        JSON of the record.
    signer : str or None
        Fingerprint of the key that claims to have signed.
    said : str or None
        JSON of what the journal has made of it, which goes over `record`; None if nothing.
    facts : set of (str, float or str)
        Its own rows in `facts`: name of the field, and value.
    shared : dict of int to frozenset of (str, float or str)
        The rows in `facts` of its set of hyperparameters, and of that of feature columns.
    """

    number: int
    check: str
    columns: tuple[Any, ...]
    record: bytes
    signer: str | None
    said: str | None
    facts: set[Fact]
    shared: dict[int, frozenset[Fact]]


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
    content = record.content
    said = journal_says(content, state, record.number) if record.number in named else None
    hyperparameters = frozenset(_flatten("hyperparameters", content.get("hyperparameters")))
    features = frozenset(("feature_columns", name) for name in content.get("feature_columns") or ())
    sets = set_id(hyperparameters), set_id(features)
    columns = (
        microseconds(_instant(content["created_at"])),
        said["status"] if said else ACTIVE,
        *(content.get(name) for name in _TEXTS),
        *(_number(content.get(name)) for name in _NUMBERS),
        *sets,
    )
    return Row(
        number=record.number,
        check=record.check,
        columns=columns,
        record=record.sealed_text(),
        signer=record.signer,
        said=dump_said(said) if said else None,
        facts=own_facts(content, said),
        shared=dict(zip(sets, (hyperparameters, features), strict=True)),
    )


def named_versions(state: ModelState) -> set[int]:
    """Return the versions that the journal says anything of."""
    aliased = (move.version for move in state.aliases().values())
    return {*state.facts, *(number for number in aliased if number is not None)}


def own_facts(content: dict[str, Any], said: dict[str, Any] | None) -> set[Fact]:
    """Return the rows in `facts` that a version shares with no other."""
    tags = (said or content).get("tags") or {}
    facts = set(_flatten("metrics", content.get("metrics")))
    if tags:
        facts.update(_flatten("tags", tags))
        facts.update(("tags", name) for name in decode(tags) if isinstance(name, str))
    facts.update(("aliases", alias) for alias in (said or {}).get("aliases", ()))
    return facts


@functools.lru_cache(maxsize=1024)
def set_id(facts: frozenset[Fact]) -> int:
    """Return the number of a set of facts: a digest, the same in every index; 0 for none."""
    if not facts:
        return 0
    text = repr(sorted(facts, key=repr))
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def load_content(record: bytes) -> dict[str, Any]:
    """Return the content of a version's record."""
    content: dict[str, Any] = json.loads(record)["content"]
    return content


def dump_said(said: dict[str, Any]) -> str:
    """Return what the journal says of a version as JSON."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


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
                # Most are plain: only the others are worth a generator of their own.
                if type(item) is float or type(item) is str:
                    yield f"{name}.{key}", item
                elif item is not None:
                    yield from _flatten(f"{name}.{key}", item)
