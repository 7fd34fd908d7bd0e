"""Change of a fact between two versions, in words and color."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.text.markup import Markup, coloured, count, escape, number
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


def format_change(
    section: str, name: Any, first: Any, value: Any, directions: Directions
) -> str | Change:
    """Return the formatted value of a fact, with its change from the first version.

    Parameters
    ----------
    section, name : str
        Section and name of the fact.
    first, value : object
        Values of the first version and of the other one; `ABSENT` if the fact is missing.
    directions : callable
        Takes the name of a metric and returns whether higher is better; None if unknown.

    Returns
    -------
    str or Change
        A `Change` if the fact is a metric of both versions.

    Examples
    --------
    >>> str(format_change("metrics", "log_loss", 0.3, 0.2, {"log_loss": False}.get))
    '0.2000 -0.1000 better'
    >>> format_change("schema", "koi_depth", "float64", "float32", {}.get)
    'float32 retyped'
    """
    text = format_value(section, name, value)
    if section == "metrics":
        return _delta(text, first, value, directions(name))
    if section == "schema" and not same(first, value):
        columns = f"{count(name.size, 'column')} " if isinstance(name, ColumnGroup) else ""
        if first is ABSENT:
            return f"{columns or f'{text} '}added"
        if value is ABSENT:
            return f"{columns}removed"
        return f"{text}, {columns}retyped" if columns else f"{text} retyped"
    return text


def _delta(text: str, first: Any, value: Any, higher: bool | None) -> str | Change:
    if first is ABSENT or value is ABSENT or not math.isfinite(difference := value - first):
        return text
    if not difference:
        return Change(text, "same")
    delta = ("+" if difference > 0 else "-") + number(abs(difference))
    if higher is None:
        return Change(text, delta)
    return Change(text, delta, "better" if (difference > 0) is higher else "worse")
