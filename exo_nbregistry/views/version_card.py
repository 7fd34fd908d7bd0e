"""A model version as a card."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import (
    Markup,
    badge,
    details,
    escape,
    html_table,
    paragraph,
    preformatted,
    stack,
    text_table,
)
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import cut, line_width, visible
from exo_nbregistry.views.attachment_rows import ATTACHMENTS, attachment_rows
from exo_nbregistry.views.columns import format_minute, format_tags
from exo_nbregistry.views.facts import base_section, facts_of, format_value, split_classes
from exo_nbregistry.views.later_metrics import TITLE, series_rows
from exo_nbregistry.views.metric_rows import row_title
from exo_nbregistry.views.prose import prose_html, prose_text

_TEXT_WIDTH = 100
_CELL_WIDTH = 200
# A note may hold a table.
_NOTE_WIDTH = 500
_MAX_ROWS = 100
# Sections that are open at first.
_OPEN = ("about", "metrics")
_NUMERIC = ("metrics", "metrics by class")
_NOTES = "notes"


def render_metadata_html(metadata: ModelMetadata) -> Markup:
    """Return the card of a version as HTML without scripts or style sheets.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.

    Returns
    -------
    Markup
        Equal metadata give equal bytes.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> m = ModelMetadata(
    ...     model_id="kepler_rf:1",
    ...     model_name="kepler_rf",
    ...     version=1,
    ...     created_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
    ... )
    >>> "<strong>kepler_rf:1</strong>" in render_metadata_html(m)
    True
    """
    labels = [badge(alias) for alias in metadata.aliases]
    labels += [badge(metadata.status)] if metadata.status != "active" else []
    title = Markup(f"<strong>{escape(metadata.display_id)}</strong> {''.join(labels)}")
    parts: list[object] = [paragraph(title)]
    if metadata.description:
        parts.append(prose_html(metadata.description))
    sections = _sections(metadata)
    sections["about"] = [row for row in sections["about"] if row[0] != "description"]
    for section, rows in sections.items():
        if section == _NOTES:
            parts.append(_notes_html(metadata))
            continue
        table = html_table([], limited(rows), align="lr" if section in _NUMERIC else "ll")
        name = f"{section} ({len(rows)})"
        parts.append(table if section in _OPEN else details(name, table))
    if metadata.provenance.cell_source:
        lines = metadata.provenance.cell_source.expandtabs(4).splitlines()
        parts.append(details("cell source", preformatted(lines)))
    if metadata.provenance.definitions:
        lines = metadata.provenance.definitions.expandtabs(4).splitlines()
        parts.append(details("definitions", preformatted(lines)))
    return stack(parts)


def render_metadata_text(metadata: ModelMetadata) -> str:
    """Return the card of a version as plain text.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> m = ModelMetadata(
    ...     model_id="kepler_rf:1",
    ...     model_name="kepler_rf",
    ...     version=1,
    ...     created_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
    ...     metrics={"f1_score": 0.9},
    ... )
    >>> print(render_metadata_text(m))
    kepler_rf:1
    section  field     value
    -------  --------  --------------------
    about    created   2026-01-01 00:00 UTC
    metrics  f1_score  0.9000
    """
    rows = [
        [section if i == 0 else "", name, value]
        for section, facts in _sections(metadata).items()
        for i, (name, value) in enumerate(limited(facts))
    ]
    labels = [*metadata.aliases, *([metadata.status] if metadata.status != "active" else [])]
    title = " ".join([metadata.display_id, *(f"[{label}]" for label in labels)])
    table = text_table(["section", "field", "value"], rows, width=line_width(_TEXT_WIDTH))
    return "\n".join([visible(title), *(line.rstrip() for line in table.splitlines())])


def _notes_html(metadata: ModelMetadata) -> Markup:
    notes: list[object] = []
    for note in metadata.notes:
        notes += [paragraph(f"{instant(note.created_at)} {note.author}"), prose_html(note.text)]
    return details(f"{_NOTES} ({len(metadata.notes)})", stack(notes))


def _sections(metadata: ModelMetadata) -> dict[str, list[list[str]]]:
    facts = facts_of(metadata)
    facts["code"].pop("cell_source", None)
    facts["code"].pop("definitions", None)
    facts["data"].pop("column_order", None)
    facts = split_classes(facts)
    notes = [
        [
            f"{instant(note.created_at)} {note.author}",
            cut(_folded(prose_text(note.text)), _NOTE_WIDTH),
        ]
        for note in metadata.notes
    ]
    formatted = {
        section: [
            [
                str(row_title(base_section(section), name, [metadata])),
                cut(format_value(base_section(section), name, value), _CELL_WIDTH),
            ]
            for name, value in fields.items()
        ]
        for section, fields in facts.items()
    }
    sections = {
        "about": about_of(metadata),
        **{section: formatted.pop(section) for section in _NUMERIC},
        TITLE: series_rows(metadata.later_metrics),
        **formatted,
        ATTACHMENTS: attachment_rows(metadata),
        _NOTES: notes,
    }
    return {section: rows for section, rows in sections.items() if rows}


def about_of(metadata: ModelMetadata) -> list[list[str]]:
    """Return name and value of the general facts of a version."""
    about: dict[str, Any] = {
        "algorithm": metadata.algorithm,
        "description": _folded(prose_text(metadata.description)),
        "created": instant(metadata.created_at),
        "trained": metadata.training_date and instant(metadata.training_date),
        "parent": metadata.parent,
        "tags": format_tags(metadata.tags),
        **_author(metadata),
        "signer": metadata.signer,
        "changed by unknown signers": name_list(metadata.unknown_signers, separator="; "),
    }
    return [[name, str(value)] for name, value in about.items() if value]


def _author(metadata: ModelMetadata) -> dict[str, str]:
    """Return who registered a version, or who moved it in and from which tool."""
    who = "@".join(filter(None, (metadata.provenance.user, metadata.provenance.host)))
    if metadata.imported is None:
        return {"by": who}
    origin = f"from {metadata.imported.label}"
    return {"imported": f"by {who} {origin}" if who else origin}


def limited(rows: list[list[str]]) -> list[list[str]]:
    """Return the first rows, with a row that counts the others."""
    rest = len(rows) - _MAX_ROWS
    return [*rows[:_MAX_ROWS], ["…", f"and {rest} more"]] if rest > 0 else rows


def _folded(text: str) -> str:
    return " ".join(text.split())


def instant(moment: date | str) -> str:
    """Return a timestamp in UTC to the minute, or a date or text unchanged."""
    if not isinstance(moment, datetime):
        return str(moment)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{format_minute(aware)} UTC"
