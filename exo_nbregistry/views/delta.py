"""How a fact of one version compares with the same fact of another, in words and in colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.text.markup import Markup, coloured, escape, number
from exo_nbregistry.views.facts import ABSENT, format_value, same

Directions = Callable[[str], bool | None]

# Mid-tones that keep a contrast of 4:1 on white and on JupyterLab's dark background alike.
# Behind the page's own text: no one colour of text has a contrast of 4.5 to 1 on a light and on a
# dark page.
_GREEN, _RED = "rgba(56, 142, 60, 0.25)", "rgba(229, 57, 53, 0.25)"
COLOURS = {"better": _GREEN, "worse": _RED, "+": _GREEN, "-": _RED}


@dataclass(frozen=True, slots=True)
class Change:
    """A metric's value, and how it compares with another version's.

    Attributes
    ----------
    value : str
        The value as people read it.
    delta : str
        The signed difference, or ``same``.
    verdict : str
        ``better`` or ``worse``; empty where nobody knows.
    """

    value: str
    delta: str
    verdict: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.value, self.delta, self.verdict)))

    def to_html(self) -> Markup:
        """Return the same words, the verdict in its colour."""
        note = f"{self.delta} {self.verdict}".rstrip()
        told = coloured(note, COLOURS[self.verdict]) if self.verdict else escape(note)
        return Markup(f"{escape(self.value)} {told}")


def format_change(
    section: str, name: Any, first: Any, value: Any, directions: Directions
) -> str | Change:
    """Return a fact's value as people read it, with what became of the first one's.

    Parameters
    ----------
    section, name : str
        Which fact.
    first, value : object
        The values of the version that is compared with, and of the one that is compared;
        `ABSENT` where a version does not have the fact.
    directions : callable
        Takes a metric's name and tells whether higher is better; None if that is not known.

    Returns
    -------
    str or Change
        A `Change` for metrics that both versions have.

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
        if first is ABSENT:
            return f"{text} added"
        return "removed" if value is ABSENT else f"{text} retyped"
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
