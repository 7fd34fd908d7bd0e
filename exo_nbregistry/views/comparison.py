"""Comparison of model versions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import Displayed, html_unless_text
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import (
    coloured,
    details,
    html_table,
    paragraph,
    preformatted,
    stack,
    text_table,
)
from exo_nbregistry.text.names import MAX_NAMES, name_list
from exo_nbregistry.text.terminal import cut, line_width, visible
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.views.column_groups import Row, group_columns
from exo_nbregistry.views.delta import COLOURS, Change, Directions
from exo_nbregistry.views.facts import ABSENT, SECTIONS, facts_of, row_values, same, source_diff
from exo_nbregistry.views.hidden_rows import hidden_rows, omitted_sentence
from exo_nbregistry.views.metric_rows import difference_sentences, row_cells, row_title
from exo_nbregistry.views.parameter_alignment import align_parameters

if TYPE_CHECKING:
    import pandas as pd

_TEXT_WIDTH = 140
_CELL_WIDTH = 200
_MAX_ROWS = 200
# Width of most labels, and of most versions: "0.8200 +0.0100 better" and a gap.
_LABELS_WIDTH = 44
_VERSION_WIDTH = 23


def compare(
    items: Iterable[ModelMetadata], *, directions: Directions, show_all: bool = False
) -> Comparison:
    """Compare model versions with the first of them.

    Parameters
    ----------
    items : iterable of ModelMetadata
        The versions; duplicates are ignored.
    directions : callable
        Takes the name of a metric and returns whether higher is better; None if unknown.
    show_all : bool
        Whether to show identical rows.

    Returns
    -------
    Comparison
        Differences from the first version.

    Raises
    ------
    RegistryError
        If there are fewer than two different versions.

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
    1 fact is identical; all() shows it.
    """
    distinct = tuple({item.model_id: item for item in items}.values())
    if len(distinct) < 2:
        given = repr(distinct[0].model_id) if distinct else "none"
        raise RegistryError(
            f"A comparison requires at least two different versions, got {given}. Add another one, "
            "such as compare_models(['my_model:1', 'my_model:2'])."
        )
    return Comparison(distinct, directions, show_all)


@immutable
@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Displayed):
    """Model versions side by side, each compared with the first; returned by `compare`.

    Attributes
    ----------
    items : tuple of ModelMetadata
        The versions.
    directions : callable
        Takes the name of a metric and returns whether higher is better; None if unknown.
    show_all : bool
        Whether identical rows are shown.
    """

    items: tuple[ModelMetadata, ...]
    directions: Directions = field(compare=False)
    show_all: bool = False

    def all(self) -> Comparison:
        """Return the comparison with identical rows."""
        return replace(self, show_all=True)

    @property
    def ids(self) -> tuple[str, ...]:
        """Model IDs, in order."""
        return tuple(item.model_id for item in self.items)

    @property
    def names(self) -> tuple[str, ...]:
        """Model IDs with the letter case of the registered names, for display."""
        return tuple(item.display_id for item in self.items)

    @property
    def differences(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """Differences as ``{section: {field: {model_id: value}}}``, without missing values."""
        return self._by_section(self._rows(show_all=False))

    @property
    def shown(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """Displayed facts, in the form of `differences`.

        Unless `show_all`, the facts in `hidden` are omitted, and many columns that changed alike
        are one row.
        """
        return self._by_section(self._shown_rows())

    def to_frame(self) -> pd.DataFrame:
        """Return the differences as a DataFrame, or all facts if `show_all`.

        Returns
        -------
        pandas.DataFrame of shape (n_facts, n_versions)
            Indexed by section and field. Missing values are NaN.
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
        """Return text tables, and unified diffs of the cell sources."""
        tables = "\n\n".join(self._text_tables())
        parts = [*filter(None, [tables]), *map(visible, self._sentences())]
        for diff in self._diffs().values():
            parts += ["", *map(visible, diff)]
        return "\n".join(parts)

    def _text_tables(self) -> Iterator[str]:
        """Yield tables that fit a line: the first version, and some of the others."""
        width = line_width(_TEXT_WIDTH)
        rows = [[cut(str(cell), _CELL_WIDTH) for cell in row] for row in self._table()]
        for block in _blocks(len(self.items), width) if rows else ():
            headers, *cells = ([row[i] for i in block] for row in [self._headers(), *rows])
            align = "ll" + "r" * (len(block) - 2)
            yield text_table(headers, cells, align=align, width=width)

    def to_html(self, *, compact: bool = False) -> str:
        """Return the comparison as HTML without scripts or style sheets; short if `compact`."""
        parts: list[object] = [paragraph(sentence) for sentence in self._sentences()]
        if rows := self._table():
            cells = [list(map(_html_cell, row)) for row in rows]
            align = "ll" + "r" * len(self.items)
            parts.insert(0, html_table(self._headers(), cells, align=align, compact=compact))
        diffs = self._diffs()
        for key, diff in diffs.items():
            lines = [
                coloured(line, COLOURS[line[0]]) if i > 1 and line[0] in "+-" else line
                for i, line in enumerate(diff)
            ]
            title = f"Cell source: {self.names[0]} and {key}"
            # Several open diffs would move the next cell out of view.
            parts.append(details(title, preformatted(lines), opened=len(diffs) == 1))
        return stack(parts)

    _repr_html_ = html_unless_text(to_html)

    def _headers(self) -> list[str]:
        return ["section", "field", *self.names]

    def _rows(self, show_all: bool) -> list[Row]:
        aligned = zip(map(facts_of, self.items), align_parameters(self.items), strict=True)
        facts = [fact | {"hyperparameters": found.values} for fact, found in aligned]
        # Added and removed columns are in the schema.
        reordered = len({frozenset(fact["schema"]) for fact in facts}) == 1
        rows: list[Row] = []
        for section in facts[0]:
            for name in dict.fromkeys(name for fact in facts for name in fact[section]):
                values = row_values(facts, section, name)
                if name == "column_order" and section == "data" and not reordered:
                    continue
                if show_all or not all(same(values[0], value) for value in values[1:]):
                    rows.append((section, name, values))
        return rows

    def _shown_rows(self) -> list[Row]:
        rows = self._rows(self.show_all)
        if self.show_all:
            return rows
        hidden = self.hidden
        return group_columns(
            (section, name, values)
            for section, name, values in rows
            if (section, name) not in hidden
        )

    @property
    def n_identical(self) -> int:
        """Number of facts that are equal in all versions."""
        return len(self._rows(show_all=True)) - len(self._rows(show_all=False))

    @property
    def hidden(self) -> dict[tuple[str, Any], tuple[str, str]]:
        """Facts that differ but are omitted, by section and name: their kind and the reason.

        These are hyperparameters that only some of the algorithms have, or that are defaults of
        only some versions, and metrics of single classes if the mean over the classes is shown.
        """
        return hidden_rows(self.items, self._rows(show_all=False))

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
        for section, name, values in self._shown_rows()[:_MAX_ROWS]:
            cells = row_cells(section, name, self.items, values, self.directions)
            title = row_title(section, name, self.items)
            shown.append(["" if section == before else section, title, *cells])
            before = section
        return shown

    def _sentences(self) -> list[str]:
        differing = len(self._rows(show_all=False))
        if not differing:
            sections = f"{', '.join(SECTIONS[:-1])} or {SECTIONS[-1]}"
            names = name_list(self.names)
            if len(self.names) <= MAX_NAMES:
                names = f"{', '.join(self.names[:-1])} and {self.names[-1]}"
            hint = "" if self.show_all else "; all() shows identical facts"
            return [f"{names} do not differ in {sections}{hint}."]
        metrics = [name for section, name, _ in self._shown_rows() if section == "metrics"]
        unlike = difference_sentences(metrics, self.items)
        shown = len(self._shown_rows())
        rest = max(shown - _MAX_ROWS, 0)
        more = [*unlike, *([f"… and {rest} more; to_frame() returns all."] if rest else [])]
        if self.show_all:
            return more
        equal = self.n_identical
        reasons = Counter(self.hidden.values())
        hidden = [omitted_sentence(n, kind, why) for (kind, why), n in reasons.items()]
        return [*more, *hidden, *([omitted_sentence(equal, "fact", "identical")] if equal else [])]

    def _diffs(self) -> dict[str, list[str]]:
        first = self.items[0]
        diffs = {item.display_id: source_diff(first, item) for item in self.items[1:]}
        return {key: lines for key, lines in diffs.items() if lines}


def _html_cell(cell: Any) -> Any:
    return cell.to_html() if isinstance(cell, Change) else cut(str(cell), _CELL_WIDTH)


def _blocks(versions: int, room: int) -> Iterator[list[int]]:
    """Yield the columns of each text table: labels, the first version, some others."""
    columns = range(3, 2 + versions)
    size = max((room - _LABELS_WIDTH) // _VERSION_WIDTH - 1, 1)
    for start in range(0, len(columns), size):
        yield [0, 1, 2, *columns[start : start + size]]
