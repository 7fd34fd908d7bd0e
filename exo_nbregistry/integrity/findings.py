"""Result of verify() by severity: damage, unknown signers, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.values.frozen import immutable

DAMAGE, UNKNOWN_SIGNER, NOTE = "damage", "unknown signer", "note"
UNRELATED = "unrelated"
# All other kinds are damage.
_SEVERITIES = {"unknown signer": UNKNOWN_SIGNER, "policy": UNKNOWN_SIGNER, UNRELATED: NOTE}


@immutable
@dataclass(frozen=True, slots=True)
class Fault:
    """A fault or a note of verify().

    Attributes
    ----------
    key : str
        Store key of the file.
    kind : str
        Kind: ``damaged``, ``missing``, ``chain``, ``signature``, ``backwards``, or ``foreign`` (a
        file where records or payloads are expected) are damage. ``unknown signer`` and ``policy``
        (an event that the policy of an alias does not allow) concern the signer. ``unrelated``
        (a file of another program) is a note.
    message : str
        Description of the fault and what to do.
    """

    key: str
    kind: str
    message: str

    @property
    def severity(self) -> str:
        """Severity: ``damage``, ``unknown signer`` or ``note``."""
        return _SEVERITIES.get(self.kind, DAMAGE)

    def __str__(self) -> str:
        """Return one line."""
        return visible(f"{self.key}: {self.message}")


@immutable
@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """Result of verify().

    Attributes
    ----------
    faults : tuple of Fault
        Damage, and records of unknown signers; empty if the registry is intact.
    versions, events, payloads : int
        Number of checked versions, events and stored files.
    notes : tuple of Fault
        Files that do not belong to a registry, such as ``.DS_Store``. They do no harm.

    Examples
    --------
    >>> audit = Audit((Fault("models/m", "unknown signer", "..."),), 1, 0, 1)
    >>> audit.ok, len(audit.damage), audit.verdict
    (False, 0, 'no damage, 1 record of unknown signers')
    """

    faults: tuple[Fault, ...]
    versions: int
    events: int
    payloads: int
    notes: tuple[Fault, ...] = ()

    @property
    def damage(self) -> tuple[Fault, ...]:
        """Files that are damaged, missing or replaced."""
        return tuple(fault for fault in self.faults if fault.severity == DAMAGE)

    @property
    def unknown_signers(self) -> tuple[Fault, ...]:
        """Intact records and events whose signer is not trusted, or not allowed the change."""
        return tuple(fault for fault in self.faults if fault.severity == UNKNOWN_SIGNER)

    @property
    def ok(self) -> bool:
        """Whether all files are intact and all signers are trusted; notes are allowed."""
        return not self.faults

    @property
    def verdict(self) -> str:
        """Number of findings as text, such as ``no faults`` or ``2 faults, 1 note``."""
        damage, unknown = len(self.damage), len(self.unknown_signers)
        parts = ["no damage" if unknown else "no faults"]
        if damage:
            parts = [count(damage, "fault")]
        if unknown:
            parts.append(f"{count(unknown, 'record')} of unknown signers")
        if self.notes:
            parts.append(count(len(self.notes), "note"))
        return ", ".join(parts)

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each damaged file, each unknown signer, and the notes."""
        return (
            *map(str, self.damage),
            *_grouped(self.unknown_signers),
            *_grouped(self.notes),
        )

    def __bool__(self) -> bool:
        """Return `ok`."""
        return self.ok

    def __repr__(self) -> str:
        """Return a line with the counts and the `lines`."""
        checked = (
            f"{count(self.versions, 'version')}, {count(self.events, 'event')} and "
            f"{count(self.payloads, 'payload')} checked"
        )
        return "\n".join([f"{checked}: {self.verdict}", *(f"  {line}" for line in self.lines)])

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-serializable dict.

        Returns
        -------
        dict
            Keys ``ok``, ``faults`` and ``notes`` (each with its severity), ``versions``,
            ``events`` and ``payloads``.
        """
        lists = {
            name: [{**asdict(fault), "severity": fault.severity} for fault in faults]
            for name, faults in (("faults", self.faults), ("notes", self.notes))
        }
        counts = {"versions": self.versions, "events": self.events, "payloads": self.payloads}
        return {"ok": self.ok, **lists, **counts}


def _grouped(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield a line for each message, because many files can have the same one."""
    keys: dict[str, list[str]] = {}
    for fault in faults:
        keys.setdefault(fault.message, []).append(fault.key)
    for message, found in keys.items():
        yield visible(f"{name_list(found)}: {message}")
