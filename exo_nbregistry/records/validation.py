"""Validation of the records of a registry when they are read."""

from __future__ import annotations

from exo_nbregistry.records.event_fields import event_issues
from exo_nbregistry.records.record import VERSION, Record
from exo_nbregistry.records.record_issues import invalid_record
from exo_nbregistry.records.version_fields import version_issues


def require_valid(record: Record) -> Record:
    """Return a record if each field of its content is valid.

    Its author may be another user or another program, so a record with a correct check and a
    correct signature can still have any content.

    Parameters
    ----------
    record : Record
        The record of a version or an event.

    Raises
    ------
    RecordError
        If a field is missing or invalid; `issues` lists all issues.
    """
    kind, content = record.fields["kind"], record.content
    if kind == VERSION:
        issues = version_issues(content, record.model, record.number)
    else:
        issues = event_issues(content)
    if issues:
        raise invalid_record(record.key, kind, issues)
    return record
