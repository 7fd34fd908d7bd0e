"""A store in which other writers act at critical moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store

AT = datetime(2026, 1, 1, tzinfo=UTC)
Turn = Callable[[], object]


class InterruptedStore:
    """A store that records reads and creations, and runs each turn once.

    Parameters
    ----------
    store : Store
        The store that does the work.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads: list[str] = []
        self.creates: list[tuple[str, bytes, str]] = []
        self.before_read: list[Turn] = []
        self.before_create: list[Turn] = []
        self.after_create: list[Turn] = []

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the store."""
        return getattr(self._store, name)

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Run the next turn, then read."""
        self.reads.append(key)
        _next(self.before_read)
        return self._store.read(key, max_bytes=max_bytes)

    def create(self, key: str, data: bytes, *, staging: str, first: Turn | None = None) -> None:
        """Create, with a turn before and after."""
        self.creates.append((key, data, staging))
        _next(self.before_create)
        self._store.create(key, data, staging=staging, first=first)
        _next(self.after_create)


def _next(turns: list[Turn]) -> None:
    if turns:
        turns.pop(0)()


def fails(error: Exception) -> Turn:
    """Return a turn that raises."""

    def turn() -> None:
        raise error

    return turn


def journal_on(store: Any, **options: Any) -> Journal:
    """Return a journal that signs with the key of the user."""
    parts: dict[str, Any] = {"now": lambda: AT, "new_id": lambda: uuid4().hex, **options}
    return Journal(store, Keyring(), **parts)


def replace(store: Store, key: str, data: bytes) -> None:
    """Replace the bytes of a record, as an attacker or a damaged disk would."""
    with store.stage("models/toy/tmp") as staged:
        staged.write(data)
        staged.publish(key)
