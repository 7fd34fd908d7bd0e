"""Issues of the fields around the content of a record."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.text.names import name_list


def invalid_record(key: str, kind: str, issues: list[str]) -> RecordError:
    """Return the error of a record with these issues."""
    listed = name_list(issues, separator="; ", width=300)
    return RecordError(
        f"{key} is not a valid {kind} record: {listed}. Restore it from a backup; "
        "verify() lists all damaged files.",
        key=key,
        issues=issues,
    )


def require_registry(fields: dict[str, Any], key: str, registry_id: str | None) -> None:
    """Raise RecordError if a record was written for another registry.

    Parameters
    ----------
    fields : dict
        The fields of the record. A record of an earlier release has no ``registry``.
    key : str
        Store key of the record.
    registry_id : str or None
        ID of the registry, or None if it is not known.
    """
    found = fields.get("registry")
    if registry_id is not None and found not in (None, registry_id):
        whose = f"belongs to another registry ({found!r:.60})"
        raise RecordError(
            f"{key} {whose}. Export the version there and import it here with import_model, which "
            "signs it again.",
            key=key,
            issues=[f"it {whose}"],
        )


def envelope_issues(fields: dict[str, Any], kind: str, model: str, number: int) -> list[str]:
    """Return the issues of all fields of a record except its content, which is only a dict."""
    expected = {"kind": kind, "model": model, "number": number}
    issues = [
        f"{name} is {fields.get(name)!r}, expected {value!r}"
        for name, value in expected.items()
        if fields.get(name) != value or isinstance(fields.get(name), bool)
    ]
    forms: dict[str, tuple[type, ...]] = {
        "content": (dict,),
        "prev": (dict, type(None)),
        "txn": (str,),
        "check": (str,),
        "signature": (dict, type(None)),
    }
    if not isinstance(fields.get("registry", ""), str):
        issues.append("registry has the wrong type")
    issues += [
        f"{name} is missing or has the wrong type"
        for name, types in forms.items()
        if name not in fields or not isinstance(fields[name], types)
    ]
    return issues
