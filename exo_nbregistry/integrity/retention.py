"""Retention: which versions of a model are purged by rules, and which always stay."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from exo_nbregistry.integrity.garbage import UNREADABLE
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import ACTIVE, DELETED, MOVES, PURGED, ModelState
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode
from exo_nbregistry.values.metric import higher_is_better, unknown_direction, usual_metric
from exo_nbregistry.values.reference import model_id


@immutable
@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Rules of a retention: a version is purged if one of them selects it and none keeps it.

    Attributes
    ----------
    keep_last : int or None
        Keep this many of the newest active versions of each model; select the others.
    keep_best : int or None
        Keep this many active versions with the best value of a metric; select the others that
        have a value. A version without one is neither selected nor kept.
    metric : str or None
        The metric; by default the usual metric of the versions of each model.
    higher_is_better : bool or None
        Direction of the metric; None for that of a known metric.
    registered_before : datetime or None
        Select versions that were registered before this time; keep the others.
    """

    keep_last: int | None = None
    keep_best: int | None = None
    metric: str | None = None
    higher_is_better: bool | None = None
    registered_before: datetime | None = None


@immutable
@dataclass(frozen=True, slots=True)
class RetiredVersion:
    """A version that the rules of a retention purge.

    Attributes
    ----------
    model, version : str, int
        Key of the model, and number of the version.
    status : {'active', 'deleted'}
        Status of the version before the purge.
    registered_at : datetime
        Time of the registration, in UTC, by the writer's clock.
    size_bytes : int
        Size of the files that no remaining version requires. A file of several purged versions
        counts for the first of them.
    reason : str
        The rules that select it, such as ``not among the 5 last``.
    """

    model: str
    version: int
    status: str
    registered_at: datetime
    size_bytes: int
    reason: str

    @property
    def model_id(self) -> str:
        """Canonical reference, ``name:version``."""
        return model_id(self.model, self.version)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The facts of a version that decide whether it is purged.

    Attributes
    ----------
    number : int
        Version number.
    status : {'active', 'deleted'}
        Status of the version.
    registered_at : datetime
        Time of the registration.
    metrics : dict of str to float
        Finite metrics.
    sizes : dict of str to int
        Size of each required payload by its digest, in bytes.
    """

    number: int
    status: str
    registered_at: datetime
    metrics: dict[str, float]
    sizes: dict[str, int]


def plan_versions(
    journal: Journal, model: str, rules: RetentionRules
) -> list[RetiredVersion] | None:
    """List the versions of a model that the rules purge. Each record is read once.

    Parameters
    ----------
    journal : Journal
        The records of the registry.
    model : str
        Key of the model.
    rules : RetentionRules
        The rules.

    Returns
    -------
    list of RetiredVersion or None
        The versions, oldest first. None if an event or a record is damaged, because it may name
        an alias or a file that is required.

    Raises
    ------
    RegistryError
        If the direction of the metric is unknown.
    """
    snapshot = journal.snapshot(model)
    state = snapshot.state
    if not state.is_complete:
        return None
    candidates = []
    try:
        for number in journal.ahead(model, snapshot.versions):
            if state.of(number).status != PURGED:
                candidates.append(_candidate(journal.read(model, number), state))
    except UNREADABLE:
        return None
    selected = select(candidates, rules, aliased(state))
    required = {
        digest for item in candidates if item.number not in selected for digest in item.sizes
    }
    planned = []
    for item in candidates:
        if item.number in selected:
            freed = {digest: n for digest, n in item.sizes.items() if digest not in required}
            required |= freed.keys()
            reason, size = selected[item.number], sum(freed.values())
            planned.append(
                RetiredVersion(model, item.number, item.status, item.registered_at, size, reason)
            )
    return planned


def select(
    candidates: Sequence[Candidate], rules: RetentionRules, protected: set[int]
) -> dict[int, str]:
    """Return the numbers of the versions to purge, with the reason.

    Parameters
    ----------
    candidates : sequence of Candidate
        All versions of a model that are not purged, by ascending number.
    rules : RetentionRules
        The rules.
    protected : set of int
        Numbers of versions that stay, such as those with an alias.

    Returns
    -------
    dict of int to str
        Reasons by number, ascending. The newest active version is never among them; if all are
        deleted, the newest one.

    Raises
    ------
    RegistryError
        If the direction of the metric is unknown.
    """
    active = [item for item in candidates if item.status == ACTIVE]
    stays = protected | {item.number for item in (active or candidates)[-1:]}
    kept: set[int] = set()
    reasons: dict[int, list[str]] = {}
    for keeps, selects, reason in _outcomes(candidates, active, rules):
        kept |= keeps
        for number in selects:
            reasons.setdefault(number, []).append(reason)
    return {n: ", ".join(reasons[n]) for n in sorted(reasons) if n not in stays | kept}


def aliased(state: ModelState) -> set[int]:
    """Return the versions to which an alias points, also by an event that is not followed."""
    found = {move.version for move in state.aliases().values()}
    for problem in state.problems.values():
        # Users who trust its signer follow it.
        if problem.record and problem.record.content.get("action") in MOVES:
            found.add(problem.record.content.get("version"))
    return {number for number in found if isinstance(number, int)}


def status_of(state: ModelState, number: int) -> str:
    """Return the status of a version for the rules.

    A deletion by an unknown signer can be undone by anyone, so it must not lead to a purge.
    """
    facts = state.of(number)
    by_unknown = facts.changed is not None and not facts.changed.signer.trusted
    return ACTIVE if facts.status == DELETED and by_unknown else facts.status


def _candidate(record: Record, state: ModelState) -> Candidate:
    content = record.content
    named = [content.get("artifact"), *content.get("attachments", {}).values()]
    sizes = {item["sha256"]: item["size_bytes"] for item in named if item}
    facts = state.of(record.number)
    sizes |= {a.artifact.sha256: a.artifact.size_bytes for a in facts.attachments.values()}
    metrics = decode(content.get("metrics") or {})
    finite = {
        name: float(value)
        for name, value in metrics.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
    status = status_of(state, record.number)
    return Candidate(record.number, status, decode(content["created_at"]), finite, sizes)


def _outcomes(
    candidates: Sequence[Candidate], active: Sequence[Candidate], rules: RetentionRules
) -> Iterator[tuple[set[int], set[int], str]]:
    """Yield for each rule the versions that it keeps, those that it selects, and the reason."""
    everything = {item.number for item in candidates}
    if rules.keep_last is not None:
        last = {item.number for item in active[-rules.keep_last :]}
        yield last, everything - last, _not_among(rules.keep_last, "last")
    if rules.keep_best is not None:
        metric = rules.metric or usual_metric(Counter(n for item in active for n in item.metrics))
        ranked = _ranked(active, metric, rules.higher_is_better) if metric else []
        best = set(ranked[: rules.keep_best])
        yield best, set(ranked) - best, f"{_not_among(rules.keep_best, 'best')} by {metric}"
    if (limit := rules.registered_before) is not None:
        old = {item.number for item in candidates if item.registered_at < limit}
        yield everything - old, old, f"registered before {limit:%Y-%m-%d %H:%M}"


def _not_among(n: int, which: str) -> str:
    return f"not the {which}" if n == 1 else f"not among the {n} {which}"


def _ranked(active: Sequence[Candidate], metric: str, direction: bool | None) -> list[int]:
    """Return the numbers of the versions that have a metric, best first, newest first in a tie."""
    measured = [(item.metrics[metric], item.number) for item in active if metric in item.metrics]
    higher = higher_is_better(metric) if direction is None else direction
    if measured and higher is None:
        raise unknown_direction(metric)
    sign = 1 if higher else -1
    return [number for _, number in sorted(((sign * v, n) for v, n in measured), reverse=True)]
