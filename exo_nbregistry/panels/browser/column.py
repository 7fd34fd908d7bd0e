"""Columns of the browser panel: titles, sort expressions and cells."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.panels.browser import sparkline
from exo_nbregistry.panels.browser.page import Row
from exo_nbregistry.panels.browser.timestamps import format_utc, relative_time
from exo_nbregistry.records.later_metrics import newest
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.passed_facts import passed_results
from exo_nbregistry.text.markup import Markup, badge, escape, number
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.views.columns import COLUMNS
from exo_nbregistry.views.facts import ABSENT, format_passed
from exo_nbregistry.views.metric_columns import titled_metric
from exo_nbregistry.views.model_table import ModelSummary
from exo_nbregistry.views.version_column import PANEL

TREND = "trend"
CHILDREN = "children"
VERSIONS = "versions"
_TITLES_OF_VERSIONS = {
    name: column.panel_title or column.title
    for name, column in COLUMNS.items()
    if PANEL in column.shown_in
}
_FIRST = {name: _TITLES_OF_VERSIONS[name] for name in ("aliases", "algorithm")}
# Titles of the columns of the panel, by name.
PLAIN = _FIRST | {TREND: "trend"} | _TITLES_OF_VERSIONS
OF_MODELS = ("aliases", "algorithm", "metric", "value", TREND, "created_at")
SORTABLE = ("created_at", "model_name", "version", "algorithm", "status", "training_dataset")
_TITLES = PLAIN | {
    "model_name": "name",
    "version": "version",
    "n_versions": "number of versions",
    CHILDREN: "children",
    VERSIONS: "versions",
}
# A timestamp is shown as relative time.
_SIDES = {"value": "r", "created_at": "l", CHILDREN: "r", VERSIONS: "r"}
# Groups of columns without a field of their name.
_PASSED: dict[str, Callable[[ModelMetadata], Mapping[str, Any]]] = {
    "results": lambda item: passed_results(item.additional_metrics, item.attachments),
    "training_info": lambda item: item.training_info,
    "later_metrics": lambda item: newest(item.later_metrics),
}
MAX_BADGES = 2
_BADGE = 18
_HOVER = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell as text and, if needed, as HTML.

    Attributes
    ----------
    text : str
        The text.
    live : Markup or None
        HTML for a live panel, instead of the text.
    static : Markup or None
        HTML for the static view, instead of the text.
    """

    text: str
    live: Markup | None = None
    static: Markup | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Values that all cells need.

    Attributes
    ----------
    now : datetime
        Current time, for relative times.
    """

    now: datetime


def title(name: str) -> str:
    """Return the title of a column.

    Examples
    --------
    >>> title("created_at"), title("metrics.f1_score"), title("hyperparameters.C")
    ('registered', 'f1_score', 'C')
    """
    return _TITLES.get(name) or name.partition(".")[2]


def heading(name: str, rows: Iterable[Row]) -> str:
    """Return the title of a column of a page; a metric names the class or average of its rows."""
    group, _, metric = name.partition(".")
    if group != "metrics":
        return title(name)
    return metric_title(metric, [r.item for r in rows if isinstance(r.item, ModelMetadata)])


def is_column(name: str) -> bool:
    """Return whether a name is the name of a column.

    Examples
    --------
    >>> is_column("metrics.f1_score"), is_column("f1_score")
    (True, False)
    """
    group, dot, field = name.partition(".")
    return name in PLAIN or (
        group in ("metrics", "hyperparameters", "tags", *_PASSED) and bool(dot and field)
    )


def expression(name: str) -> str:
    """Return a field in the syntax of filters.

    Examples
    --------
    >>> expression("metrics.f1_score"), expression("hyperparameters.svc C")
    ('metrics.f1_score', "hyperparameters['svc C']")
    """
    group, dot, field = name.partition(".")
    if not dot or (field.isidentifier() and field.isascii() and not keyword.iskeyword(field)):
        return name
    return f"{group}[{field!r}]"


def side(name: str) -> str:
    """Return the side that a column is aligned to: ``r`` for numbers."""
    if name in _SIDES or name.startswith(("metrics.", "hyperparameters.", "later_metrics.")):
        return _SIDES.get(name, "r")
    return COLUMNS[name].align if name in COLUMNS else "l"


def cell(name: str, row: Row, context: Context) -> Cell:
    """Return the cell of a row in a column."""
    if row.item is None:
        return Cell("")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(row, context)
    if isinstance(row.item, ModelMetadata) and name in COLUMNS:
        return _plain(COLUMNS[name].to_text(row.item))
    group, dot, field = name.partition(".")
    if group == "hyperparameters":
        return _parameter(row.item, field)
    if group in _PASSED:
        known = _PASSED[group](row.item) if isinstance(row.item, ModelMetadata) else {}
        value = _value_in(known, field)
        return _plain(value if value is None else format_passed(value))
    return _plain(_inside(row.item, group, field) if dot else getattr(row.item, name, None))


def _inside(item: Any, group: str, field: str) -> Any:
    """Return a value by its name in the index, where nested names are joined by dots."""
    return _value_in(getattr(item, group, None) or {}, field)


def _value_in(values: Mapping[str, Any], field: str) -> Any:
    value: Any = values
    if field in value:
        return value[field]
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _parameter(item: Any, field: str) -> Cell:
    known = getattr(item, "hyperparameters", None) or {}
    value = known.get(field, ABSENT)
    return _plain(_inside(item, "hyperparameters", field) if value is ABSENT else str(value))


def _plain(value: Any) -> Cell:
    if value is None:
        return Cell("-")
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        exact = repr(value)
        short = number(value)
        return Cell(short, live=hover(short, exact) if exact != short else None)
    return Cell(str(value) or "-")


def hover(shown: object, full: str) -> Markup:
    """Return text with a tooltip."""
    return Markup(f'<span title="{escape(cut(full, _HOVER))}">{escape(shown)}</span>')


def _aliases(row: Row, _context: Context) -> Cell:
    item = row.item
    if isinstance(item, ModelSummary):
        texts = [f"{alias} {version}" for alias, version in item.aliases.items()]
    else:
        texts = list(item.aliases) if item else []
    return _badges(texts)


def _badges(texts: Iterable[str]) -> Cell:
    every = list(texts)
    if not every:
        return Cell("-")
    shown = [cut(text, _BADGE) for text in every[:MAX_BADGES]]
    rest = len(every) - len(shown)
    more = f"+{rest}" if rest else ""
    labels = "".join(f'<span class="nbr-badge">{escape(text)}</span>' for text in shown)
    live = hover(Markup(f"{labels}{more}"), ", ".join(every))
    static = Markup("".join(map(badge, shown)) + more)
    return Cell(", ".join(shown) + (f", {more}" if more else ""), live, static)


def _created(row: Row, context: Context) -> Cell:
    item = row.item
    if item is None:
        return Cell("-")
    at = item.registered_at if isinstance(item, ModelSummary) else item.created_at
    when = format_utc(at)
    return Cell(when.removesuffix(" UTC"), live=hover(relative_time(at, context.now), when))


def _metric(row: Row, _context: Context) -> Cell:
    if isinstance(row.item, ModelMetadata):
        return _plain(titled_metric(row.item))
    if isinstance(row.item, ModelSummary):
        return Cell(row.item.metric_title or "-")
    return Cell(row.metric or "-")


def _trend(row: Row, _context: Context) -> Cell:
    if row.metric is None or not row.series:
        return Cell("-")
    return Cell(
        "",
        sparkline.live(row.metric, row.series, row.version),
        sparkline.static(row.metric, row.series, row.version),
    )


_SPECIAL: dict[str, Callable[[Row, Context], Cell]] = {
    "aliases": _aliases,
    CHILDREN: lambda row, _context: Cell(f"{row.children:,}" if row.children else "-"),
    "created_at": _created,
    VERSIONS: lambda row, _context: _plain(getattr(row.item, "n_versions", None)),
    "metric": _metric,
    TREND: _trend,
}
