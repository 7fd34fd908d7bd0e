"""The rows and sentences of the plan of a move-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.numbers import size

HEADERS = (
    *("model", "versions", "size", "aliases", "already here"),
    *("new numbers", "lost", "needs trust"),
)
MAX_ROWS = 50
_MAX_PROBLEMS = 20
_CELL_WIDTH = 60


class Plan(Protocol):
    """Interface of `MoveInPlan` that its table uses."""

    @property
    def models(self) -> Sequence[PlannedModel]:
        """The plan of each model."""
        ...

    @property
    def lost(self) -> Sequence[str]:
        """Parts of the whole store that are not kept."""
        ...

    @property
    def source(self) -> str:
        """The store."""
        ...

    @property
    def target(self) -> str:
        """The registry."""
        ...

    @property
    def versions(self) -> int:
        """Number of versions to move in."""
        ...

    @property
    def present(self) -> int:
        """Number of versions that were moved in before."""
        ...

    @property
    def size_bytes(self) -> int:
        """Size of the files."""
        ...

    @property
    def needs_trust(self) -> Sequence[str]:
        """Types that need trust."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """Sentences about versions and aliases that are not moved in."""
        ...


def plan_rows(models: Sequence[PlannedModel]) -> list[list[object]]:
    """Return the cells of each model, in the order of `HEADERS`.

    Parameters
    ----------
    models : sequence of PlannedModel
        The models, of which the first 50 have a row.

    Examples
    --------
    >>> plan_rows([PlannedModel(name="Kepler RF", key="kepler_rf", versions=2, size_bytes=900)])
    [['Kepler RF -> kepler_rf', 2, '900 bytes', None, 0, None, None, None]]
    """
    return [
        [
            _name(model),
            model.versions,
            size(model.size_bytes),
            _listed(model.aliases),
            model.present,
            _listed([f"{old} -> {new}" for old, new in model.renumbered]),
            _listed(model.lost),
            _listed(model.needs_trust),
        ]
        for model in models[:MAX_ROWS]
    ]


def total_lines(plan: Plan) -> list[str]:
    """Return the sentences with the totals, the losses and the trust that a plan needs."""
    rest = len(plan.models) - MAX_ROWS
    lines = [f"… and {count(rest, 'more model')}"] if rest > 0 else []
    moved = f"{count(plan.versions, 'version')} of {count(len(plan.models), 'model')}"
    text = f"To move in: {moved} ({size(plan.size_bytes)}), from {plan.source} to {plan.target}"
    text += f"; {count(plan.present, 'version')} already there." if plan.present else "."
    lines.append(text)
    if plan.lost:
        lines.append(f"Not kept of the store: {name_list(plan.lost, separator='; ', width=300)}.")
    if plan.needs_trust:
        lines.append(
            f"Loading requires trust in {name_list(plan.needs_trust, width=200)}. If you know "
            "where the files are from, trust them with execute(trust=True)."
        )
    unchecked = [text for model in plan.models for text in model.unchecked]
    if unchecked:
        lines.append(
            "Files that cannot be checked, and are loaded only with trust or unsafe=True: "
            f"{name_list(unchecked, separator='; ', width=300)}."
        )
    deleted = [f"{model.key}:{number}" for model in plan.models for number in model.deleted]
    if deleted:
        lines.append(f"Deleted in the store, and then here: {name_list(deleted, width=200)}.")
    return lines


def problem_lines(plan: Plan) -> list[str]:
    """Return the sentences about versions that are not moved in, at most twenty."""
    rest = len(plan.problems) - _MAX_PROBLEMS
    more = [f"… and {count(rest, 'more problem')}"] if rest > 0 else []
    return [*plan.problems[:_MAX_PROBLEMS], *more]


def _name(model: PlannedModel) -> str:
    if model.key in (None, model.name.lower()):
        return model.name
    return f"{model.name} -> {model.key}"


def _listed(texts: Sequence[str]) -> str | None:
    return name_list(texts, width=_CELL_WIDTH) if texts else None
