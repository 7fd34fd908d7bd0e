"""The trials of a search as a table, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.records.trials import StoredSearch, StoredTrial
from exo_nbregistry.text.markup import Markup, count, html_table, paragraph, stack, text_table
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import cut, line_width, visible

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 10
_IN_SECTION = 5
_MAX_COLUMNS = 8
_CELL_WIDTH = 40
_TEXT_WIDTH = 100
# Columns of the frame that are not hyperparameters.
_OWN = ("number", "score", "spread", "rows", "error")


class Trials(Sequence[StoredTrial]):
    """Trials of a search, best first, then those without a score that can be compared.

    A notebook shows the best ten; `to_frame` returns all.

    Parameters
    ----------
    title : str
        Name of the version.
    search : StoredSearch
        The trials.

    Examples
    --------
    >>> stored = {"metric": "r2", "trials": [{"params": {"alpha": 1.0}, "mean": 0.5}]}
    >>> Trials("spectra:1", StoredSearch.of(stored))
    1 trial of spectra:1, best r2 first:
    number  alpha    r2
    ------  -----  ------
         1      1  0.5000
    """

    def __init__(self, title: str, search: StoredSearch) -> None:
        self.title = title
        self.search = search
        best = search.best
        ranked = {id(trial) for trial in best}
        self._items = (*best, *(trial for trial in search.trials if id(trial) not in ranked))
        self._n_best = len(best)

    @overload
    def __getitem__(self, index: SupportsIndex) -> StoredTrial: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StoredTrial]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> StoredTrial | Sequence[StoredTrial]:
        """Return one trial, or a tuple of trials."""
        return self._items[index]

    def __len__(self) -> int:
        """Return the number of stored trials."""
        return len(self._items)

    def __repr__(self) -> str:
        """Return the best trials as a text table."""
        return self.to_text()

    def to_text(self, limit: int = _SHOWN) -> str:
        """Return the best trials as a text table, with notes on the others."""
        headers, rows = self._table(limit)
        table = text_table(headers, rows, width=line_width(_TEXT_WIDTH)) if rows else ""
        notes = map(visible, self._notes(limit))
        return "\n".join([visible(self.headline), *table.splitlines(), *notes])

    def to_html(self, limit: int = _SHOWN, *, compact: bool = False) -> Markup:
        """Return the best trials as HTML without scripts or style sheets; short if `compact`."""
        headers, rows = self._table(limit)
        table = [html_table(headers, rows, compact=compact)] if rows else []
        return stack([paragraph(self.headline), *table, *map(paragraph, self._notes(limit))])

    @html_unless_text
    def _repr_html_(self) -> str:
        return self.to_html()

    def section(self) -> tuple[str, Markup, str]:
        """Return the title, HTML and text of a section on the page of a version."""
        few = _IN_SECTION
        return f"Trials ({self.search.total})", self.to_html(few, compact=True), self.to_text(few)

    def to_frame(self) -> pd.DataFrame:
        """Return all trials as a DataFrame, with a column for each hyperparameter.

        Returns
        -------
        pandas.DataFrame of shape (n_trials, n_columns)
            ``number`` is the place in the search. Hyperparameters that a trial does not have are
            missing; one with the name of another column has the prefix ``params.``.
        """
        import pandas as pd

        metric = self.search.metric
        others = list(dict.fromkeys(name for trial in self for name in trial.others))
        taken, names = {*_OWN, metric, *others}, self.search.names
        rows = [
            {
                "number": trial.number,
                **{
                    f"params.{name}" if name in taken else name: trial.params[name]
                    for name in names
                    if name in trial.params
                },
                metric: trial.score,
                **_part("spread", trial.spread),
                **trial.others,
                **_part("rows", trial.rows or None),
                **_part("error", trial.error or None),
            }
            for trial in self
        ]
        return pd.DataFrame(rows)

    @property
    def headline(self) -> str:
        """One sentence: how many trials, and what ranks them."""
        lower = ", which is better lower" if self.search.minimize else ""
        metric = cut(self.search.metric, _CELL_WIDTH)
        return f"{count(self.search.total, 'trial')} of {self.title}, best {metric} first{lower}:"

    def _table(self, limit: int) -> tuple[list[str], list[list[Any]]]:
        best = self._items[: min(limit, self._n_best)]
        names = self._columns()
        with_spread = any(trial.spread is not None for trial in best)
        rows: list[list[Any]] = [
            [
                trial.number,
                *(_cell(trial.params, name) for name in names),
                trial.score,
                *([trial.spread] if with_spread else []),
            ]
            for trial in best
        ]
        spread = ["spread"] if with_spread else []
        return ["number", *names, self.search.metric, *spread], rows

    def _columns(self) -> list[str]:
        """Return the hyperparameters of the table: those that vary, if there are many."""
        names = self.search.names
        varying = [n for n in names if len({repr(t.params.get(n)) for t in self.search.trials}) > 1]
        return (varying or names)[:_MAX_COLUMNS]

    def _notes(self, limit: int) -> list[str]:
        notes = []
        if (rest := self._n_best - limit) > 0:
            notes.append(f"… and {rest:,} more; registry.trials(...).to_frame() returns all.")
        if omitted := self.search.omitted:
            notes.append(f"Omitted: {', '.join(f'{n:,} {why}' for why, n in omitted.items())}.")
        shown = set(self._columns())
        if hidden := [name for name in self.search.names if name not in shown]:
            notes.append(f"Not in this table: {name_list(hidden)}.")
        return notes


def _part(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {name: value}


def _cell(params: Mapping[str, Any], name: str) -> Any:
    """Return a hyperparameter as a cell: a float with four digits, or a short text."""
    if name not in params:
        return None
    value = params[name]
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if type(value) is int else cut(str(value), _CELL_WIDTH)
