"""Rules by which an event is followed: its signature, its place in the chain, and its signer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.event_signer import EventProblem
from exo_nbregistry.records.model_state import MOVES, ModelState
from exo_nbregistry.records.record import Record
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.keys import event_key
from exo_nbregistry.values.reference import check_alias

_SETS = ("alias", "rollback")
_STATUS_CHANGES = ("delete", "restore", "purge")
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


class Signers(Protocol):
    """Interface of `Keyring` that these rules use."""

    def signer_status(self, check: str, signature: Any, /) -> SignerStatus:
        """Return the status of a signature."""
        ...

    def alias_signers(self, alias: str, /) -> frozenset[str] | None:
        """Return the fingerprints of the signers that may move an alias; None without a rule."""
        ...


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """An event whose file cannot be read as an event.

    Attributes
    ----------
    number : int
        Number of the event.
    key : str
        Store key of the event.
    reason : str
        The reason, as in `EventProblem`.
    """

    number: int
    key: str
    reason: str


def unreadable_event(model: str, number: int, error: Exception) -> UnreadableEvent:
    """Return an event whose file raised an error when it was read."""
    key = event_key(model, number)
    reason = str(error).removeprefix(f"{key} ").split(". ")[0].rstrip(".")
    return UnreadableEvent(number, key, reason)


def state_after(
    state: ModelState, events: Iterable[Record | UnreadableEvent], signers: Signers
) -> ModelState:
    """Return the state after further events; the given state stays unchanged.

    Parameters
    ----------
    state : ModelState
        The state before the events.
    events : iterable of Record or UnreadableEvent
        The next events, ascending by number.
    signers : Signers
        The trusted signers and the policy of aliases.

    Returns
    -------
    ModelState
        The state; ``problems`` has the events that are not followed.
    """
    after = state.copy()
    for event in events:
        if isinstance(event, UnreadableEvent):
            problem: EventProblem | None = EventProblem(event.key, "damaged", event.reason)
        else:
            problem = _follow(after, event, signers)
        after.highest, after.count = event.number, after.count + 1
        if problem:
            after.problems[event.number] = problem
    return after


def link_problem(state: ModelState, record: Record, trusted: bool) -> str | None:
    """Return why an event does not follow the earlier events of its model, or None.

    Parameters
    ----------
    state : ModelState
        The state before the event.
    record : Record
        The event.
    trusted : bool
        Whether the signer of the event is trusted.

    Returns
    -------
    str or None
        The reason. An event after one that is missing or not whole cannot be compared with it,
        and has no problem; nor has it after that one is restored.
    """
    prev, last = record.prev, state.last.number if state.last else 0
    if prev is None:
        # Its writer could read no earlier event. A record that names its registry is not a copy.
        return f"does not follow event {last}" if last and record.registry is None else None
    number, check = prev.get("number"), prev.get("check")
    if type(number) is not int or not 0 < number < record.number or not isinstance(check, str):
        return "names no valid previous event"
    known = state.checks.get(number)
    # An unknown signer can put an event in the place of another one. It must not discredit the
    # events of trusted signers that follow.
    replaced = trusted and number in state.untrusted
    if known == check or (known is None and number > last) or replaced:
        return None
    return f"follows another event {number} than the one in this registry"


def refusal(
    state: ModelState,
    event: dict[str, Any],
    signer: SignerStatus,
    allowed: Callable[[str], frozenset[str] | None],
) -> tuple[str, str] | None:
    """Return why an event with a valid signature is not followed, or None.

    Parameters
    ----------
    state : ModelState
        The state before the event.
    event : dict
        The fields of the event.
    signer : SignerStatus
        Signer of the event.
    allowed : callable
        Returns the fingerprints of the signers that may move an alias, or None without a rule.

    Returns
    -------
    tuple of (str, str) or None
        Kind and reason of an `EventProblem`.

    Raises
    ------
    LookupError, TypeError, ValueError
        If the event has no valid alias or version.
    """
    action = event.get("action")
    if action in _SETS and not isinstance(event.get("target"), str):
        return "damaged", "does not name the record of its version"
    why = f"its signer {signer.signer} is not trusted"
    if action in MOVES:
        alias = check_alias(event["alias"])
        signers = allowed(alias)
        if signers is not None and signer.signer not in signers:
            return "policy", f"moves {alias}, which the policy does not allow {signer.signer} to do"
        current = state.alias(alias)
        if not signer.trusted and current and current.protected:
            return "unknown signer", f"moves the protected alias {alias}, and {why}"
    elif action in _STATUS_CHANGES and not signer.trusted:
        for name, move in state.aliases().items():
            if move.protected and move.version == event["version"]:
                what = f"{action}s version {move.version} of the protected alias {name}"
                return "unknown signer", f"{what}, and {why}"
    return None


def _follow(state: ModelState, record: Record, signers: Signers) -> EventProblem | None:
    """Apply an event, or return why it is not followed."""

    def problem(kind: str, reason: str) -> EventProblem:
        return EventProblem(record.key, kind, reason, record)

    signer = signers.signer_status(record.check, record.signature)
    if signer.status == "unsigned":
        return problem("signature", "is not signed")
    if signer.status == "invalid":
        return problem("signature", "has an invalid signature")
    broken = link_problem(state, record, signer.trusted)
    if broken:
        return problem("chain", broken)
    _name_missing(state, record)
    state.checks[record.number] = record.check
    state.last = record
    if not signer.trusted:
        state.untrusted.add(record.number)
    try:
        refused = refusal(state, record.content, signer, signers.alias_signers)
        if refused:
            return problem(*refused)
        state.apply(record, signer)
    except (RecordError, *_MALFORMED) as error:
        return problem("damaged", f"is not a valid event ({error!r:.60})")
    return None


def _name_missing(state: ModelState, record: Record) -> None:
    """Add a problem if the event before this one is missing."""
    number = record.prev["number"] if record.prev else record.number - 1
    if number > state.highest:
        state.problems[number] = EventProblem(
            event_key(record.model, number), "missing", "is missing"
        )
