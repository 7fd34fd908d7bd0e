"""What is told of one version, part by part: each section once as HTML and once as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.introspection.compatibility import check_compatibility
from exo_nbregistry.panels.base import code_block
from exo_nbregistry.records.fields import Artifact
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.markup import (
    MISSING,
    Markup,
    badge,
    count,
    details,
    escape,
    hover,
    html_table,
    paragraph,
    preformatted,
    size,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import cut, line_width, visible
from exo_nbregistry.views.facts import facts_of, format_value
from exo_nbregistry.views.version_card import about_of, instant, limited

_TEXT_WIDTH = 100
_CELL_WIDTH = 200
_MAX_ROWS = 100
_OPEN_ROWS = 12  # a longer table opens by a click, so that the next one is in sight
_SHORT = 12  # digits of a digest that people compare by eye
_ABREAST = "display:flex;flex-flow:row wrap;align-items:flex-start;gap:0 40px"
_COLUMNS = ("column", "dtype", "minimum", "maximum", "missing")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled piece of what is told, in both forms."""

    title: str
    page: Markup
    text: str
    opened: bool = True
    code: str = ""

    def html(self, *, live: bool = False) -> Markup:
        """Return it as HTML that opens and closes by a click; live, a click selects its code."""
        page = code_block(self.code) if live and self.code else self.page
        return details(self.title, page, opened=self.opened)


class Short(str):
    """A digest as people compare it; a pointer that rests on it shows all of it."""

    __slots__ = ("full",)
    full: str

    def __new__(cls, full: str) -> Short:
        """Keep the beginning, and the whole beside it."""
        short = super().__new__(cls, full[:_SHORT])
        short.full = full
        return short


def title_html(item: ModelMetadata) -> Markup:
    """Return the version's name with its aliases and status."""
    labels = "".join(map(badge, _labels(item)))
    return paragraph(Markup(f"<strong>{escape(item.model_id)}</strong> {labels}"))


def title_text(item: ModelMetadata) -> str:
    """Return the version's name with its aliases and status."""
    return visible(" ".join([item.model_id, *(f"[{label}]" for label in _labels(item))]))


def overview(registry: Any, item: ModelMetadata) -> list[Section]:
    """Tell what a version is, how good, of what, and whether it may be loaded here."""
    facts = facts_of(item)
    about = [row for row in about_of(item) if row[0] not in ("by", "parent", "signer")]
    parameters = [
        [str(name), cut(format_value("hyperparameters", name, value), _CELL_WIDTH)]
        for name, value in facts["hyperparameters"].items()
    ]
    data = [
        [
            name,
            Short(value)
            if name == "sha256"
            else cut(format_value("data", name, value), _CELL_WIDTH),
        ]
        for name, value in facts["data"].items()
        if name not in ("column_order", "classes")
    ]
    metrics = [
        [str(name), format_value("metrics", name, v)] for name, v in facts["metrics"].items()
    ]
    sections = [
        _pairs("About", about),
        _pairs(f"Metrics ({len(metrics)})", metrics, align="lr"),
        _pairs(f"Parameters ({len(parameters)})", parameters),
        _signature(item),
        _pairs("Data", data),
        _environment(item),
        _artifact(item.artifact, registry.signer_status(item.model_id), item.model_id),
    ]
    return [section for section in sections if section]


def provenance(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Tell which code made a version, who ran it, and where."""
    made = item.provenance
    dirty = {True: "with changes that are not committed", False: "as committed"}
    rows: list[list[Any]] = [
        ["registered", instant(item.created_at)],
        ["notebook", made.notebook],
        ["cell", made.cell_number],
        ["git commit", made.git_commit and Short(made.git_commit)],
        ["working tree", None if made.git_dirty is None else dirty[made.git_dirty]],
        ["user", made.user],
        ["host", made.host],
        ["parent", item.parent],
    ]
    sections = [_pairs("Made by", [row for row in rows if row[1] is not None])]
    if made.cell_source:
        sections.append(_code("Source of the cell", made.cell_source.expandtabs(4).splitlines()))
    return [section for section in sections if section]


def history(registry: Any, item: ModelMetadata) -> list[Section]:
    """Tell what happened to a version, and which aliases came and went."""
    events = registry.history(item.model_name, version=item.version)
    title = f"History ({count(len(events), 'event')})"
    return [Section(title, Markup(events.to_html()), repr(events))]


def notes(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Tell what others wrote about a version, in full."""
    if not item.notes:
        return [_words("Notes", "Nobody has written a note about this version yet.")]
    return [
        _words(
            f"{instant(note.created_at)}, {note.author}",
            *note.text.replace("\r\n", "\n").split("\n"),
        )
        for note in reversed(item.notes)
    ]


def loading(_registry: Any, item: ModelMetadata) -> list[Section]:
    """Tell the lines of Python that load a version."""
    option = (
        ", allow_version_mismatch=True" if check_compatibility(item).status == "mismatch" else ""
    )
    if item.status == PURGED:
        return [_words("Purged", "Its record stays; its model is gone, and nothing loads it.")]
    if item.status == DELETED:
        return [
            _code("Deleted: this brings it back", [f"registry.restore_model({item.model_id!r})"])
        ]
    refs = {f"Whichever version is {alias}": f"{item.model_name}@{alias}" for alias in item.aliases}
    refs["This version"] = item.model_id
    return [
        _code(title, [f"model, metadata = registry.load_model({ref!r}{option})"])
        for title, ref in refs.items()
    ]


def sections_html(sections: Sequence[Section], *, live: bool = False) -> Markup:
    """Return sections one below the other, or live side by side where there is room."""
    parts = [section.html(live=live) for section in sections]
    return Markup(f'<div style="{_ABREAST}">{"".join(parts)}</div>') if live else stack(parts)


def sections_text(sections: Sequence[Section]) -> str:
    """Return sections one below the other, each under its title."""
    return "\n".join(f"\n{visible(section.title)}\n{section.text}" for section in sections)


def _labels(item: ModelMetadata) -> list[str]:
    return [*item.aliases, *([item.status] if item.status != ACTIVE else [])]


def _pairs(title: str, rows: Sequence[Sequence[Any]], align: str = "ll") -> Section | None:
    if not rows:
        return None
    few = limited([list(row) for row in rows])
    return _table(title, (), few, align)


def _table(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], align: str
) -> Section:
    cells = [[hover(c, c.full) if isinstance(c, Short) else c for c in row] for row in rows]
    text = text_table(
        headers or ("", ""), rows, align=align, width=line_width(_TEXT_WIDTH)
    ).splitlines()
    told = text if headers else text[2:]
    return Section(
        title,
        html_table(headers, cells, align=align),
        "\n".join(line.rstrip() for line in told),
        opened=len(rows) <= _OPEN_ROWS,
    )


def _words(title: str, *paragraphs: str) -> Section:
    return Section(title, stack(map(paragraph, paragraphs)), "\n".join(map(visible, paragraphs)))


def _code(title: str, lines: Sequence[str]) -> Section:
    text = "\n".join(map(visible, lines))
    return Section(title, preformatted(lines), text, code=text)


def _signature(item: ModelMetadata) -> Section | None:
    signature = item.signature
    if signature is None:
        columns = item.feature_columns
        return _pairs(f"Columns ({len(columns)})", [[name, "column"] for name in columns])
    rows: list[list[Any]] = [
        [column.name, column.dtype, column.minimum, column.maximum, column.missing]
        for column in signature.columns[:_MAX_ROWS]
    ]
    rest = len(signature.columns) - _MAX_ROWS
    if rest > 0:
        rows.append(["…", f"and {rest} more", None, None, None])
    told = _table(f"Columns ({len(signature.columns)})", _COLUMNS, rows, "llrrr")
    if signature.classes is None:
        return told
    classes = "Classes: " + ", ".join(map(str, signature.classes))
    return Section(
        told.title,
        stack([told.page, paragraph(classes)]),
        f"{told.text}\n{visible(classes)}",
        told.opened,
    )


def _environment(item: ModelMetadata) -> Section:
    verdict, made = check_compatibility(item), item.environment
    rows = [
        [name, made.packages[name], here or "not installed"]
        for name, here in verdict.installed.items()
    ]
    if not rows:
        return _words(f"Environment: {verdict.message}")
    table = _table("", ("package", "made with", "here"), rows, "lll")
    where = f"Made with Python {made.python or MISSING} on {made.platform or MISSING}."
    return Section(
        f"Environment: {verdict.message}",
        stack([paragraph(where), table.page]),
        f"{visible(where)}\n{table.text}",
        opened=verdict.status != "loads",
    )


def _artifact(artifact: Artifact | None, verdict: SignerStatus, ref: str) -> Section:
    rows: list[list[Any]] = []
    if artifact is not None:
        rows += [
            ["format", artifact.format],
            ["size", size(artifact.size_bytes)],
            ["sha256", Short(artifact.sha256)],
        ]
    rows.append(["signed by", _signer(verdict)])
    told = _table("Stored model", (), rows, "ll")
    if verdict.status != "unknown":
        return told
    hint = f"If you know who that is, registry.trust_signer({ref!r}) trusts them."
    return Section(told.title, stack([told.page, paragraph(hint)]), f"{told.text}\n{visible(hint)}")


def _signer(verdict: SignerStatus) -> str:
    match verdict.status:
        case "own":
            return "you"
        case "trusted":
            return f"{verdict.name}, whom you trust ({verdict.signer})"
        case "unknown":
            return f"a stranger ({verdict.signer})"
        case "unsigned":
            return "nobody"
    return "nobody: its signature does not hold, so the record was changed"
