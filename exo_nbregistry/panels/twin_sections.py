"""Sections of the details of a version, as HTML and as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exo_nbregistry.introspection.compatibility import check_compatibility
from exo_nbregistry.panels.twin_plot import plots
from exo_nbregistry.panels.twin_section import (
    Section,
    ShortDigest,
    code_section,
    pairs_section,
    prose_section,
    table_section,
    text_section,
)
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.markup import (
    MISSING,
    Markup,
    badge,
    count,
    escape,
    paragraph,
    size,
    stack,
)
from exo_nbregistry.text.terminal import cut, visible
from exo_nbregistry.views.attachment_rows import attachment_rows
from exo_nbregistry.views.facts import RESULTS, TRAINING, facts_of, format_value, split_classes
from exo_nbregistry.views.later_metrics import TITLE, series_notes, series_table
from exo_nbregistry.views.prose import prose_html, prose_text
from exo_nbregistry.views.trust_needed import trust_needed
from exo_nbregistry.views.version_card import about_of, instant

_CELL_WIDTH = 200
_MAX_ROWS = 100
_COLUMNS = ("column", "dtype", "minimum", "maximum", "missing")


def title_html(item: ModelMetadata) -> Markup:
    """Return the model ID with aliases and status, and the description."""
    labels = "".join(map(badge, _labels(item)))
    title = paragraph(Markup(f"<strong>{escape(item.display_id)}</strong> {labels}"))
    return Markup(title + prose_html(item.description)) if item.description else title


def title_text(item: ModelMetadata) -> str:
    """Return the model ID with aliases and status, and the description."""
    title = visible(" ".join([item.display_id, *(f"[{label}]" for label in _labels(item))]))
    return f"{title}\n\n{prose_text(item.description)}" if item.description else title


def overview(registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the sections on metrics, parameters, data, environment and artifact."""
    facts = split_classes(facts_of(item))
    elsewhere = ("by", "description", "parent", "signer")
    about = [row for row in about_of(item) if row[0] not in elsewhere]
    parameters = _facts("hyperparameters", facts)
    data = [
        [
            name,
            ShortDigest(value)
            if name == "sha256"
            else cut(format_value("data", name, value), _CELL_WIDTH),
        ]
        for name, value in facts["data"].items()
        if name not in ("column_order", "classes")
    ]
    sections = [
        pairs_section("About", about),
        _metrics("Metrics", item, facts["metrics"]),
        *plots(registry, [item]),
        _metrics("Metrics by class", item, facts["metrics by class"], opened=False),
        _later_metrics(item),
        pairs_section("Scoring", _facts("scoring", facts), opened=False),
        pairs_section("Results", _facts(RESULTS, facts)),
        pairs_section(f"Parameters ({len(parameters)})", parameters),
        _signature(item),
        pairs_section("Data", data, opened=False),
        pairs_section("Training info", _facts(TRAINING, facts), opened=False),
        _environment(item),
        _artifact(item, registry.signer_status(item.model_id)),
    ]
    return [section for section in sections if section]


def provenance(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the sections on the notebook, code and user of a version."""
    made = item.provenance
    dirty = {True: "with uncommitted changes", False: "clean"}
    rows: list[list[Any]] = [
        ["registered", instant(item.created_at)],
        ["notebook", made.notebook],
        ["cell", made.cell_number],
        ["git commit", made.git_commit and ShortDigest(made.git_commit)],
        ["working tree", None if made.git_dirty is None else dirty[made.git_dirty]],
        ["imported from", item.imported and item.imported.label],
        ["imported by" if item.imported else "user", made.user],
        ["host", made.host],
        ["parent", item.parent],
    ]
    known = [row for row in rows if row[1] is not None]
    sections = [pairs_section("Imported" if item.imported else "Created by", known, opened=False)]
    if made.cell_source:
        sections.append(code_section("Cell source", made.cell_source.expandtabs(4).splitlines()))
    if made.definitions:
        sections.append(code_section("Definitions", made.definitions.expandtabs(4).splitlines()))
    return [section for section in sections if section]


def history(registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the section with the events of a version."""
    events = registry.history(item.model_name, version=item.version)
    title = f"History ({count(len(events), 'event')})"
    return [Section(title, Markup(events.to_html(compact=True)), repr(events))]


def notes(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the notes on a version."""
    if not item.notes:
        return [text_section("Notes", "No notes yet.")]
    return [
        prose_section(f"Note of {instant(note.created_at)}, {note.author}", note.text)
        for note in reversed(item.notes)
    ]


def attachments(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the list of the attachments of a version; none of them is read."""
    rows = attachment_rows(item)
    section = pairs_section(f"Attachments ({len(rows)})", rows)
    return [section] if section else []


def loading(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the code that loads a version."""
    option = (
        ", allow_version_mismatch=True" if check_compatibility(item).status == "mismatch" else ""
    )
    if item.status == PURGED:
        return [text_section("Purged", "The model was deleted permanently. Its record is kept.")]
    if item.status == DELETED:
        return [
            code_section("Deleted; restore it with", [f"registry.restore_model({item.model_id!r})"])
        ]
    refs = {f"Current {alias}": f"{item.model_name}@{alias}" for alias in item.aliases}
    refs["This version"] = item.model_id
    return [
        code_section(title, [f"model, metadata = registry.load_model({ref!r}{option})"])
        for title, ref in refs.items()
    ]


def _labels(item: ModelMetadata) -> list[str]:
    return [*item.aliases, *([item.status] if item.status != ACTIVE else [])]


def _facts(section: str, facts: Mapping[str, Mapping[Any, Any]]) -> list[list[Any]]:
    return [
        [str(name), cut(format_value(section, name, value), _CELL_WIDTH)]
        for name, value in facts[section].items()
    ]


def _later_metrics(item: ModelMetadata) -> Section | None:
    if not item.later_metrics:
        return None
    section = table_section(TITLE.capitalize(), *series_table(item.later_metrics))
    notes = series_notes(item.later_metrics)
    return Section(
        section.title,
        stack([*map(paragraph, notes), section.page]),
        "\n".join([*map(visible, notes), section.text]),
        section.opened,
    )


def _metrics(
    title: str, item: ModelMetadata, metrics: dict[Any, Any], *, opened: bool = True
) -> Section | None:
    rows = [[metric_title(k, [item]), format_value("metrics", k, v)] for k, v in metrics.items()]
    return pairs_section(f"{title} ({len(rows)})", rows, align="lr", opened=opened)


def _signature(item: ModelMetadata) -> Section | None:
    signature = item.signature
    if signature is None:
        columns = item.feature_columns
        return pairs_section(f"Columns ({len(columns)})", [[name, "column"] for name in columns])
    rows: list[list[Any]] = [
        [column.name, column.dtype, column.minimum, column.maximum, column.missing]
        for column in signature.columns[:_MAX_ROWS]
    ]
    rest = len(signature.columns) - _MAX_ROWS
    if rest > 0:
        rows.append(["…", f"and {rest} more", None, None, None])
    table = table_section(f"Columns ({len(signature.columns)})", _COLUMNS, rows, "llrrr")
    if signature.classes is None:
        return table
    classes = "Classes: " + ", ".join(map(str, signature.classes))
    return Section(
        table.title,
        stack([table.page, paragraph(classes)]),
        f"{table.text}\n{visible(classes)}",
        table.opened,
    )


def _environment(item: ModelMetadata) -> Section:
    verdict, made = check_compatibility(item), item.environment
    rows = [
        [name, made.packages[name], here or "not installed"]
        for name, here in verdict.installed.items()
    ]
    if not rows:
        return text_section(f"Environment: {verdict.message}")
    table = table_section("", ("package", "recorded", "installed"), rows, "lll")
    where = f"Registered with Python {made.python or MISSING} on {made.platform or MISSING}."
    return Section(
        f"Environment: {verdict.message}",
        stack([paragraph(where), table.page]),
        f"{visible(where)}\n{table.text}",
        opened=verdict.status != "loads",
    )


def _artifact(item: ModelMetadata, verdict: SignerStatus) -> Section:
    artifact, ref = item.artifact, item.model_id
    rows: list[list[Any]] = [["code", item.code.label]] if item.code else []
    if artifact is not None:
        rows += [
            ["format", artifact.format],
            ["size", size(artifact.size_bytes)],
            ["sha256", ShortDigest(artifact.sha256)],
        ]
    if (trust := trust_needed(item)) is not None:
        rows.append(["trust", trust])
    rows.append(["signature", _signer(verdict)])
    if verdict.status != "unknown":
        return table_section("Artifact", (), rows, "ll", opened=False)
    table = table_section("Artifact", (), rows, "ll")
    hint = f"If you know the signer, trust it with registry.trust_signer({ref!r})."
    return Section(
        table.title, stack([table.page, paragraph(hint)]), f"{table.text}\n{visible(hint)}"
    )


def _signer(verdict: SignerStatus) -> str:
    match verdict.status:
        case "own":
            return "signed by you"
        case "trusted":
            return f"signed by {verdict.name}, a trusted signer ({verdict.signer})"
        case "unknown":
            return f"signed by an unknown signer ({verdict.signer})"
        case "unsigned":
            return "not signed"
        case "imported":
            return f"imported by {verdict.name}, without trust in its files"
    return "invalid: the record was changed after it was signed"
