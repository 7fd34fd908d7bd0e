"""An index that was filled from a checkpoint, before its first use."""

from __future__ import annotations

import sqlite3

from exo_nbregistry.index.database import transaction
from exo_nbregistry.index.source import Source
from exo_nbregistry.records.record import EVENT
from exo_nbregistry.values.reference import is_model_key

# Which records another machine has seen before is not part of the index.
_RESET = """
    UPDATE marks SET number = found, digest = found_digest, replaced = 0
    WHERE number != found OR digest != found_digest OR replaced
"""
_NUMBERS = "SELECT number FROM versions WHERE model = ? ORDER BY number"
_LAST_EVENT = "SELECT found FROM marks WHERE model = ? AND kind = ?"
# No stamp is negative, so a process that is killed before the comparison leaves models to read.
_WITHDRAW = "UPDATE folders SET versions_ns = -versions_ns, events_ns = -events_ns"
_CONFIRM = f"{_WITHDRAW} WHERE model = ? AND versions_ns < 0"


def reset_marks(index: sqlite3.Connection) -> None:
    """Remove from the marks which records another machine has seen that are lost or replaced."""
    index.execute(_RESET)


def withdraw_stamps(index: sqlite3.Connection) -> None:
    """Change the stamps of all folders, so that each model is read again unless confirmed."""
    index.execute(_WITHDRAW)


def confirm_stamps(index: sqlite3.Connection, source: Source) -> None:
    """Restore the stamps of the folders that have the same names as the index.

    The time of a folder does not prove that: a restore with ``rsync -a`` or ``tar`` gives a folder
    with newer names its earlier time, and the clock of the machine that wrote the checkpoint may
    be wrong. A digest of the names does.

    Parameters
    ----------
    index : Connection
        The index, outside of a transaction.
    source : Source
        The registry.
    """
    models = index.execute("SELECT model FROM folders").fetchall()
    if source.settles:
        models = [row for row in models if _has_same_names(index, source, *row)]
    with transaction(index, "BEGIN IMMEDIATE"):
        index.executemany(_CONFIRM, models)


def _has_same_names(index: sqlite3.Connection, source: Source, model: str) -> bool:
    if not is_model_key(model):
        return False
    numbers = [row[0] for row in index.execute(_NUMBERS, (model,))]
    last_event = index.execute(_LAST_EVENT, (model, EVENT)).fetchone() or (0,)
    events = source.numbers(model, EVENT)
    return numbers == source.numbers(model) and last_event[0] == max(events, default=0)
