"""Validation of the records of a registry when they are read."""

from __future__ import annotations

from exo_nbregistry.records.event_fields import event_issues
from exo_nbregistry.records.record import VERSION, Record
from exo_nbregistry.records.record_issues import invalid_record
from exo_nbregistry.records.version_fields import version_issues

_MAX_KNOWN = 1 << 15
# Checks of valid records. A check is the digest of all that is validated, so a record that is read
# again does not need to be validated again.
_known: set[str] = set()


def require_valid(record: Record) -> Record:
    """Return a record if each field of its content is valid.

    Its author may be another user or another program, so a record with a correct check and a
    correct signature can still have any content.

    Parameters
    ----------
    record : Record
        The record of a version or an event, whose check matches its content.

    Raises
    ------
    RecordError
        If a field is missing or invalid; `issues` lists all issues.
    """
    if record.check in _known:
        return record
    kind, content = record.fields["kind"], record.content
    if kind == VERSION:
        issues = version_issues(content, record.model, record.number)
    else:
        issues = event_issues(content)
    if issues:
        raise invalid_record(record.key, kind, issues)
    if len(_known) >= _MAX_KNOWN:
        _known.clear()
    _known.add(record.check)
    return record
