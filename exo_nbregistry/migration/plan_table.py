"""The rows and sentences of the plan of a move-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.sources.found import SAME_CONTENT
from exo_nbregistry.text.markup import Markup, count, escape
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.numbers import size
from exo_nbregistry.text.terminal import display_width

# The first three columns are always shown, and the others if a model has a value in them.
_HEADERS = (
    *("model", "versions", "size"),
    *("aliases", "already here", "new numbers", "needs trust"),
)
_ALWAYS = 3
MAX_ROWS = 50
_MAX_LOSSES = 20
_MAX_PROBLEMS = 20
_CELL_WIDTH = 60
_MIN_FILE = 24
_GAP = 2


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


def plan_table(models: Sequence[PlannedModel]) -> tuple[list[str], list[list[object]]]:
    """Return the headers and the cells of each model, without empty columns.

    Parameters
    ----------
    models : sequence of PlannedModel
        The models, of which the first 50 have a row.

    Examples
    --------
    >>> plan_table([PlannedModel(name="Kepler RF", key="kepler_rf", versions=2, size_bytes=900)])
    (['model', 'versions', 'size'], [['Kepler RF -> kepler_rf', 2, '900 bytes']])
    """
    rows: list[list[object]] = [
        [
            _name(model),
            model.versions,
            size(model.size_bytes),
            _listed(model.aliases),
            model.present,
            _listed([f"{old} -> {new}" for old, new in model.renumbered]),
            _listed(model.needs_trust),
        ]
        for model in models[:MAX_ROWS]
    ]
    kept = [i for i in range(len(_HEADERS)) if i < _ALWAYS or any(row[i] for row in rows)]
    return [_HEADERS[i] for i in kept], [[row[i] for i in kept] for row in rows]


def proposal_cells(rows: Sequence[Sequence[object]], width: int | None) -> list[list[object]]:
    """Return the rows of a proposal with shorter paths, so that the other columns fit.

    Parameters
    ----------
    rows : sequence of sequence
        File, model and version.
    width : int or None
        Width of the table; None if it is unlimited. The end of a path is kept, and the names of
        files with the same content are omitted first.

    Examples
    --------
    >>> proposal_cells([["projects/2024/vetting/rf_v1.pkl", "rf", 1]], 30)
    [['…/2024/vetting/rf_v1.pkl', 'rf', 1]]
    """
    if width is None:
        return [list(row) for row in rows]
    model = max((display_width(str(row[1])) for row in rows), default=0)
    room = max(width - max(model, len("model")) - len("version") - 2 * _GAP, _MIN_FILE)
    return [[_short_file(str(row[0]), room), *row[1:]] for row in rows]


def breakable_path(text: str) -> Markup:
    """Return a path as HTML that a narrow page breaks, if possible after a slash.

    Examples
    --------
    >>> "old/<wbr>&lt;b&gt;.pkl" in breakable_path("old/<b>.pkl")
    True
    """
    path = "/<wbr>".join(map(escape, text.split("/")))
    return Markup(f'<span style="white-space:normal;overflow-wrap:anywhere">{path}</span>')


def total_lines(plan: Plan) -> list[str]:
    """Return the sentences with the totals, the losses and the trust that a plan needs."""
    rest = len(plan.models) - MAX_ROWS
    lines = [f"… and {count(rest, 'more model')}"] if rest > 0 else []
    moved = f"{count(plan.versions, 'version')} of {count(len(plan.models), 'model')}"
    text = f"To move in: {moved} ({size(plan.size_bytes)}), from {plan.source} to {plan.target}"
    text += f"; {count(plan.present, 'version')} already there." if plan.present else "."
    lines.append(text)
    lines += _loss_lines(plan.models)
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


def _loss_lines(models: Sequence[PlannedModel]) -> list[str]:
    """Return a sentence for each kind of loss, with its models."""
    models_of: dict[str, list[str]] = {}
    for model in models:
        for loss in model.lost:
            models_of.setdefault(loss, []).append(model.name)
    lines = [f"Not kept of {name_list(names)}: {loss}." for loss, names in models_of.items()]
    rest = len(lines) - _MAX_LOSSES
    more = [f"… and {count(rest, 'more kind')} of losses"] if rest > 0 else []
    return [*lines[:_MAX_LOSSES], *more]


def problem_lines(plan: Plan) -> list[str]:
    """Return the sentences about versions that are not moved in, at most twenty."""
    rest = len(plan.problems) - _MAX_PROBLEMS
    more = [f"… and {count(rest, 'more problem')}"] if rest > 0 else []
    return [*plan.problems[:_MAX_PROBLEMS], *more]


def _name(model: PlannedModel) -> str:
    # Blanks at the ends of a name would be invisible.
    name = model.name if model.name == model.name.strip() else repr(model.name)
    if model.key in (None, model.name.lower()):
        return name
    return f"{name} -> {model.key}"


def _short_file(text: str, width: int) -> str:
    """Return a file of a proposal without the names of its copies, and the start of its path."""
    if display_width(text) <= width:
        return text
    path, copies, _ = text.partition(SAME_CONTENT)
    mark = " (and copies)" if copies else ""
    start, room = 0, width - len(mark)
    while display_width(path[start:]) > room - bool(start):
        start += 1
    return ("…" if start else "") + path[start:] + mark


def _listed(texts: Sequence[str]) -> str | None:
    return name_list(texts, width=_CELL_WIDTH) if texts else None
