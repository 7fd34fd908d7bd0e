"""Text of listings, comparisons and versions for the terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from exo_nbregistry.cli.table import pairs, table, terminal_width
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.text.markup import size
from exo_nbregistry.text.names import name_list
from exo_nbregistry.views.attachment_rows import ATTACHMENTS, attachment_rows
from exo_nbregistry.views.columns import columns_of, format_tags, table_rows
from exo_nbregistry.views.facts import (
    ABSENT,
    RESULTS,
    TRAINING,
    facts_of,
    format_value,
    split_classes,
)
from exo_nbregistry.views.hidden_rows import omitted_sentence
from exo_nbregistry.views.later_metrics import TITLE, series_rows
from exo_nbregistry.views.metric_rows import difference_sentences, is_alike, row_texts, row_title
from exo_nbregistry.views.model_table import HEADERS, Summaries
from exo_nbregistry.views.trust_needed import trust_needed
from exo_nbregistry.views.version_column import TERMINAL

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.views.comparison import Comparison
    from exo_nbregistry.views.listing import Listing


_MAX_FEATURES = 50


def view_folded(folded: Summaries | Listing) -> str:
    """Return a table of models, or of versions with the numbers of their children.

    Parameters
    ----------
    folded : Summaries or Listing
        Result of `Listing.folded`.

    Returns
    -------
    str
        Lines without a final newline.
    """
    if isinstance(folded, Summaries):
        return table(HEADERS, folded.rows(), width=terminal_width())
    return view_listing(folded, folded.children)


def view_listing(
    versions: Sequence[ModelMetadata], children: Mapping[str, int] | None = None
) -> str:
    """Return a table of versions without empty columns.

    Parameters
    ----------
    versions : sequence of ModelMetadata
        One or more versions.
    children : mapping of str to int, optional
        Number of children by model ID, of versions whose children are not listed.

    Returns
    -------
    str
        Lines without a final newline.
    """
    columns = columns_of(versions, TERMINAL, children)
    rows = table_rows(columns, versions)
    return table([column.title for column in columns], rows, width=terminal_width())


def view_comparison(comparison: Comparison) -> str:
    """Return the differences, one table per section, with a star at the best metrics.

    Parameters
    ----------
    comparison : Comparison
        Two or more versions.

    Returns
    -------
    str
        Lines without a final newline.
    """
    shown, width = comparison.shown, terminal_width()
    if not comparison.differences and not comparison.show_all:
        ids = name_list(comparison.names, separator=" and ")
        return f"No differences between {ids}; --all shows identical rows."
    blocks = [
        table(
            [section, *_heads(comparison, width)],
            [
                [
                    row_title(section, name, comparison.items),
                    *_values(comparison, section, name, facts[name]),
                ]
                for name in facts
            ],
            width=width,
        )
        for section, facts in shown.items()
    ]
    sentences: list[str] = []
    if not comparison.show_all:
        sentences += [
            omitted_sentence(n, f"more {kind}", why, "compare --all")
            for (kind, why), n in Counter(comparison.hidden.values()).items()
        ]
    sentences += difference_sentences(shown.get("metrics", ()), comparison.items)
    blocks += [sentence if width is None else fill(sentence, width) for sentence in sentences]
    return "\n\n".join(blocks)


def _heads(comparison: Comparison, width: int | None) -> Sequence[str]:
    """Return the model IDs, or only the version numbers if the IDs do not fit."""
    fields = [len(str(name)) for facts in comparison.shown.values() for name in facts]
    needed = max(fields, default=0) + sum(2 + len(name) for name in comparison.names)
    one_model = len({item.model_name for item in comparison.items}) == 1
    if one_model and width is not None and needed > width:
        return [f":{item.version}" for item in comparison.items]
    return comparison.names


def _values(
    comparison: Comparison, section: str, name: Any, values: Mapping[str, Any]
) -> list[str]:
    items = comparison.items
    known = [values.get(item.model_id, ABSENT) for item in items]
    cells = row_texts(section, name, items, known)
    higher = comparison.directions(name) if section == "metrics" else None
    if higher is None or not is_alike(name, items):
        return cells
    measured = {value for value in values.values() if math.isfinite(value)}
    if not measured or len({*values.values()}) < 2:
        return cells
    best = max(measured) if higher else min(measured)
    return [
        f"{cell} *" if values.get(ref) == best else cell
        for ref, cell in zip(comparison.ids, cells, strict=True)
    ]


def view_version(version: ModelMetadata) -> str:
    """Return the metadata of a version in sections.

    Parameters
    ----------
    version : ModelMetadata
        The version.

    Returns
    -------
    str
        Lines without a final newline.
    """
    facts = split_classes(facts_of(version))
    sections: dict[str, Iterable[tuple[str, object]]] = {
        "": [
            ("model", version.display_id),
            ("status", None if version.status == "active" else version.status),
            ("aliases", " ".join(version.aliases)),
            ("tags", view_tags(version.tags)),
            ("algorithm", version.algorithm),
            ("description", version.description),
            ("created", f"{view_instant(version.created_at)} UTC"),
            ("parent", version.parent),
        ],
        "metrics": _metrics(version, facts["metrics"]),
        "metrics by class": _metrics(version, facts["metrics by class"]),
        "scoring": facts["scoring"].items(),
        TITLE: [
            (name.removesuffix(" UTC"), value) for name, value in series_rows(version.later_metrics)
        ],
        RESULTS: _passed(RESULTS, facts),
        "data": _data(version),
        TRAINING: _passed(TRAINING, facts),
        "hyperparameters": facts["hyperparameters"].items(),
        "origin": _origin(version),
        "stored": _stored(version),
        ATTACHMENTS: [(name, content) for name, content in attachment_rows(version)],
        "notes": [
            (view_instant(note.created_at), f"{note.author}: {note.text}") for note in version.notes
        ],
    }
    width = terminal_width()
    blocks = {head: pairs(list(rows), width=width) for head, rows in sections.items()}
    return "\n\n".join(
        f"{click.style(head, bold=True)}\n{block}" if head else block
        for head, block in blocks.items()
        if block
    )


def _passed(section: str, facts: Mapping[str, Mapping[Any, Any]]) -> list[tuple[str, object]]:
    return [
        (str(name), format_value(section, name, value)) for name, value in facts[section].items()
    ]


def _metrics(version: ModelMetadata, metrics: Mapping[Any, Any]) -> list[tuple[str, object]]:
    return [(metric_title(name, [version]), value) for name, value in metrics.items()]


def _data(version: ModelMetadata) -> list[tuple[str, object]]:
    return [
        ("dataset", version.training_dataset),
        ("training samples", version.training_samples),
        ("test samples", version.test_samples),
        ("classes", _joined(version.class_distribution)),
        ("features", name_list(version.feature_columns, limit=_MAX_FEATURES)),
        ("sha256", version.dataset.sha256 if version.dataset else None),
    ]


def _origin(version: ModelMetadata) -> list[tuple[str, object]]:
    made, environment = version.provenance, version.environment
    changed = " with changes" if made.git_dirty else ""
    imported = version.imported
    return [
        ("imported from", imported and imported.label),
        ("imported by" if imported else "user", made.user),
        ("host", made.host),
        ("notebook", made.notebook),
        ("cell", made.cell_number),
        ("commit", f"{made.git_commit}{changed}" if made.git_commit else None),
        ("python", environment.python),
        ("packages", _joined(environment.packages)),
        ("signer", version.signer or "unsigned"),
    ]


def _stored(version: ModelMetadata) -> list[tuple[str, object]]:
    artifact = version.artifact
    if artifact is None:
        return []
    return [
        ("format", artifact.format),
        ("size", size(artifact.size_bytes)),
        ("sha256", artifact.sha256),
        ("code", version.code and version.code.label),
        ("trust", trust_needed(version)),
    ]


def view_tags(tags: Mapping[str, Any]) -> str:
    """Return tags in the form of the tag command.

    Examples
    --------
    >>> view_tags({"reviewed": True, "team": "vetting"})
    'reviewed team=vetting'
    """
    return format_tags(tags, " ")


def view_instant(instant: datetime) -> str:
    """Return a UTC timestamp to the minute."""
    return f"{instant:%Y-%m-%d %H:%M}"


def _joined(facts: Mapping[Any, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
