"""The tables of the index, and a version's rows in them.

``versions`` has the common columns; other fields are read from the record, identified by its
digest. Its column ``tags`` has the tags at registration, ``journal`` the fields from the journal,
and ``facts_sha256`` the digest by which the same model is found again.
``facts`` is one tree, sorted by field and value: a filter is a range of it, and the ten best
values are its end. A fact belongs to a version, or to a set of hyperparameters or feature columns
that many versions share; the number of the set is in ``versions``.
``folders`` has the change times of indexed folders, ``marks`` the highest number ever indexed.
``trust`` has the trusted signers and the policy by which the fields from the journal were computed.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from exo_nbregistry.index.sql_condition import microseconds, real
from exo_nbregistry.records.describe import journal_fields
from exo_nbregistry.records.model_state import ACTIVE, ModelState
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.records.passed_facts import passed_results, passed_training_info
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.json_codec import decode

SCHEMA_VERSION = 12
SCHEMA = """
CREATE TABLE versions(
    id INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, number INTEGER NOT NULL,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, algorithm TEXT, description TEXT,
    parent TEXT, training_dataset TEXT, training_samples, test_samples,
    hyperparameters INTEGER NOT NULL, feature_columns INTEGER NOT NULL,
    digest BLOB NOT NULL, tags TEXT, journal TEXT, display_name TEXT, facts_sha256 BLOB,
    UNIQUE(model, number));
CREATE INDEX hidden ON versions(status) WHERE status != 'active';
CREATE INDEX newest ON versions(created_at DESC, number DESC, model);
CREATE INDEX children ON versions(parent, status) WHERE parent IS NOT NULL;
CREATE INDEX hyperparameters ON versions(hyperparameters);
CREATE TABLE fields(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE facts(field INTEGER, value, owner INTEGER, PRIMARY KEY(field, value, owner))
    WITHOUT ROWID;
CREATE TABLE folders(
    model TEXT PRIMARY KEY, versions_ns INTEGER NOT NULL, events_ns INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE marks(
    model TEXT, kind TEXT, number INTEGER NOT NULL, digest TEXT NOT NULL,
    found INTEGER NOT NULL, found_digest TEXT NOT NULL, replaced INTEGER NOT NULL,
    PRIMARY KEY(model, kind)) WITHOUT ROWID;
CREATE TABLE trust(stamp TEXT NOT NULL);
"""
MEASURED = ("metrics", "scoring")
SHARED = ("hyperparameters", "feature_columns")
_TEXTS = ("algorithm", "description", "parent", "training_dataset")
_NUMBERS = ("training_samples", "test_samples")
_SHA256 = re.compile("[0-9a-f]{64}")
Fact = tuple[str, str | float]


class Row(NamedTuple):
    """A version in the index.

    Attributes
    ----------
    columns : tuple
        Values in the table `versions`, from the column number on.
    facts : set of (str, float or str)
        Rows in the table `facts`: name of the field, and value.
    shared : dict of int to frozenset of (str, float or str)
        Rows in `facts` of each shared set, such as its hyperparameters, by number of the set.
    """

    columns: tuple[Any, ...]
    facts: set[Fact]
    shared: dict[int, frozenset[Fact]]


def make_row(record: Record, state: ModelState, named: set[int]) -> Row:
    """Return the row of a version.

    Parameters
    ----------
    record : Record
        The version's record.
    state : ModelState
        The folded journal of its model.
    named : set of int
        The versions that the journal mentions.
    """
    content = record.content
    is_named = record.number in named
    changes = journal_fields(content, state, record.number, record.check) if is_named else None
    shared = {group: _shared(group, content[group]) for group in SHARED if content.get(group)}
    columns = (
        record.number,
        microseconds(_instant(content["created_at"])),
        changes["status"] if changes else ACTIVE,
        *(content.get(name) for name in _TEXTS),
        *(_number(content.get(name)) for name in _NUMBERS),
        *(shared[group][0] if group in shared else 0 for group in SHARED),
        bytes.fromhex(record.check),
        dump(content["tags"]) if content.get("tags") else None,
        dump(changes) if changes else None,
        _display_name(record),
        _digest(content.get("facts_sha256")),
    )
    measured = [fact for group in MEASURED for fact in _flatten(group, content.get(group))]
    data = content.get("dataset")
    if isinstance(data, dict):
        measured += _flatten("dataset.sha256", data.get("sha256"))
    own = {*measured, *_passed_facts(content), *changing_facts(content, changes)}
    return Row(columns, own, dict(shared.values()))


def _display_name(record: Record) -> str | None:
    """Return the name that the user passed if only its letter case differs from the key."""
    name = record.content.get("model_name")
    is_other = isinstance(name, str) and name != record.model and name.lower() == record.model
    return name if is_other else None


def _digest(value: Any) -> bytes | None:
    is_digest = isinstance(value, str) and _SHA256.fullmatch(value)
    return bytes.fromhex(value) if is_digest else None


def named_versions(state: ModelState) -> set[int]:
    """Return the versions that the journal mentions."""
    aliased = (move.version for move in state.aliases().values())
    return {*state.facts, *(number for number in aliased if number is not None)}


def _passed_facts(content: dict[str, Any]) -> Iterator[Fact]:
    """Yield the results other than metrics, and the extra training info."""
    additional = content.get("additional_metrics")
    if isinstance(additional, dict):
        yield from _flatten("training_info", passed_training_info(additional))
        yield from _flatten("results", passed_results(additional, content.get("attachments") or ()))


def changing_facts(content: dict[str, Any], changes: dict[str, Any] | None) -> set[Fact]:
    """Return the rows in `facts` that the journal can change: tags, aliases, later metrics."""
    tags = (changes or content).get("tags") or {}
    facts = set(_flatten("tags", tags))
    facts.update(("tags", name) for name in decode(tags) if isinstance(name, str))
    facts.update(("aliases", alias) for alias in (changes or {}).get("aliases", ()))
    newest: dict[str, Any] = {}
    for later in (changes or {}).get("later_metrics", ()):
        newest |= later["metrics"]
    facts.update(_flatten("later_metrics", newest))
    return facts


def _shared(group: str, value: dict[str, Any] | list[str]) -> tuple[int, frozenset[Fact]]:
    """Return the number of a set of facts, which is equal in every index, and the facts."""
    items = tuple(value.items() if isinstance(value, dict) else value)
    try:
        return _known_set(group, items)
    except TypeError:
        # A list or dict among the values is not hashable.
        return _known_set.__wrapped__(group, items)


@functools.lru_cache(maxsize=1024)
def _known_set(group: str, items: tuple[Any, ...]) -> tuple[int, frozenset[Fact]]:
    digest = hashlib.sha256(dump([group, items]).encode()).digest()
    if group == "feature_columns":
        facts = frozenset((group, name) for name in items)
    else:
        # Also under the names of views, such as regressor__alpha beside regressor.params.alpha.
        given = dict(items)
        facts = frozenset(_flatten(group, given))
        if any(isinstance(value, dict) for value in given.values()):
            facts |= frozenset(_flatten(group, flatten_params(given)))
    return int.from_bytes(digest[:8], "big", signed=True), facts


def dump(value: Any) -> str:
    """Return an encoded value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def _instant(value: Any) -> datetime:
    instant = decode(value)
    return instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)


def _number(value: Any) -> float | None:
    return real(value) if isinstance(value, int | float) else None


def _flatten(name: str, value: Any) -> Iterator[Fact]:
    """Yield the numbers and texts in an encoded value, without NaN and lists."""
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
                # Most values are plain; only the others require a nested generator.
                if type(item) is float or type(item) is str:
                    yield f"{name}.{key}", item
                elif item is not None:
                    yield from _flatten(f"{name}.{key}", item)
