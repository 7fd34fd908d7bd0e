"""Events in plain words, for terminals, cards and views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exo_nbregistry.records.moved_in import MOVED_IN, moved_in_of
from exo_nbregistry.text.markup import number
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import cut, visible
from exo_nbregistry.values.metric import ordered

_MOVES = ("alias", "rollback", "unalias")
_WIDTH = 200


def event_sentence(event: Mapping[str, Any]) -> str:
    """Return an event as a clause without its time and author.

    Parameters
    ----------
    event : mapping
        Event of ``registry.history``. The ``previous`` version of an alias is used if it is known.

    Examples
    --------
    >>> event_sentence({"action": "alias", "alias": "champion", "version": 3, "previous": 2})
    '@champion was moved from 2 to 3'
    >>> event_sentence({"action": "tag", "version": 3, "tags": {"team": "vetting"}})
    'Version 3 was tagged with team=vetting'
    >>> event_sentence({"action": "retire", "version": 3})
    'Version 3: retire'
    """
    return visible(cut(_sentence(event), _WIDTH))


def with_previous(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield events in order; an alias has the ``previous`` version that it pointed to, or None.

    Examples
    --------
    >>> moves = [{"action": "alias", "alias": "a", "version": n} for n in (1, 2)]
    >>> [event["previous"] for event in with_previous(moves)]
    [None, 1]
    """
    targets: dict[Any, Any] = {}
    for event in events:
        if event.get("action") in _MOVES and not event.get("not_followed"):
            alias = event.get("alias")
            yield event | {"previous": targets.get(alias)}
            targets[alias] = event.get("version")
        else:
            yield event


def _sentence(event: Mapping[str, Any]) -> str:
    action, version = event.get("action"), event.get("version")
    if event.get("not_followed"):
        of = f" of version {version}" if version is not None else ""
        return f"Not followed: the {action} event{of} {event['not_followed']}"
    if version is None and action not in _MOVES:
        return str(action)
    subject = f"Version {version}"
    match action:
        case "alias" | "rollback" | "unalias":
            return _move(event)
        case "tag":
            return f"{subject} was tagged with {_tags(event['tags'])}"
        case "untag":
            start = "tags {} were" if len(event["names"]) > 1 else "tag {} was"
            return f"The {start.format(name_list(event['names']))} removed from version {version}"
        case "note":
            return f"Note on version {version}: {' '.join(str(event['text']).split())}"
        case "attach":
            kind = event["artifact"].get("kind") or "file"
            return f"{event['name']} ({kind}) was attached to version {version}"
        case "metrics":
            metrics = dict(event["metrics"])
            values = name_list(f"{name} {number(metrics[name])}" for name in ordered(metrics))
            on = f" on {' '.join(str(event['on']).split())}" if event.get("on") else ""
            return f"{subject} was measured{on}: {values}"
    if action == "register" and event.get("imported_from"):
        return f"{subject} was imported from {event['imported_from']}"
    verbs = {
        "register": "registered",
        "delete": "deleted",
        "restore": "restored",
        "purge": "deleted permanently",
    }
    origin = event.get(MOVED_IN)
    where = f" in {origin['tool']}" if isinstance(origin, Mapping) and origin.get("tool") else ""
    return f"{subject} was {verbs[action]}{where}" if action in verbs else f"{subject}: {action}"


def _move(event: Mapping[str, Any]) -> str:
    """Return the move of an alias, with the author and the time of one in another tool."""
    origin = moved_in_of(event)
    if origin is not None:
        return _move({k: v for k, v in event.items() if k != MOVED_IN}) + origin.text
    name, version, before = f"@{event['alias']}", event.get("version"), event.get("previous")
    if version is None:
        return f"{name} was removed" + (f" from {before}" if before is not None else "")
    mark = " (protected)" if event.get("protected") else ""
    if before == version:
        kept = "protected" if event.get("protected") else "no longer protected"
        return f"{name} on {version} is {kept}"
    if event["action"] == "rollback":
        start = f" from {before}" if before is not None else ""
        return f"{name} was rolled back{start} to {version}{mark}"
    verb = "set" if before is None else f"moved from {before}"
    return f"{name} was {verb} to {version}{mark}"


def _tags(tags: Any) -> str:
    return name_list(
        name if value is True else f"{name}={value}" for name, value in dict(tags).items()
    )
