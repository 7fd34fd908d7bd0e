"""Checks of the content of an event, which another user or program may have written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from exo_nbregistry.errors import InvalidReferenceError, RecordError
from exo_nbregistry.records.field_types import is_float
from exo_nbregistry.records.fields import Artifact, decode_part, plain_part
from exo_nbregistry.records.later_metrics import decode_event
from exo_nbregistry.records.quick_fields import is_instant, is_plain_dict
from exo_nbregistry.values.json_codec import decode
from exo_nbregistry.values.plain_values import to_plain, to_plain_tags
from exo_nbregistry.values.reference import check_alias, check_version


def event_issues(event: dict[str, Any]) -> list[str]:
    """Return all issues of the content of an event.

    Parameters
    ----------
    event : dict
        The encoded content.

    Returns
    -------
    list of str
        A phrase for each invalid or missing field. An unknown action belongs to a newer release
        and has no issues.

    Examples
    --------
    >>> at = {"$datetime": "2026-01-01T00:00:00+00:00"}
    >>> event_issues({"action": "note", "version": 1, "at": at, "actor": "ada", "text": "Good."})
    []
    >>> event_issues({"action": "delete", "version": "1", "at": at, "actor": None})
    ["version is '1'", 'actor is None']
    """
    action = event.get("action")
    if type(action) is not str:
        return [_issue("action", action)]
    names = _FIELDS.get(action)
    if names is None:
        return []
    issues = []
    for name in (*names, "at", "actor"):
        try:
            is_valid = _TESTS[name](event)
        except _INVALID:
            is_valid = False
        if not is_valid:
            issues.append(_issue(name, event[name]) if name in event else f"{name} is missing")
    return issues


def _issue(name: str, value: Any) -> str:
    return f"{name} is {value!r:.60}"


def _is_version(event: dict[str, Any]) -> bool:
    return type(event["version"]) is int and bool(check_version(event["version"]))


def _is_alias(event: dict[str, Any]) -> bool:
    return type(event["alias"]) is str and bool(check_alias(event["alias"]))


def _is_time(event: dict[str, Any]) -> bool:
    if is_instant(event["at"]):
        return True
    at = decode(event["at"])
    # A time zone can move the first and the last year out of the calendar.
    return isinstance(at, datetime) and at.tzinfo is not None and 1 < at.year < 9999


def _is_later_metrics(event: dict[str, Any]) -> bool:
    fallback = {"at": {"$datetime": datetime(2000, 1, 1, tzinfo=UTC).isoformat()}, "actor": ""}
    later = decode_event(fallback | {name: event[name] for name in event if name not in fallback})
    to_plain(later.metrics, "metrics")
    return 1 < later.at.year < 9999


def _is_artifact(event: dict[str, Any]) -> bool:
    artifact = plain_part(decode_part(Artifact, event["artifact"]), "artifact")
    # A larger number cannot be shown as a size.
    return is_float(artifact.size_bytes)


def _is_tags(event: dict[str, Any]) -> bool:
    tags = event["tags"]
    if is_plain_dict(tags) and None not in tags.values() and all(map(str.strip, tags)):
        return True
    return type(decoded := decode(tags)) is dict and to_plain_tags(decoded) is not None


def _is_texts(event: dict[str, Any]) -> bool:
    names = event["names"]
    return type(names) is list and all(type(name) is str for name in names)


def _is_text(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: type(event[name]) is str


def _is_protected(event: dict[str, Any]) -> bool:
    # Earlier releases stored any true value that a user passed.
    return type(event.get("protected")) in (bool, int, str, type(None))


def _is_packages(event: dict[str, Any]) -> bool:
    packages = event.get("packages", {})
    return type(packages) is dict and all(type(version) is str for version in packages.values())


def _is_target(event: dict[str, Any]) -> bool:
    return type(event.get("target", "")) in (str, type(None))


_INVALID = (
    *(RecordError, InvalidReferenceError),
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
)
_TESTS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "version": _is_version,
    "alias": _is_alias,
    "at": _is_time,
    "artifact": _is_artifact,
    "tags": _is_tags,
    "names": _is_texts,
    "metrics": _is_later_metrics,
    "protected": _is_protected,
    "target": _is_target,
    "packages": _is_packages,
    **{name: _is_text(name) for name in ("actor", "name", "text")},
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "alias": ("alias", "version", "protected", "target"),
    "rollback": ("alias", "version", "protected", "target"),
    "unalias": ("alias",),
    "tag": ("version", "tags"),
    "untag": ("version", "names"),
    "note": ("version", "text"),
    "attach": ("version", "name", "artifact", "target", "packages"),
    "metrics": ("version", "metrics"),
    "delete": ("version",),
    "restore": ("version",),
    "purge": ("version",),
}
