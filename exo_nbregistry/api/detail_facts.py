"""The facts of a version as JSON, with their texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from exo_nbregistry.api.json_views import finite
from exo_nbregistry.introspection.compatibility import check_compatibility
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markdown_tree import markdown_tree, preformatted_tree
from exo_nbregistry.text.markup import number, size
from exo_nbregistry.text.terminal import cut, visible
from exo_nbregistry.text.timestamps import time_text
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.metric import higher_is_better, ordered
from exo_nbregistry.views.attachments import kind_and_format
from exo_nbregistry.views.columns import format_tags
from exo_nbregistry.views.facts import RESULTS, TRAINING, facts_of, format_value
from exo_nbregistry.views.later_metrics import TITLE, series_rows
from exo_nbregistry.views.trust_needed import trust_needed
from exo_nbregistry.views.version_card import instant, limited

MAX_COLUMNS = 500
MAX_NOTES = 200
# Long Markdown takes up to a second, and a version can have many notes.
MAX_MARKDOWN = 200_000
_WIDTH = 200
_UNKNOWN = "changed by unknown signers"


def metrics_of(item: ModelMetadata) -> list[dict[str, Any]]:
    """Return the metrics in reading order."""
    return [
        {
            "name": name,
            "title": metric_title(name, [item]),
            "value": finite(item.metrics[name]),
            "text": number(item.metrics[name]),
            "higher_is_better": higher_is_better(name),
        }
        for name in ordered(item.metrics)
    ]


def hyperparameters_of(item: ModelMetadata) -> list[dict[str, Any]]:
    """Return the hyperparameters; ``changed`` is null if the defaults are not recorded."""
    defaults = frozenset(item.default_hyperparameters)
    return [
        {
            "name": str(name),
            "text": _short("hyperparameters", name, value),
            "changed": name not in defaults if defaults else None,
        }
        for name, value in facts_of(item)["hyperparameters"].items()
    ]


def tags_of(item: ModelMetadata) -> list[dict[str, Any]]:
    """Return the tags with their value and text."""
    return [
        {"name": name, "value": encode(value), "text": cut(format_tags({name: value}), _WIDTH)}
        for name, value in item.tags.items()
    ]


def notes_of(item: ModelMetadata, now: datetime) -> list[dict[str, Any]]:
    """Return the newest notes, newest first; very many are shown as they were written."""
    found: list[dict[str, Any]] = []
    n_read = 0
    for note in reversed(item.notes[-MAX_NOTES:]):
        n_read += len(note.text)
        body = markdown_tree(note.text) if n_read <= MAX_MARKDOWN else preformatted_tree(note.text)
        at = time_text(note.created_at, now)
        found.append({"author": note.author, "at": at, "body": body, "source": note.text})
    return found


def sections_of(item: ModelMetadata) -> list[dict[str, Any]]:
    """Return further facts as sections of names and texts; empty ones are omitted."""
    facts = facts_of(item)
    named = {
        section: [
            [str(name), _short(section, name, value)] for name, value in facts[section].items()
        ]
        for section in ("scoring", RESULTS, TRAINING, "data", "environment")
    }
    named["data"] = [row for row in named["data"] if row[0] not in ("column_order", "classes")]
    rows = {
        TITLE: series_rows(item.later_metrics),
        "scoring": named["scoring"],
        RESULTS: named[RESULTS],
        "training data": named["data"],
        TRAINING: named[TRAINING],
        "environment": named["environment"],
        "artifact": _artifact(item),
        _UNKNOWN: [list(change.partition(": ")[::2]) for change in item.unknown_signers],
    }
    return [
        {"title": title.capitalize(), "rows": limited(found)}
        for title, found in rows.items()
        if found
    ]


def _artifact(item: ModelMetadata) -> list[list[str]]:
    artifact = item.artifact
    rows = [["code", item.code.label]] if item.code else []
    if artifact is not None:
        rows += [
            ["format", artifact.format],
            ["size", size(artifact.size_bytes)],
            ["sha256", artifact.sha256],
        ]
    trust = trust_needed(item)
    return [*rows, ["trust", trust]] if trust is not None else rows


def provenance_of(item: ModelMetadata, notebook_path: str | None) -> dict[str, Any]:
    """Return the notebook, the cell and the user of a version."""
    made = item.provenance
    dirty = {True: "with uncommitted changes", False: "clean"}
    rows = {
        "registered": instant(item.created_at),
        "trained": instant(item.training_date) if item.training_date else None,
        "notebook": made.notebook,
        "cell": made.cell_number,
        "git commit": made.git_commit,
        "working tree": None if made.git_dirty is None else dirty[made.git_dirty],
        "imported from": item.imported and item.imported.label,
        "imported by" if item.imported else "user": made.user,
        "host": made.host,
    }
    return {
        "rows": [[name, visible(str(value))] for name, value in rows.items() if value is not None],
        "notebook_path": notebook_path,
        "cell_number": made.cell_number,
        "cell_source": made.cell_source,
        "definitions": made.definitions,
    }


def signature_of(item: ModelMetadata) -> dict[str, Any] | None:
    """Return the input columns with their ranges, and the classes; None if neither is known."""
    signature = item.signature
    if signature is None and not item.feature_columns:
        return None
    if signature is None:
        names = item.feature_columns
        columns = [{"name": name, "dtype": None, "range": None, "missing": None} for name in names]
        return {"columns": columns[:MAX_COLUMNS], "total": len(names), "classes": []}
    columns = [
        {
            "name": column.name,
            "dtype": column.dtype,
            "range": None
            if column.minimum is None or column.maximum is None
            else f"{number(column.minimum)} to {number(column.maximum)}",
            "missing": f"{column.missing:,}" if column.missing else None,
        }
        for column in signature.columns[:MAX_COLUMNS]
    ]
    classes = [cut(str(label), _WIDTH) for label in signature.classes or ()]
    return {"columns": columns, "total": len(signature.columns), "classes": classes[:MAX_COLUMNS]}


def attachments_of(item: ModelMetadata, can_preview: Any) -> list[dict[str, Any]]:
    """Return the attachments, by name."""
    found = []
    for name in sorted(item.attachments):
        artifact = item.attachments[name]
        kind, form = kind_and_format(artifact)
        found.append(
            {
                "name": name,
                "kind": kind,
                "format": form,
                "size": size(artifact.size_bytes),
                "file_name": artifact.file_name,
                "preview": can_preview(kind, form, artifact.size_bytes),
            }
        )
    return found


def plots_of(item: ModelMetadata) -> list[dict[str, str]]:
    """Return the plots of a version that do not load the model."""
    kinds = (KINDS[name] for name in plot_kinds(item))
    return [{"kind": kind.name, "title": kind.title} for kind in kinds if kind.reads != "model"]


def loads_of(item: ModelMetadata) -> dict[str, Any]:
    """Return whether the model loads with the packages of this process, and why not."""
    found = check_compatibility(item)
    return {"ok": found.status == "loads", "text": found.message}


def _short(section: str, name: Any, value: Any) -> str:
    return visible(cut(format_value(section, name, value), _WIDTH))
