"""Names of columns: which exist, their titles and groups, and how filters write them."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Sequence
from typing import Any

from exo_nbregistry.errors import QueryError
from exo_nbregistry.views.columns import COLUMNS
from exo_nbregistry.views.version_column import PANEL

_EXPRESSION = re.compile(r"(?P<group>\w+)\[(?P<field>'[^']*'|\"[^\"]*\")\]", re.ASCII)
TREND, CHILDREN = "trend", "children"
GROUPS = ("metrics", "hyperparameters", "tags", "results", "training_info", "later_metrics")
PLAIN = {
    name: column.panel_title or column.title
    for name, column in COLUMNS.items()
    if PANEL in column.shown_in
} | {TREND: "trend", CHILDREN: "children"}
# Fields of versions that can be sorted by, besides metrics, hyperparameters and other numbers.
SORTABLE = (
    *("model_name", "version", "created_at", "status", "algorithm", "description"),
    *("training_dataset", "training_samples", "test_samples", "parent"),
)
_TITLES = {"model_name": "model", "name": "model", "version": "version", "model_id": "version"}


def is_column(name: str) -> bool:
    """Return whether a name is the name of a column.

    Examples
    --------
    >>> is_column("metrics.f1_score"), is_column("created_at"), is_column("f1_score")
    (True, True, False)
    """
    group, dot, field = name.partition(".")
    return name in PLAIN or (group in GROUPS and bool(dot and field))


def is_sortable(name: str) -> bool:
    """Return whether lists of versions can be sorted by a field.

    Examples
    --------
    >>> is_sortable("metrics.f1_score"), is_sortable("algorithm"), is_sortable("aliases")
    (True, True, False)
    """
    return name in SORTABLE or (name.partition(".")[0] in GROUPS and "." in name)


def checked_columns(names: str | Sequence[str]) -> tuple[str, ...]:
    """Check column names; return each of them once.

    Raises
    ------
    QueryError
        If a column does not exist.

    Examples
    --------
    >>> checked_columns(["aliases", "metrics.f1_score", "aliases"])
    ('aliases', 'metrics.f1_score')
    >>> checked_columns("metrics['recall at 5']")
    ('metrics.recall at 5',)
    """
    given = [_plain(name) for name in ([names] if isinstance(names, str) else names)]
    for name in given:
        if not isinstance(name, str) or not is_column(name):
            raise QueryError(
                f"Unknown column {name!r:.80}; choose from {', '.join(PLAIN)}, or a name such as "
                "metrics.f1_score, hyperparameters.C, tags.team, results.verdict or "
                "training_info.mission."
            )
    return tuple(dict.fromkeys(given))


def _plain(name: Any) -> Any:
    """Return the name of a column that is written as in filters, such as ``metrics['a b']``."""
    found = _EXPRESSION.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        return name
    try:
        field = ast.literal_eval(found["field"])
    except (SyntaxError, ValueError):
        return name
    return f"{found['group']}.{field}"


def field_title(name: str) -> str:
    """Return the title of a field.

    Examples
    --------
    >>> field_title("created_at"), field_title("metrics.f1_score")
    ('registered', 'f1_score')
    """
    return PLAIN.get(name) or _TITLES.get(name) or name.partition(".")[2] or name


def field_expression(name: str) -> str:
    """Return a field as filters and sort orders write it.

    Examples
    --------
    >>> field_expression("metrics.f1_score"), field_expression("hyperparameters.svc C")
    ('metrics.f1_score', "hyperparameters['svc C']")
    """
    group, dot, field = name.partition(".")
    if not dot or (field.isidentifier() and field.isascii() and not keyword.iskeyword(field)):
        return name
    return f"{group}[{field!r}]"
