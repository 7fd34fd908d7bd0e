"""Change of a fact between two versions, in words and color."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.text.markup import Markup, coloured, count, escape
from exo_nbregistry.text.numbers import aligned_changes
from exo_nbregistry.views.column_groups import ColumnGroup
from exo_nbregistry.views.facts import ABSENT, format_value, same

Directions = Callable[[str], bool | None]

# Backgrounds of the page's own text: no single text color has a contrast of 4.5:1 on light and on
# dark pages.
_GREEN, _RED = "rgba(56, 142, 60, 0.25)", "rgba(229, 57, 53, 0.25)"
COLOURS = {"better": _GREEN, "worse": _RED, "+": _GREEN, "-": _RED}


@dataclass(frozen=True, slots=True)
class Change:
    """A metric with its change from another version.

    Attributes
    ----------
    value : str
        Formatted value.
    delta : str
        Signed difference, or ``same``.
    verdict : str
        ``better`` or ``worse``; empty if the direction is unknown.
    """

    value: str
    delta: str
    verdict: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.value, self.delta, self.verdict)))

    def to_html(self) -> Markup:
        """Return the text as HTML, with the verdict in color."""
        note = f"{self.delta} {self.verdict}".rstrip()
        changed = coloured(note, COLOURS[self.verdict]) if self.verdict else escape(note)
        return Markup(f"{escape(self.value)} {changed}")


def metric_cells(
    values: Sequence[Any], higher_is_better: bool | None, comparable: Sequence[bool]
) -> list[str | Change]:
    """Return the cells of a metric, with equal decimals and the changes from the first version.

    Parameters
    ----------
    values : sequence
        Value in each version, or `ABSENT`.
    higher_is_better : bool or None
        Direction of the metric; None if unknown.
    comparable : sequence of bool
        Whether each version can be compared with the first.

    Returns
    -------
    list of str or Change
        A `Change` if both versions have the metric and can be compared.

    Examples
    --------
    >>> [str(cell) for cell in metric_cells([0.3, 0.2, ABSENT], False, [True] * 3)]
    ['0.3000', '0.2000 -0.1000 better', '-']
    """
    numbers = [None if value is ABSENT else value for value in values]
    texts, changes = aligned_changes(numbers)
    cells: list[str | Change] = [texts[0]]
    others = list(zip(values, texts, changes, comparable, strict=True))[1:]
    for value, text, change, is_comparable in others:
        has_change = is_comparable and change != ""
        verdict = _verdict(values[0], value, higher_is_better) if has_change else ""
        cells.append(Change(text, change, verdict) if has_change else text)
    return cells


def _verdict(first: float, value: float, higher_is_better: bool | None) -> str:
    if higher_is_better is None or value == first:
        return ""
    return "better" if (value > first) is higher_is_better else "worse"


def format_change(section: str, name: Any, first: Any, value: Any) -> str:
    """Return the formatted value of a fact other than a metric, with its change from the first.

    Parameters
    ----------
    section, name : str
        Section and name of the fact.
    first, value : object
        Values of the first version and of the other one; `ABSENT` if the fact is missing.

    Examples
    --------
    >>> format_change("schema", "koi_depth", "float64", "float32")
    'float32 retyped'
    """
    text = format_value(section, name, value)
    if section == "schema" and not same(first, value):
        columns = f"{count(name.size, 'column')} " if isinstance(name, ColumnGroup) else ""
        if first is ABSENT:
            return f"{columns or f'{text} '}added"
        if value is ABSENT:
            return f"{columns}removed"
        return f"{text}, {columns}retyped" if columns else f"{text} retyped"
    return text
