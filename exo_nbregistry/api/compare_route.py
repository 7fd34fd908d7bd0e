"""The comparison of versions, with the changes against the first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from exo_nbregistry.api.json_views import finite
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.text.terminal import cut, visible
from exo_nbregistry.text.timestamps import time_text
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.delta import Change
from exo_nbregistry.views.facts import ABSENT
from exo_nbregistry.views.hidden_rows import omitted_sentence
from exo_nbregistry.views.metric_rows import difference_sentences, row_cells, row_title

MAX_COMPARED = 20
MAX_ROWS = 500
_WIDTH = 200
_MAX_INTEGER = 2**53


def compare(request: Request) -> Reply:
    """Compare versions."""
    refs = request.texts("ref", MAX_COMPARED)
    comparison = request.registry.compare_models(refs)
    if request.flag("all"):
        comparison = comparison.all()
    found = comparison_of(comparison, request.registry.status().now)
    if request.flag("html"):
        found["html"] = comparison.to_html()
    return Reply(found)


def comparison_of(comparison: Comparison, now: datetime) -> dict[str, Any]:
    """Return a comparison as JSON."""
    kinds = (KINDS[name] for name in plot_kinds(comparison.items))
    return {
        "heads": [
            {
                "model_id": item.model_id,
                "display_id": item.display_id,
                "aliases": list(item.aliases),
                "created": time_text(item.created_at, now),
                "is_deleted": item.status != ACTIVE,
            }
            for item in comparison.items
        ],
        "n_same": comparison.n_identical,
        "notes": _notes(comparison),
        "sections": _sections(comparison),
        "plots": [
            {"kind": kind.name, "title": kind.title}
            for kind in kinds
            if kind.reads != "model" and kind.max_versions > 1
        ],
    }


def _notes(comparison: Comparison) -> list[str]:
    """Return sentences on metrics that were measured differently, and on omitted rows."""
    unlike = difference_sentences(comparison.shown.get("metrics", ()), comparison.items)
    if comparison.show_all:
        return unlike
    reasons = Counter(comparison.hidden.values())
    omitted = (omitted_sentence(n, kind, why, shown_by="") for (kind, why), n in reasons.items())
    return [*unlike, *omitted]


def _sections(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the displayed rows by section, of all sections at most 500 rows."""
    sections, left = [], MAX_ROWS
    for section, fields in comparison.shown.items():
        names = list(fields)[:left]
        left -= len(names)
        rows = [_row(comparison, section, name, fields[name]) for name in names]
        if rows:
            sections.append({"title": section.capitalize(), "rows": rows})
    return sections


def _row(comparison: Comparison, section: str, name: Any, known: dict[str, Any]) -> dict[str, Any]:
    items = comparison.items
    values = [known.get(item.model_id, ABSENT) for item in items]
    cells = row_cells(section, name, items, values, comparison.directions)
    return {
        "field": str(name),
        "title": visible(cut(str(row_title(section, name, items)), _WIDTH)),
        "values": [
            None if value is ABSENT and not isinstance(cell, Change) else _cell(cell, value)
            for cell, value in zip(cells, values, strict=True)
        ],
        "changes": [_change(cell) for cell in cells],
    }


def _cell(cell: str | Change, value: Any) -> dict[str, Any]:
    text = cell.value if isinstance(cell, Change) else cell
    shown: dict[str, Any] = {"text": visible(cut(text, _WIDTH))}
    # JavaScript has no larger integers, and a record can have any.
    is_integer = type(value) is int and abs(value) <= _MAX_INTEGER
    if is_integer or isinstance(value, float):
        shown["value"] = finite(value)
    return shown


def _change(cell: str | Change) -> dict[str, Any] | None:
    if not isinstance(cell, Change):
        return None
    verdict = cell.verdict or ("same" if cell.delta == "same" else None)
    return {"delta": cell.delta, "verdict": verdict}
