"""What differs between model versions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.fact import ABSENT, SECTIONS, facts_of, foreign, same, source_diff, tell
from exo_nbregistry.markup import (
    Markup,
    coloured,
    details,
    escape,
    html_table,
    number,
    paragraph,
    preformatted,
    stack,
    text_table,
)
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.terminal import cut, visible

if TYPE_CHECKING:
    import pandas as pd

Directions = Callable[[str], bool | None]
Row = tuple[str, Any, tuple[Any, ...]]

_TEXT_WIDTH = 140
_CELL_WIDTH = 200
# Mid-tones that keep a contrast of 4:1 on white and on JupyterLab's dark background alike.
_COLOURS = {"better": "#388e3c", "worse": "#e53935", "+": "#388e3c", "-": "#e53935"}


def compare(
    items: Iterable[ModelMetadata], *, directions: Directions, show_all: bool = False
) -> Comparison:
    """Compare model versions with the first of them.

    Parameters
    ----------
    items : iterable of ModelMetadata
        The versions; one that is given twice counts once.
    directions : callable
        Takes a metric's name and tells whether higher is better; None if that is not known.
    show_all : bool
        Whether to show what is the same too.

    Returns
    -------
    Comparison
        What differs.

    Raises
    ------
    RegistryError
        If there are not two different versions.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> first, second = (
    ...     ModelMetadata(
    ...         model_id=f"kepler_rf:{n}",
    ...         model_name="kepler_rf",
    ...         version=n,
    ...         created_at=datetime(2026, 1, n, tzinfo=timezone.utc),
    ...         metrics={"f1_score": 0.8 + n / 100, "accuracy": 0.9},
    ...     )
    ...     for n in (1, 2)
    ... )
    >>> compare([first, second], directions={"f1_score": True}.get)
    section  field     kepler_rf:1            kepler_rf:2
    -------  --------  -----------  ---------------------
    metrics  f1_score       0.8100  0.8200 +0.0100 better
    1 fact is the same in all; .all() shows it.
    """
    distinct = tuple({item.model_id: item for item in items}.values())
    if len(distinct) < 2:
        given = f"only {distinct[0].model_id!r}" if distinct else "none"
        raise RegistryError(
            f"A comparison needs at least two different versions and was given {given}: name "
            "another one, such as compare_models(['my_model:1', 'my_model:2'])."
        )
    return Comparison(distinct, directions, show_all)


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Model versions side by side, each measured against the first; made by `compare`.

    Attributes
    ----------
    items : tuple of ModelMetadata
        The versions.
    directions : callable
        Tells of a metric's name whether higher is better; None if that is not known.
    show_all : bool
        Whether what is the same is shown too.
    """

    items: tuple[ModelMetadata, ...]
    directions: Directions = field(compare=False)
    show_all: bool = False

    def all(self) -> Comparison:
        """Return the same comparison that shows what is the same too."""
        return replace(self, show_all=True)

    @property
    def ids(self) -> tuple[str, ...]:
        """The canonical references, in order."""
        return tuple(item.model_id for item in self.items)

    @property
    def differences(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """What differs, as ``{section: {field: {model_id: value}}}``; missing values left out."""
        return self._by_section(self._rows(show_all=False))

    @property
    def shown(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """What the tables show, as `differences` has it.

        Hyperparameters that differ only because some of the algorithms do not have them are left
        out, and everything is in after `all`.
        """
        return self._by_section(self._shown_rows())

    def to_frame(self) -> pd.DataFrame:
        """Return what differs as a DataFrame, or after `all` every fact.

        Returns
        -------
        pandas.DataFrame of shape (n_facts, n_versions)
            Indexed by section and field; what a version does not have is NaN.
        """
        import pandas as pd

        rows = self._rows(self.show_all)
        index = pd.MultiIndex.from_arrays(
            [[row[0] for row in rows], [row[1] for row in rows]], names=["section", "field"]
        )
        columns = {
            key: [math.nan if row[2][i] is ABSENT else row[2][i] for row in rows]
            for i, key in enumerate(self.ids)
        }
        return pd.DataFrame(columns, index=index, dtype=object)

    def __repr__(self) -> str:
        """Return a text table, and the cell sources as unified diffs."""
        parts = [visible(sentence) for sentence in self._sentences()]
        rows = self._table()
        if rows:
            cells = [[cut(str(cell), _CELL_WIDTH) for cell in row] for row in rows]
            table = text_table(self._headers(), cells, align=self._align(), width=_TEXT_WIDTH)
            parts.insert(0, table)
        for diff in self._diffs().values():
            parts += ["", *map(visible, diff)]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        parts: list[object] = [paragraph(sentence) for sentence in self._sentences()]
        if rows := self._table():
            cells = [[_coloured(cell) for cell in row] for row in rows]
            parts.insert(0, html_table(self._headers(), cells, align=self._align()))
        for key, diff in self._diffs().items():
            lines = [
                coloured(line, _COLOURS[line[0]]) if i > 1 and line[0] in "+-" else line
                for i, line in enumerate(diff)
            ]
            parts.append(
                details(f"Cell source: {self.ids[0]} and {key}", preformatted(lines), opened=True)
            )
        return stack(parts)

    def _headers(self) -> list[str]:
        return ["section", "field", *self.ids]

    def _align(self) -> str:
        return "ll" + "r" * len(self.items)

    def _rows(self, show_all: bool) -> list[Row]:
        facts = [facts_of(item) for item in self.items]
        # Where columns came or went, the schema says so.
        reordered = len({frozenset(fact["schema"]) for fact in facts}) == 1
        rows: list[Row] = []
        for section in facts[0]:
            for name in dict.fromkeys(name for fact in facts for name in fact[section]):
                values = tuple(fact[section].get(name, ABSENT) for fact in facts)
                if name == "column_order" and section == "data" and not reordered:
                    continue
                if show_all or not all(same(values[0], value) for value in values[1:]):
                    rows.append((section, name, values))
        return rows

    def _shown_rows(self) -> list[Row]:
        rows = self._rows(self.show_all)
        algorithms = [item.algorithm for item in self.items]
        return [
            (section, name, values)
            for section, name, values in rows
            if self.show_all or section != "hyperparameters" or not foreign(algorithms, values)
        ]

    def _by_section(self, rows: Iterable[Row]) -> dict[str, dict[Any, dict[str, Any]]]:
        found: dict[str, dict[Any, dict[str, Any]]] = {}
        for section, name, values in rows:
            pairs = zip(self.ids, values, strict=True)
            known = {key: value for key, value in pairs if value is not ABSENT}
            found.setdefault(section, {})[name] = known
        return found

    def _table(self) -> list[list[Any]]:
        shown: list[list[Any]] = []
        before = None
        for section, name, values in self._shown_rows():
            first, *others = values
            cells: list[Any] = [tell(section, name, first)]
            cells += [self._against(section, name, first, value) for value in others]
            shown.append(["" if section == before else section, name, *cells])
            before = section
        return shown

    def _against(self, section: str, name: str, first: Any, value: Any) -> str | _Change:
        text = tell(section, name, value)
        if section == "metrics":
            return _delta(text, first, value, self.directions(name))
        if section == "schema" and not same(first, value):
            if first is ABSENT:
                return f"{text} added"
            return "removed" if value is ABSENT else f"{text} retyped"
        return text

    def _sentences(self) -> list[str]:
        differing = len(self._rows(show_all=False))
        if not differing:
            sections = f"{', '.join(SECTIONS[:-1])} or {SECTIONS[-1]}"
            names = ", ".join(self.ids[:-1]) + f" and {self.ids[-1]}"
            hint = "" if self.show_all else "; .all() shows what they share"
            return [f"{names} do not differ in {sections}{hint}."]
        if self.show_all:
            return []
        equal = len(self._rows(show_all=True)) - differing
        hidden = differing - len(self._shown_rows())
        return [
            *_left_out(hidden, "hyperparameter", "of some of the algorithms only"),
            *_left_out(equal, "fact", "the same in all"),
        ]

    def _diffs(self) -> dict[str, list[str]]:
        first = self.items[0]
        diffs = {item.model_id: source_diff(first, item) for item in self.items[1:]}
        return {key: lines for key, lines in diffs.items() if lines}


@dataclass(frozen=True, slots=True)
class _Change:
    """A metric's value, and how it compares with the first version's."""

    value: str
    delta: str
    verdict: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.value, self.delta, self.verdict)))


def _delta(text: str, first: Any, value: Any, higher: bool | None) -> str | _Change:
    if first is ABSENT or value is ABSENT or not math.isfinite(difference := value - first):
        return text
    if not difference:
        return _Change(text, "same")
    delta = ("+" if difference > 0 else "-") + number(abs(difference))
    if higher is None:
        return _Change(text, delta)
    return _Change(text, delta, "better" if (difference > 0) is higher else "worse")


def _coloured(cell: Any) -> Any:
    if not isinstance(cell, _Change):
        return cut(str(cell), _CELL_WIDTH)
    note = f"{cell.delta} {cell.verdict}".rstrip()
    told = coloured(note, _COLOURS[cell.verdict]) if cell.verdict else escape(note)
    return Markup(f"{escape(cell.value)} {told}")


def _left_out(count: int, what: str, why: str) -> list[str]:
    if count == 1:
        return [f"1 {what} is {why}; .all() shows it."]
    return [f"{count} {what}s are {why}; .all() shows them."] if count else []
