"""Facts of a model as a whole: its name as typed, description, tags, and whether it was removed.

They are events of the model with actions of their own, which other readers of the format ignore:

=============  ==============================================================================
model created  the model was created under the name ``name``; earlier facts are discarded
model changed  ``description`` and ``tags`` are set, and the tags ``untag`` are removed
model removed  the model was removed, with its facts; other events delete its versions
=============  ==============================================================================

A model can have facts without a version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import InvalidReferenceError, RecordError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import EVENT, Record
from exo_nbregistry.records.version_facts import time_of
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import decode, encode
from exo_nbregistry.values.plain_values import to_plain, to_plain_tags
from exo_nbregistry.values.reference import is_model_key, model_key

CREATED, CHANGED, REMOVED = "model created", "model changed", "model removed"
_MOVES = ("alias", "unalias", "rollback")
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


@dataclass(slots=True, kw_only=True)
class ModelFacts:
    """Facts of a model as a whole.

    Attributes
    ----------
    key : str
        Key of the model.
    name : str
        The name as its creator typed it.
    description : str or None
        Free text.
    tags : dict of str to Any
        Tags of the model.
    created_at, updated_at : datetime or None
        Time of the creation and of the last change of the model, in UTC. None if only its versions
        have a time.
    changed_at : dict of int to datetime
        Time of the last change of each version that was changed, without moves of aliases.
    is_removed : bool
        Whether the model was removed and not created again.
    active : list of int
        Numbers of the versions that are not deleted, ascending.
    versions : list of int
        Numbers of all versions, ascending.
    """

    key: str
    name: str
    description: str | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    changed_at: dict[int, datetime] = field(default_factory=dict)
    is_removed: bool = False
    active: list[int] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)

    @property
    def exists(self) -> bool:
        """Whether the model exists: it has a version, or was created and not removed."""
        if self.active:
            return True
        return not self.is_removed and (self.created_at is not None or bool(self.versions))


def read_model_facts(registry: ModelRegistry, name: str) -> ModelFacts:
    """Return the facts of a model; ``exists`` is False if the model does not exist.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    name : str
        Name of the model.

    Returns
    -------
    ModelFacts
        The facts. Events that the registry does not follow are ignored.

    Raises
    ------
    InvalidReferenceError
        If the name is invalid.

    Examples
    --------
    >>> write_model_facts(registry, "kepler_rf", {"description": "Transits."}).description
    'Transits.'
    >>> read_model_facts(registry, "kepler_rf").active
    [1]
    """
    return _facts(registry._workspace.journal.snapshot(model_key(name)), name)


def write_model_facts(
    registry: ModelRegistry,
    name: str,
    change: Mapping[str, Any] | Callable[[ModelFacts], Mapping[str, Any] | None],
) -> ModelFacts:
    """Change the facts of a model, or create or remove it.

    Parameters
    ----------
    registry : ModelRegistry
        The registry, which is created if it does not exist.
    name : str
        Name of the model.
    change : mapping or callable
        Fields of the event: ``action`` (by default ``model changed``), ``description``, ``tags``
        and ``untag``. A callable takes the current facts and returns the fields, or None
        for no change; it can raise an error. It is called again if another writer is faster.

    Returns
    -------
    ModelFacts
        The facts after the change.

    Raises
    ------
    RecordError
        If a value cannot be stored.

    Examples
    --------
    >>> write_model_facts(registry, "new_model", {"action": "model created"}).exists
    True
    >>> write_model_facts(registry, "new_model", {"tags": {"team": "vetting"}}).tags
    {'team': 'vetting'}
    >>> write_model_facts(registry, "new_model", {"action": "model removed"}).exists
    False
    """
    key, work = model_key(name), registry._workspace
    work.prepare_first_write()

    def decide(snapshot: Snapshot) -> dict[str, Any] | None:
        fields = change(_facts(snapshot, name)) if callable(change) else change
        return None if fields is None else _event(name, fields)

    return _facts(work.journal.append(key, decide, work.actor), name)


def list_model_facts(registry: ModelRegistry) -> list[ModelFacts]:
    """Return the facts of all models that exist, also of those without a version, by key.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.

    Returns
    -------
    list of ModelFacts
        The facts.

    Examples
    --------
    >>> [facts.name for facts in list_model_facts(registry)]
    ['kepler_rf']
    """
    keys = sorted(filter(is_model_key, registry._workspace.journal.stamps()))
    found = (read_model_facts(registry, key) for key in keys)
    return [facts for facts in found if facts.exists]


def _event(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = {"action": fields.get("action", CHANGED)}
    if event["action"] == CREATED:
        event["name"] = name
    if "description" in fields:
        event["description"] = to_plain(fields["description"], "description")
    if fields.get("tags"):
        event["tags"] = encode(to_plain_tags(fields["tags"]))
    if fields.get("untag"):
        event["untag"] = [str(tag) for tag in fields["untag"]]
    return event


def _facts(snapshot: Snapshot, name: str) -> ModelFacts:
    state = snapshot.state
    facts = ModelFacts(key=snapshot.model, name=name)
    named = False
    for number in snapshot.events:
        if number in state.problems:
            continue
        event = snapshot.read(number, EVENT)
        at = time_of(event.content)
        action = event.content.get("action")
        if action in (CREATED, CHANGED, REMOVED):
            try:
                named = _apply(facts, event, at) or named
            except (RecordError, *_MALFORMED):
                # Any signer can write such an event, and it must not hide the model.
                continue
        elif action not in _MOVES and isinstance(changed := event.content.get("version"), int):
            facts.changed_at[changed] = at
        facts.updated_at = max(at, facts.updated_at or at)
    facts.versions = list(snapshot.versions)
    facts.active = [n for n in snapshot.versions if state.of(n).status == ACTIVE]
    if not named and facts.versions:
        # A model that was registered without MLflow has its name in its versions.
        facts.name = snapshot.metadata(facts.versions[-1]).model_name
    return facts


def _apply(facts: ModelFacts, event: Record, at: datetime) -> bool:
    """Apply an event of a model as a whole, and return whether it gave the model its name."""
    content = event.content
    action, tags = content["action"], _tags(content.get("tags"))
    name = _name(content.get("name"), facts.key) if action == CREATED else None
    if action in (CREATED, REMOVED):
        facts.is_removed = action == REMOVED
        facts.description, facts.tags = None, {}
        facts.created_at = at if action == CREATED else None
    if "description" in content:
        description = content["description"]
        facts.description = None if description is None else str(description)
    facts.tags |= tags
    for tag in _names(content.get("untag")):
        facts.tags.pop(tag, None)
    facts.name = name or facts.name
    return name is not None


def _tags(encoded: Any) -> dict[str, Any]:
    tags = decode(encoded) if isinstance(encoded, dict) else {}
    return {str(name): value for name, value in tags.items()} if isinstance(tags, dict) else {}


def _name(name: Any, key: str) -> str | None:
    """Return the name that the creator typed, or None if it is not one of the model."""
    try:
        return name if isinstance(name, str) and model_key(name) == key else None
    except InvalidReferenceError:
        return None


def _names(value: Any) -> Sequence[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else ()
