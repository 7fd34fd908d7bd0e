"""A registry in memory, for tests of the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from exo_nbregistry.errors import IntegrityError, MissingKeyError
from exo_nbregistry.journal.record_files import Place
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ModelState, fold
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal
from exo_nbregistry.values.json_codec import encode

AT = datetime(2026, 1, 1, tzinfo=UTC)


class MemorySource:
    """A source with records in dicts; `now_ns` is the modification time of changed folders."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, dict[int, Record]]] = {}
        self.times: dict[str, list[int]] = {}
        self.now_ns = 10**18
        self.reads = 0
        self.damaged: set[tuple[str, int, str]] = set()
        self.trust = ""

    def add(self, model: str, number: int | None = None, **fields: Any) -> ModelMetadata:
        """Register a version, as from another kernel."""
        number = number or max(self._of(model, VERSION), default=0) + 1
        metadata = ModelMetadata(
            **{
                "model_id": f"{model}:{number}",
                "model_name": model,
                "version": number,
                "created_at": AT,
                **fields,
            }
        )
        self._put(model, VERSION, number, metadata.to_record())
        return metadata

    def happen(self, model: str, action: str, **fields: Any) -> None:
        """Append an event; an empty target is the record of the version."""
        if fields.get("target") == "":
            fields["target"] = self.read(model, fields["version"]).check
        number = max(self._of(model, EVENT), default=0) + 1
        event = {"action": action, "at": encode(AT), "actor": "ada", **fields}
        self._put(model, EVENT, number, event)

    def _put(self, model: str, kind: str, number: int, content: dict[str, Any]) -> None:
        known = self._of(model, kind)
        # As in a registry, a record depends on all earlier ones.
        before = max((earlier for earlier in known if earlier < number), default=None)
        known[number] = seal(
            key=f"{model}/{kind}/{number}",
            kind=kind,
            model=model,
            number=number,
            content=content,
            prev=None if before is None else known[before],
            txn="t",
            sign=lambda check: None,
        )
        self.touch(model, kind)

    def _of(self, model: str, kind: str) -> dict[int, Record]:
        self.times.setdefault(model, [self.now_ns, 0])
        return self.records.setdefault(model, {VERSION: {}, EVENT: {}})[kind]

    def touch(self, model: str, kind: str = VERSION) -> None:
        """Set the modification time of a folder."""
        self.times[model][kind == EVENT] = self.now_ns

    def remove(self, model: str, number: int | None = None, kind: str = VERSION) -> None:
        """Remove a record, or all records of a model."""
        if number is None:
            del self.records[model], self.times[model]
        else:
            del self.records[model][kind][number]
            self.touch(model, kind)

    def stamps(self, model: str | None = None) -> dict[str, tuple[int, int]]:
        """Return the modification times."""
        found = {name: (stamp[0], stamp[1]) for name, stamp in self.times.items()}
        return found if model is None else {k: v for k, v in found.items() if k == model}

    @property
    def settles(self) -> bool:
        """Whether a recent time may hide a change: the clock is coarse."""
        return True

    def age_ns(self) -> int:
        """Return 0: the times are read at each call."""
        return 0

    def listed_numbers(
        self, model: str, kind: str = VERSION, stamps: dict[str, tuple[int, ...]] | None = None
    ) -> list[int]:
        """List the numbers."""
        return self.numbers(model, kind)

    def listed_state(
        self, model: str, stamps: dict[str, tuple[int, ...]] | None = None
    ) -> ModelState:
        """Fold the events."""
        return self.state(model)

    def new_events(self, model: str, stamps: dict[str, tuple[int, ...]] | None = None) -> list[int]:
        """List the events."""
        return self.numbers(model, EVENT)

    @property
    def reads_ahead(self) -> bool:
        """Whether reading ahead saves time: the records are in memory."""
        return False

    def read_ahead(self, places: Sequence[Place], *, again: Sequence[Place] = ()) -> None:
        """Accept the records, which are in memory."""

    def ahead(self, model: str, numbers: Sequence[int], kind: str = VERSION) -> Iterator[int]:
        """Yield the numbers."""
        yield from numbers

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the version numbers."""
        return sorted(self.records.get(model, {}).get(kind, {}))

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Return a record."""
        self.reads += 1
        if (model, number, kind) in self.damaged:
            raise IntegrityError("changed")
        try:
            return self.records[model][kind][number]
        except KeyError:
            raise MissingKeyError("gone") from None

    def skim(self, model: str, number: int) -> Record:
        """Return the record of a version."""
        return self.read(model, number)

    def generation(self) -> None:
        """Return None: each call takes new snapshots."""

    def state(self, model: str) -> ModelState:
        """Fold the events."""
        return fold(self.read(model, n, EVENT) for n in self.numbers(model, EVENT))

    def trust_stamp(self) -> str:
        """Return the text that a test has set."""
        return self.trust
