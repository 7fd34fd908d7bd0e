"""The table of the columns of version lists, in notebooks, terminals, panels and REST."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, badge
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.numbers import aligned_numbers
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.views.metric_columns import METRIC, SCORING, VALUE, metric_columns
from exo_nbregistry.views.parameter_columns import parameter_columns, varied_parameters
from exo_nbregistry.views.version_column import (
    JSON,
    LISTING,
    PANEL,
    TERMINAL,
    VersionColumn,
    children_column,
)


def format_tags(tags: Mapping[str, Any], separator: str = ", ") -> str:
    """Return tags as text.

    Examples
    --------
    >>> format_tags({"reviewed": True, "team": "vetting"})
    'reviewed, team=vetting'
    """
    return separator.join(
        str(name) if value is True else f"{name}={value}" for name, value in tags.items()
    )


def format_minute(instant: datetime) -> str:
    """Return a timestamp in UTC to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"


def format_badges(labels: Sequence[str]) -> Markup | None:
    """Return labels as HTML badges; None without labels."""
    return Markup("".join(map(badge, labels))) if labels else None


_TABLE = (
    VersionColumn("model_id", "model ID", shown_in=(JSON,)),
    VersionColumn("display_id", "model", shown_in=(LISTING, TERMINAL), always=True),
    VersionColumn(
        "aliases", "aliases", text=lambda a: ", ".join(a) or None, html=format_badges, always=True
    ),
    VersionColumn("algorithm", "algorithm", width=32, always=True),
    METRIC,
    VALUE,
    SCORING,
    VersionColumn(
        "created_at",
        "created (UTC)",
        text=format_minute,
        align="r",
        panel_title="registered",
        always=True,
    ),
    VersionColumn(
        "code", "code", text=lambda code: code and code.short_label, shown_in=(LISTING, TERMINAL)
    ),
    VersionColumn("status", "status", usual="active"),
    VersionColumn(
        "unknown_signers",
        "untrusted changes",
        text=lambda changes: name_list(changes, separator="; ") or None,
        shown_in=(LISTING, TERMINAL, JSON),
    ),
    VersionColumn(
        "tags", "tags", text=lambda t: format_tags(t) or None, shown_in=(TERMINAL, PANEL, JSON)
    ),
    VersionColumn("description", "description", shown_in=(PANEL,)),
    VersionColumn("training_dataset", "data set", shown_in=(PANEL,)),
    VersionColumn("training_samples", "training rows", shown_in=(PANEL,), align="r"),
    VersionColumn("test_samples", "test rows", shown_in=(PANEL,), align="r"),
    VersionColumn("parent", "parent", shown_in=(PANEL,)),
    VersionColumn("signer", "signer", shown_in=(PANEL,)),
)
COLUMNS: Mapping[str, VersionColumn] = MappingProxyType({c.name: c for c in _TABLE})
# Columns of metrics follow this one.
_BEFORE_METRICS = "algorithm"
_BEFORE_CHILDREN = "display_id"


def columns_of(
    versions: Sequence[ModelMetadata], shown_in: str, children: Mapping[str, int] | None = None
) -> list[VersionColumn]:
    """Return the columns of a list of versions, with its main metrics and varied hyperparameters.

    Parameters
    ----------
    versions : sequence of ModelMetadata
        The versions.
    shown_in : {'listing', 'terminal'}
        Where they are listed. A terminal has no empty columns.
    children : mapping of str to int, optional
        Number of children by model ID, of versions whose children are not listed.

    Returns
    -------
    list of VersionColumn
        In order.
    """
    found = []
    for column in COLUMNS.values():
        is_kept = column.always and shown_in == LISTING
        if shown_in in column.shown_in and (is_kept or column.is_needed(versions)):
            found.append(column)
        if column.name == _BEFORE_CHILDREN and children:
            found.append(children_column(children))
        if column.name == _BEFORE_METRICS:
            found += metric_columns(versions)
            found += parameter_columns(varied_parameters(versions))
    return found


def table_rows(
    columns: Sequence[VersionColumn], versions: Sequence[ModelMetadata], *, html: bool = False
) -> list[list[Any]]:
    """Return the cells of a listing; the numbers of a metric have the same number of decimals."""
    return [
        list(row)
        for row in zip(*(_cells(column, versions, html) for column in columns), strict=True)
    ]


def _cells(column: VersionColumn, versions: Sequence[ModelMetadata], html: bool) -> list[Any]:
    if column.name.startswith("metrics."):
        return aligned_numbers([column.read(item) for item in versions])
    cells = [column.to_html(item) if html else column.to_text(item) for item in versions]
    return [
        cut(cell, column.width) if column.width and isinstance(cell, str) else cell
        for cell in cells
    ]
