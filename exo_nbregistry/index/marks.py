"""Marks: the highest version and event of each model that the index has ever seen.

They show that a registry was replaced by an older copy. Other threads and machines change the
registry while it is read, so one observation is never enough: a mark is checked again before it
is written, and again before it is reported.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import NamedTuple

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.index.source import Source

DAMAGED = (RecordError, IntegrityError, MissingKeyError)
# Errors that an intact record of another program may raise.
MALFORMED = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    # Raised for a value that cannot be bound; errors of the file are other subclasses.
    *(sqlite3.InterfaceError, sqlite3.ProgrammingError),
)
_SUSPECT = "SELECT * FROM marks WHERE found < number OR replaced ORDER BY model, kind DESC"
_CLEAR = """
    UPDATE marks SET found = ?, found_digest = ?, replaced = 0
    WHERE model = ? AND kind = ? AND number = ? AND digest = ?
"""


class Mark(NamedTuple):
    """The highest version or event of a model that was ever indexed.

    Attributes
    ----------
    model : str
        The model key.
    kind : {'version', 'event'}
        Kind of the record.
    number : int
        The highest number ever indexed; if `replaced`, the highest one before.
    digest : str
        The check of its record; empty if the record was unreadable.
    found : int
        The highest number that exists now.
    found_digest : str
        The check of its record.
    replaced : int
        1 if a known record was found to be replaced.
    """

    model: str
    kind: str
    number: int
    digest: str
    found: int
    found_digest: str
    replaced: int


def read_mark(index: sqlite3.Connection, model: str, kind: str) -> Mark | None:
    """Return the mark of a model's versions or events, or None."""
    query = "SELECT * FROM marks WHERE model = ? AND kind = ?"
    row = index.execute(query, (model, kind)).fetchone()
    return Mark(*row) if row else None


def write_mark(index: sqlite3.Connection, old: Mark | None, new: Mark) -> None:
    """Write a mark; of a record that was lost or replaced, the old number and check are kept."""
    if old and (old.replaced or new.replaced or new.found < old.number):
        # A lower number alone is not a replacement: the newer copy may return.
        replaced = old.replaced | (new.replaced if new.found >= old.number else 0)
        new = old._replace(found=new.found, found_digest=new.found_digest, replaced=replaced)
    index.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?)", new)


def contradicts(source: Source, mark: Mark | None, latest: int) -> bool:
    """Return whether a known record seems to be lost or replaced.

    Parameters
    ----------
    source : Source
        The registry.
    mark : Mark or None
        What was indexed before.
    latest : int
        The highest number that was listed. Repeat the call with a new list before you believe it.
    """
    if mark is None:
        return False
    seen = {mark.found: mark.found_digest}
    if not mark.replaced:
        seen[mark.number] = mark.digest
    return latest < mark.found or any(
        read_digest(source, mark.model, mark.kind, number) not in ("", digest)
        for number, digest in seen.items()
        if digest and number <= latest
    )


def read_digest(source: Source, model: str, kind: str, number: int) -> str:
    """Return the check of a record, or "" if it is unreadable or the number is 0."""
    with contextlib.suppress(*DAMAGED):
        return source.read(model, number, kind).check if number else ""
    return ""


def confirmed_marks(index: sqlite3.Connection, source: Source) -> list[Mark]:
    """Return the marks of lost or replaced records, and clear those that prove wrong.

    Parameters
    ----------
    index : Connection
        The index, in a transaction that may write.
    source : Source
        The registry, in which each suspected record is looked for again.
    """
    lost = []
    for mark in [Mark(*row) for row in index.execute(_SUSPECT).fetchall()]:
        numbers = source.numbers(mark.model, mark.kind)
        digest = read_digest(source, mark.model, mark.kind, mark.number)
        if mark.number not in numbers or digest not in ("", mark.digest):
            lost.append(mark)
        elif digest or not mark.replaced:
            last = numbers[-1]
            found = read_digest(source, mark.model, mark.kind, last)
            index.execute(_CLEAR, (last, found, *mark[:4]))
        else:
            lost.append(mark)
    return lost
