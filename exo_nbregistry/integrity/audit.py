"""Verification of every file of a registry."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.errors import RecordError, RegistryError
from exo_nbregistry.integrity.findings import NOTE, Audit, Fault
from exo_nbregistry.integrity.required import required_payloads
from exo_nbregistry.integrity.unexpected_files import (
    unexpected_files,
    unexpected_model,
    unrelated_in_root,
)
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.payloads.artifact import payload_digest
from exo_nbregistry.records.describe import describe
from exo_nbregistry.records.event_rules import UnreadableEvent, state_after
from exo_nbregistry.records.model_state import ACTIONS, ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Entry, Store
from exo_nbregistry.values.keys import (
    ATTACHMENTS,
    BLOBS,
    MODELS,
    VERSIONS,
    attachment_parts,
    blob_parts,
    event_key,
)
from exo_nbregistry.values.reference import is_model_key

__all__ = ["Audit", "Fault", "audit"]

_BAR_AFTER_S = 2.0
_RESTORE = "Restore it from a backup."


@dataclass(slots=True)
class _Auditor:
    store: Store
    journal: Journal
    keyring: Keyring
    counts: dict[str, int] = field(default_factory=lambda: {VERSION: 0, EVENT: 0, BLOBS: 0})

    def run(self) -> Iterator[Fault]:
        yield from unrelated_in_root(self.store)
        for entry in self.progress(self.store.entries(MODELS)):
            if entry.kind == "folder" and is_model_key(entry.name):
                yield from self.model(entry.name)
            else:
                yield unexpected_model(self.store, entry)

    def progress(self, entries: list[Entry]) -> Iterable[Entry]:
        from tqdm.auto import tqdm

        options = {"delay": _BAR_AFTER_S, "disable": runs_unattended()}
        bar: Iterable[Entry] = tqdm(entries, desc="Verifying", unit=" models", **options)
        return bar

    def model(self, model: str) -> Iterator[Fault]:
        yield from unexpected_files(self.store, model)
        versions: dict[int, Record] = {}
        events: dict[int, Record] = {}
        numbers, event_numbers = (self.journal.numbers(model, kind) for kind in (VERSION, EVENT))
        yield from self.versions(model, numbers, versions)
        unread = len(versions) < len(numbers)
        read: list[Record | UnreadableEvent] = []
        yield from self.events(model, event_numbers, read)
        state = state_after(ModelState(), read, self.keyring)
        yield from self.problems(event_numbers, state)
        for event in read:
            if isinstance(event, UnreadableEvent):
                unread = True
                continue
            yield from self.event_signature(event, state)
            if event.number not in state.problems and event.content.get("action") in ACTIONS:
                events[event.number] = event
        yield from self.targets(versions, events)
        yield from self.payloads(model, versions, events, unread)

    def events(
        self, model: str, numbers: list[int], found: list[Record | UnreadableEvent]
    ) -> Iterator[Fault]:
        contents = self.journal.read_many(model, numbers, EVENT)
        for number, content in zip(numbers, contents, strict=True):
            self.counts[EVENT] += 1
            try:
                record = content.checked()
            except RegistryError as error:
                key = getattr(error, "key", "") or event_key(model, number)
                found.append(UnreadableEvent(number, key, _first_sentence(error, key)))
                continue
            found.append(record)
            yield from self.form(record, content.data)

    def event_signature(self, event: Record, state: ModelState) -> Iterator[Fault]:
        problem = state.problems.get(event.number)
        if problem is not None and problem.kind == "unknown signer":
            message = f"it {problem.reason}, so it is not followed until you trust this signer."
            yield Fault(event.key, "unknown signer", message)
        else:
            yield from self.signature(event, EVENT)

    def problems(self, numbers: list[int], state: ModelState) -> Iterator[Fault]:
        """Yield the events that are not followed, except for their signature."""
        for number, problem in sorted(state.problems.items()):
            if problem.kind == "missing":
                first = numbers[bisect_left(numbers, number) - 1] + 1 if numbers[0] < number else 1
                what = "it is" if first == number else f"events {first} to {number} are"
                yield Fault(problem.key, "missing", f"{what} missing. {_RESTORE}")
            elif problem.kind in ("damaged", "chain"):
                yield Fault(problem.key, problem.kind, f"{problem.reason}. {_RESTORE}")
            elif problem.kind == "policy":
                message = f"it {problem.reason}, so it is not followed. Set the alias again."
                yield Fault(problem.key, "policy", message)

    def versions(self, model: str, numbers: list[int], found: dict[int, Record]) -> Iterator[Fault]:
        folder = f"{MODELS}/{model}/{VERSIONS}"
        earlier: Record | None = None
        checks: set[str] = set()
        contents = self.journal.read_many(model, numbers)
        for number, content in zip(numbers, contents, strict=True):
            self.counts[VERSION] += 1
            try:
                record = content.checked()
            except RegistryError as error:
                key = getattr(error, "key", "") or folder
                yield Fault(key, "damaged", f"{_first_sentence(error, key)}. {_RESTORE}")
                earlier = None
                continue
            faults = list(self.meaning(record))
            if not faults:
                found[number] = record
            yield from faults
            yield from self.form(record, content.data)
            yield from self.signature(record, VERSION)
            fault = _chain_fault(record, earlier, checks, is_first=number == numbers[0])
            if fault:
                yield fault
            earlier = record
            checks.add(record.check)

    def meaning(self, record: Record) -> Iterator[Fault]:
        try:
            describe(record, ModelState())
        except RecordError as error:
            yield Fault(record.key, "damaged", f"{_first_sentence(error, record.key)}. {_RESTORE}")

    def form(self, record: Record, data: bytes) -> Iterator[Fault]:
        if data != record.to_bytes():
            yield Fault(
                record.key,
                "damaged",
                f"its JSON was reformatted by another program. {_RESTORE}",
            )

    def signature(self, record: Record, kind: str) -> Iterator[Fault]:
        verdict = self.keyring.signer_status(record.check, record.signature)
        if verdict.status == "invalid":
            yield Fault(record.key, "signature", f"its signature is invalid. {_RESTORE}")
        elif kind == EVENT and verdict.status == "unsigned":
            message = (
                "it is not signed, so it has no effect. If it replaced a signed event, restore "
                "that event from a backup."
            )
            yield Fault(record.key, "signature", message)
        elif not verdict.trusted:
            yield Fault(record.key, "unknown signer", _untrusted(verdict.signer))

    def targets(self, versions: dict[int, Record], events: dict[int, Record]) -> Iterator[Fault]:
        for event in events.values():
            target = event.content.get("target")
            version = versions.get(event.content.get("version", 0))
            if target and version and version.check != target:
                attaches = event.content.get("action") == "attach"
                what = "attachment belongs" if attaches else "alias points"
                again = "Attach it" if attaches else "Set the alias"
                yield Fault(
                    event.key, "chain", f"its {what} to a record that was replaced. {again} again."
                )

    def payloads(
        self, model: str, versions: dict[int, Record], events: dict[int, Record], unread: bool
    ) -> Iterator[Fault]:
        needed = required_payloads(versions, events)
        # A power loss may damage a payload before its record is written. Such a payload is
        # garbage and not a fault, unless an unreadable record may refer to it.
        present = set()
        for folder, parse in ((BLOBS, blob_parts), (ATTACHMENTS, attachment_parts)):
            for entry in self.store.entries(f"{MODELS}/{model}/{folder}"):
                key, parts = f"{MODELS}/{model}/{folder}/{entry.name}", parse(entry.name)
                if not parts or entry.kind != "file" or not (unread or key in needed):
                    continue
                present.add(key)
                self.counts[BLOBS] += 1
                size_bytes = needed[key].size_bytes if key in needed else None
                if size_bytes not in (None, entry.size_bytes):
                    what = f"it has {entry.size_bytes:,} bytes instead of {size_bytes:,}"
                    yield Fault(key, "damaged", f"{what}. {_RESTORE}")
                elif payload_digest(self.store, key) != parts[0]:
                    yield Fault(key, "damaged", f"its checksum does not match its name. {_RESTORE}")
        for key, required in needed.items():
            if key not in present:
                what = f"it is missing, and version {required.version} requires it"
                yield Fault(key, "missing", f"{what}. {_RESTORE}")


def _chain_fault(
    record: Record, earlier: Record | None, checks: set[str], *, is_first: bool
) -> Fault | None:
    """Return the fault of a version that does not follow the version before it, or None."""
    prev = record.prev
    # Its writer could not read the records between, which have been restored since. A record that
    # names its registry is not a copy from another one.
    if record.registry is not None and (prev is None or str(prev.get("check")) in checks):
        return None
    if earlier is not None and prev != earlier.link():
        return Fault(
            record.key,
            "chain",
            f"its previous record is {prev}, but {earlier.link()} was found. A record was lost or "
            f"replaced. {_RESTORE}",
        )
    if is_first and prev is not None:
        number = prev.get("number")
        return Fault(record.key, "missing", f"the previous record {number} is missing. {_RESTORE}")
    return None


def audit(
    store: Store, journal: Journal, keyring: Keyring, backwards: Sequence[Fault] = ()
) -> Audit:
    """Check every record, chain, signature and payload.

    Parameters
    ----------
    store, journal, keyring
        The registry and the trusted signers.
    backwards : sequence of Fault
        Records that the index remembers and that are missing or replaced.

    Returns
    -------
    Audit
        All faults, and notes on files that do not belong to a registry.
    """
    auditor = _Auditor(store, journal, keyring)
    found = (*auditor.run(), *backwards)
    faults = tuple(fault for fault in found if fault.severity != NOTE)
    notes = tuple(fault for fault in found if fault.severity == NOTE)
    counts = auditor.counts
    return Audit(faults, counts[VERSION], counts[EVENT], counts[BLOBS], notes)


def _untrusted(signer: str | None) -> str:
    if signer is None:
        return "it is not signed. If you know its origin, register the model again."
    return (
        f"its signer {signer} is not trusted. Check whose key this is, then call "
        f"trust_signer({signer!r})."
    )


def _first_sentence(error: Exception, key: str) -> str:
    # The line of the fault starts with the key.
    text = str(error).removeprefix(f"{key} ")
    return text.split(". ")[0].rstrip(".").removesuffix(":")
