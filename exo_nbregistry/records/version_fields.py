"""Checks of the content of a version's record, which another user or program may have written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.field_types import kind_issue
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.metadata_fields import decode_field, plain_field
from exo_nbregistry.records.quick_fields import MAX_COUNT, QUICK
from exo_nbregistry.values.plain_values import to_plain
from exo_nbregistry.values.reference import model_id

_REQUIRED = ("model_id", "model_name", "version", "created_at")
# They come from the journal and the signature. In a record, they would be claims of its author.
_NOT_STORED = ("aliases", "notes", "later_metrics", "status", "unknown_signers", "signer")
_LISTS = ("default_hyperparameters", "feature_columns")
_FIELDS = frozenset(ModelMetadata.__dataclass_fields__) - {"extra"}


def version_issues(content: dict[str, Any], model: str, number: int) -> list[str]:
    """Return all issues of the content of a version's record.

    Parameters
    ----------
    content : dict
        The encoded content.
    model : str
        The model key.
    number : int
        The version.

    Returns
    -------
    list of str
        A phrase for each invalid or missing field. If it is empty, the metadata of the version
        can be decoded.

    Examples
    --------
    >>> at = {"$datetime": "2026-01-01T00:00:00+00:00"}
    >>> fields = {"model_id": "m:1", "model_name": "m", "version": 1, "created_at": at}
    >>> version_issues(fields, "m", 1)
    []
    >>> version_issues(fields | {"algorithm": [], "description": 3}, "m", 1)
    ['algorithm must be str or None, got []', 'description must be str, got 3']
    """
    issues = [f"{name} is missing" for name in _REQUIRED if name not in content]
    for name, value in content.items():
        quick = QUICK.get(name)
        if quick is None or not quick(value):
            issues += _issues_of(name, value)
    if not issues and (content["version"] != number or content["model_id"] != f"{model}:{number}"):
        issues.append(f"it describes {content['model_id']}, expected {model_id(model, number)}")
    return issues


def _issues_of(name: str, value: Any) -> list[str]:
    """Return the issues of one field, which is decoded as for the metadata."""
    try:
        if name in _NOT_STORED:
            return [f"{name} is not a field of a version record"]
        if name == "facts_sha256" or name not in _FIELDS:
            to_plain(value, name)
            is_wrong = name == "facts_sha256" and not isinstance(value, str)
            return [f"{name} must be str, got {value!r:.60}"] if is_wrong else []
        if name in _LISTS and type(value) is not list:
            return [f"{name} must be a list, got {value!r:.60}"]
        plain = plain_field(name, decode_field(name, value))
    except RecordError as error:
        return [str(error).rstrip(".")]
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return [f"{name} is invalid: {value!r:.60}"]
    issue = kind_issue(ModelMetadata, name, plain)
    if issue:
        return [issue]
    return [*_count_issues(name, plain), *_instant_issues(name, plain)]


def _count_issues(name: str, plain: Any) -> list[str]:
    return [
        f"{key} must be an integer below 2^63, got {value!r:.60}"
        for key, value in _counts(name, plain)
        if value is not None and abs(value) >= MAX_COUNT
    ]


def _counts(name: str, plain: Any) -> Iterator[tuple[str, int | None]]:
    if name in ("training_samples", "test_samples"):
        yield name, plain
    elif plain is None:
        return
    elif name == "dataset":
        yield "dataset.rows", plain.rows
    elif name == "provenance":
        yield "provenance.cell_number", plain.cell_number
    elif name == "artifact":
        yield "artifact.size_bytes", plain.size_bytes
    elif name == "attachments":
        yield from ((f"attachments.{key}.size_bytes", a.size_bytes) for key, a in plain.items())
    elif name == "signature":
        yield from (
            (f"signature.{column.name}.missing", column.missing) for column in plain.columns
        )


def _instant_issues(name: str, plain: Any) -> list[str]:
    if not isinstance(plain, datetime):
        return []
    if name == "created_at" and plain.tzinfo is None:
        return [f"{name} must have a time zone, got {plain.isoformat()!r}"]
    # A time zone can move the first and the last year out of the calendar.
    if not 1 < plain.year < 9999:
        return [f"{name} must be a year from 2 to 9998, got {plain.isoformat()!r}"]
    return []
