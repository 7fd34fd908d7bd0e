"""The rules by which an event is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exo_nbregistry.records.event_rules import UnreadableEvent, link_problem, state_after
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, Record, seal
from exo_nbregistry.signing.keyring import SignerStatus
from tests.records.test_model_state import NOW

CHECK = "c" * 64


class Signers:
    """Signers by the name in the signature, and a policy."""

    def __init__(self, **policy: set[str]) -> None:
        self.policy = policy

    def signer_status(self, _check: str, signature: Any) -> SignerStatus:
        """Return the status that the signature states."""
        return SignerStatus(signature["status"], signature["status"], signature["status"])

    def alias_signers(self, alias: str) -> frozenset[str] | None:
        """Return the signers of the policy."""
        found = self.policy.get(alias)
        return None if found is None else frozenset(found)


def event(
    number: int, prev: Record | None, status: str = "own", action: str = "note", **fields: Any
) -> Record:
    """Return an event of the model m."""
    content = {"version": 1, "text": f"n{number}"} if action == "note" else fields
    return seal(
        key=f"models/m/events/e{number:06d}.json",
        kind=EVENT,
        model="m",
        number=number,
        content=NOW | {"action": action} | content,
        prev=prev,
        txn=f"{number}{status}{fields}",
        sign=lambda _: {"status": status},
    )


def alias(number: int, prev: Record | None, version: int, status: str, protected: bool) -> Record:
    """Return a move of champion."""
    fields = {"alias": "champion", "version": version, "protected": protected, "target": CHECK}
    return event(number, prev, status, "alias", **fields)


def state_of(*events: Record | UnreadableEvent, signers: Signers | None = None) -> ModelState:
    """Return the state after events."""
    return state_after(ModelState(), events, signers or Signers())


def notes(state: ModelState) -> list[str]:
    """Return the texts of the followed notes."""
    return [note.text for note in state.of(1).notes]


@pytest.mark.parametrize("status", ["unsigned", "invalid"])
def test_an_event_without_a_valid_signature_is_skipped(status: str) -> None:
    """It is a problem, and the next event follows the one before it."""
    first = event(1, None)
    bad = event(2, first, status)
    state = state_of(first, bad, event(3, first))
    assert notes(state) == ["n1", "n3"]
    assert [(n, p.kind) for n, p in state.problems.items()] == [(2, "signature")]
    assert not state.is_complete


def test_a_state_is_not_changed_by_further_events() -> None:
    """The state before remains, with its problems."""
    first = event(1, None)
    before = state_of(first)
    after = state_after(before, [event(2, first, "unsigned")], Signers())
    assert (before.problems, before.highest, before.count) == ({}, 1, 1)
    assert (after.highest, after.count, after.last) == (2, 2, first)


def test_an_event_after_an_unreadable_one_is_followed() -> None:
    """It cannot be compared with the unreadable event."""
    first, second = event(1, None), event(2, event(1, None))
    lost = UnreadableEvent(2, second.key, "is not JSON")
    for following in (event(3, second), event(3, first)):
        state = state_of(first, lost, following)
        assert notes(state) == ["n1", "n3"]
        assert state.problems[2].reason == "is not JSON"


def test_a_missing_event_is_named_and_the_next_one_followed() -> None:
    """The problem has the key of the missing event."""
    first = event(1, None)
    state = state_of(first, event(3, event(2, first)))
    assert notes(state) == ["n1", "n3"]
    assert (state.problems[2].kind, state.problems[2].key) == (
        "missing",
        "models/m/events/e000002.json",
    )
    assert state_of(event(2, None)).problems[1].kind == "missing"


def test_an_event_after_a_damaged_one_counts_after_the_repair() -> None:
    """Its writer could link it to no earlier event, or only to one before the damaged one."""
    first = event(1, None)
    second = event(2, first)
    third = event(3, first)
    alone = replace(event(2, None), fields=event(2, None).fields | {"registry": "r1"})
    assert state_of(first, alone).problems == {}
    assert state_of(first, second, third).problems == {}


def test_a_number_that_the_chain_skips_is_not_missing() -> None:
    """A writer skips the number of a file that was not whole, and that was removed later."""
    first = event(1, None)
    assert state_of(first, event(3, first)).problems == {}


def test_an_event_of_another_history_is_not_followed() -> None:
    """An event names the check of the event before it, or of an earlier one of this folder."""
    first, other = event(1, None), event(1, None, x=1, action="weigh")
    state = state_of(first, event(2, other), event(3, first))
    assert notes(state) == ["n1", "n3"]
    assert state.problems[2].kind == "chain"
    assert link_problem(state, event(4, None), True) == "does not follow event 3"


@pytest.mark.parametrize(
    "prev", [{}, {"number": 1}, {"number": 5, "check": "x"}, {"number": True, "check": "x"}]
)
def test_a_malformed_link_is_a_problem(prev: dict[str, Any]) -> None:
    """The link must have the number of an earlier event and a check."""
    first = event(1, None)
    fields = event(5, first).fields | {"prev": prev}
    problem = link_problem(state_of(first), Record("key", fields), True)
    assert problem == "names no valid previous event"


def test_only_a_trusted_event_is_followed_after_a_replaced_one() -> None:
    """An unknown signer can replace an event, but not discredit a trusted one after it."""
    first = event(1, None)
    replaced = event(2, first, "unknown", "weigh")
    for status, kinds in (("trusted", []), ("unknown", ["chain"])):
        state = state_of(first, replaced, event(3, event(2, first), status))
        assert [problem.kind for problem in state.problems.values()] == kinds


@pytest.mark.parametrize("status", ["unknown", "trusted"])
@pytest.mark.parametrize("protected", [True, False])
def test_protection_counts_against_unknown_signers(status: str, protected: bool) -> None:
    """Only an unknown signer of a move of a protected alias is refused."""
    first = alias(1, None, 1, "own", protected)
    state = state_of(first, alias(2, first, 2, status, False))
    moved = status == "trusted" or not protected
    assert {name: move.version for name, move in state.aliases().items()} == {
        "champion": 2 if moved else 1
    }
    assert [p.kind for p in state.problems.values()] == ([] if moved else ["unknown signer"])
    assert state.is_complete


@pytest.mark.parametrize("action", ["delete", "purge", "restore"])
def test_the_version_of_a_protected_alias_keeps_its_status(action: str) -> None:
    """An unknown signer changes the status of other versions only."""
    first = alias(1, None, 1, "own", True)
    second = event(2, first, "unknown", action, version=1)
    state = state_of(first, second, event(3, second, "unknown", action, version=2))
    assert list(state.problems) == [2]
    assert state.of(1).status == "active"
    assert state.of(2).status == ("active" if action == "restore" else "deleted")


def test_a_policy_counts_for_every_signer() -> None:
    """Moves by signers that the policy does not name are refused, also own ones."""
    signers = Signers(champion={"trusted"})
    first = alias(1, None, 1, "trusted", False)
    second = alias(2, first, 2, "own", False)
    state = state_of(first, second, signers=signers)
    assert (state.aliases()["champion"].version, state.problems[2].kind) == (1, "policy")
    assert "policy does not allow" in state.problems[2].reason


def test_an_alias_without_a_target_is_damage() -> None:
    """A move names the record of its version."""
    move = event(1, None, "own", "alias", alias="champion", version=1)
    assert state_of(move).problems[1].kind == "damaged"


def test_a_rollback_by_a_reader_who_skipped_the_move() -> None:
    """A rollback to the version where the alias is already keeps the moves before it."""
    first = alias(1, None, 1, "own", False)
    second = alias(2, first, 2, "own", True)
    third = alias(3, second, 3, "unknown", True)
    back = {"alias": "champion", "version": 2, "protected": True, "target": CHECK}
    state = state_of(first, second, third, event(4, third, "own", "rollback", **back))
    before = state.before("champion")
    assert before is not None
    assert (state.aliases()["champion"].version, before.version) == (2, 1)
