"""The state of a version after the events of its model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.records.event_signer import signed_actor
from exo_nbregistry.records.fields import Artifact, Note, decode_part, plain_part
from exo_nbregistry.records.later_metrics import LaterMetrics, add_in_order, decode_event
from exo_nbregistry.records.record import Record
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode

# Attachments that registering stores by itself: an event cannot add one, because its signer may be
# unknown and the registry reads them.
OWN_ATTACHMENTS = (
    *("evaluation", "input_example", "model", "sources"),
    *("trials", "curves", "columns", "test_set", "training_rows", "out_of_fold"),
)
ACTIVE, DELETED, PURGED = "active", "deleted", "purged"


@immutable
@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment that was added after the registration.

    Attributes
    ----------
    artifact : Artifact
        The stored attachment.
    at : datetime
        Time of the event, in UTC, by the writer's clock.
    actor : str
        Name of the user.
    record : Record
        The event, whose signer decides whether an attached model is loaded.
    """

    artifact: Artifact
    at: datetime
    actor: str
    record: Record = field(repr=False, compare=False)


@immutable
@dataclass(frozen=True, slots=True)
class StatusChange:
    """The event that set the status of a version.

    Attributes
    ----------
    record : Record
        The event.
    signer : SignerStatus
        Signer of the event, for this user.
    """

    record: Record
    signer: SignerStatus

    @property
    def actor(self) -> str:
        """Name of the user, with the signer."""
        return signed_actor(str(self.record.content["actor"]), self.signer)


@dataclass(slots=True)
class VersionFacts:
    """The state of a version after all events.

    Attributes
    ----------
    tags : dict
        Tags that events have set; the value of a removed tag is None.
    notes : list of Note
        Notes, oldest first.
    later_metrics : list of LaterMetrics
        Metrics that were measured after registration, by time of measurement.
    status : {'active', 'deleted', 'purged'}
        Whether the version can be loaded.
    attachments : dict of str to Attached
        Attachments that events have added. A name that is used again is ignored.
    changed : StatusChange or None
        The event that set the status; None if no event did.
    by_unknown : dict of str to str
        The users of unknown signers, by what they changed, such as ``tag reviewed``.
    """

    tags: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    later_metrics: list[LaterMetrics] = field(default_factory=list)
    status: str = ACTIVE
    attachments: dict[str, Attached] = field(default_factory=dict)
    changed: StatusChange | None = field(default=None, repr=False, compare=False)
    by_unknown: dict[str, str] = field(default_factory=dict)

    def copy(self) -> VersionFacts:
        """Return an independent copy."""
        return VersionFacts(
            dict(self.tags),
            list(self.notes),
            list(self.later_metrics),
            self.status,
            dict(self.attachments),
            self.changed,
            dict(self.by_unknown),
        )


def change_facts(facts: VersionFacts, record: Record, signer: SignerStatus) -> None:
    """Apply an event of a version to its facts.

    Raises
    ------
    AttributeError, LookupError, TypeError, ValueError
        If a field that the action requires is missing or invalid.
    """
    event = record.content
    actor, at = event["actor"], time_of(event)
    author = signed_actor(actor, signer)
    match event["action"]:
        case "tag":
            tags = _mapping(decode(event["tags"]))
            facts.tags |= tags
            _note_signer(facts, [f"tag {name}" for name in tags], author, signer)
        case "untag":
            names = _texts(event["names"])
            facts.tags |= dict.fromkeys(names)
            _note_signer(facts, [f"tag {name}" for name in names], author, signer)
        case "note":
            facts.notes.append(Note(_text(event["text"]), author, at))
        case "attach":
            artifact = plain_part(decode_part(Artifact, event["artifact"]), "artifact")
            name = _text(event["name"])
            if name.lower() not in OWN_ATTACHMENTS and name not in facts.attachments:
                _note_signer(facts, [f"attachment {name}"], author, signer)
                facts.attachments.setdefault(name, Attached(artifact, at, actor, record))
        case "metrics":
            add_in_order(facts.later_metrics, decode_event(event | {"actor": author}))
        case status_change:
            facts.status = _status_after(facts.status, str(status_change), signer)
            facts.changed = StatusChange(record, signer)
            _note_signer(facts, ["status"], author, signer)


def _note_signer(
    facts: VersionFacts, changed: list[str], author: str, signer: SignerStatus
) -> None:
    for name in changed:
        if signer.trusted:
            facts.by_unknown.pop(name, None)
        else:
            facts.by_unknown[name] = author


def _status_after(status: str, action: str, signer: SignerStatus) -> str:
    if status == PURGED:
        return status
    if action == "purge" and signer.trusted:
        return PURGED
    return ACTIVE if action == "restore" else DELETED


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.20} is not text")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.20} is not a list")
    return [_text(item) for item in value]


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r:.20} is not an object")
    return value


def time_of(event: dict[str, Any]) -> datetime:
    """Return the time of an event, which must also name a user."""
    at = decode(event["at"])
    if not isinstance(at, datetime) or at.tzinfo is None or not isinstance(event["actor"], str):
        raise TypeError("an event needs a time and a user")
    return at
