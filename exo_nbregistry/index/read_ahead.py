"""Reading the records of several models at once, before they are indexed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from exo_nbregistry.index.marks import read_mark
from exo_nbregistry.index.source import Source
from exo_nbregistry.index.writer import Writer
from exo_nbregistry.journal.record_files import MAX_AT_ONCE, Place
from exo_nbregistry.records.record import EVENT, VERSION

# The events of a model with more of them may have a checkpoint.
_MAX_EVENTS = 32


def models_ahead(
    index: sqlite3.Connection,
    writer: Writer,
    source: Source,
    listed: Mapping[str, list[int]],
    stamps: dict[str, tuple[int, ...]],
) -> Iterator[str]:
    """Yield models to index; if each read is a request, several are read at once before.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    writer : Writer
        Knows the indexed versions.
    source : Source
        The registry.
    listed : mapping of str to list of int
        Numbers of the versions of each model.
    stamps : dict of str to tuple of int
        The stamps in the same call.

    Yields
    ------
    str
        A model key, in the order of `listed`.
    """
    if not source.reads_ahead:
        yield from listed
        return
    batch: list[str] = []
    new: list[Place] = []
    marked: list[Place] = []
    for model, numbers in listed.items():
        batch.append(model)
        known = writer.known(model)
        new += [Place(model, number) for number in numbers if number not in known]
        events = source.new_events(model, stamps)
        if len(events) <= _MAX_EVENTS:
            new += [Place(model, number, EVENT) for number in events]
        marked += _marked(index, model)
        if len(new) + len(marked) >= MAX_AT_ONCE:
            source.read_ahead(new[:MAX_AT_ONCE], again=marked)
            yield from batch
            batch, new, marked = [], [], []
    source.read_ahead(new, again=marked)
    yield from batch


def _marked(index: sqlite3.Connection, model: str) -> Iterable[Place]:
    """Return the records that show whether a model was replaced by an older copy."""
    for mark in (read_mark(index, model, kind) for kind in (VERSION, EVENT)):
        if mark is not None:
            numbers = {mark.found, mark.number} - {0}
            yield from (Place(model, number, mark.kind) for number in sorted(numbers))
