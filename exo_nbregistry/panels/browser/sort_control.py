"""Controls for the sort order and the columns of the browser panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ipywidgets import Dropdown, HBox, SelectMultiple, ToggleButton, VBox
from traitlets import Tuple, Unicode

from exo_nbregistry.panels.browser.column import PLAIN, SORTABLE, expression, title
from exo_nbregistry.text.terminal import cut, visible

# Longer lists are not useful. Any other field can be set by name from Python.
MAX_FIELDS = 400
_OF_MODELS = ("created_at", "model_name", "n_versions", "algorithm")
_GROUPS = {
    "metrics": "metric",
    "later_metrics": "later metric",
    "results": "result",
    "hyperparameters": "parameter",
    "training_info": "training info",
    "tags": "tag",
}


def options(names: Iterable[str], fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return fields by their label in a list, each once.

    Parameters
    ----------
    names : iterable of str
        Fields that all versions have.
    fields : mapping of str to sequence of str
        Names in each group, such as ``metrics``.

    Examples
    --------
    >>> options(["created_at"], {"metrics": ["auc"], "tags": ["auc"]})
    {'registered': 'created_at', 'metric: auc': 'metrics.auc', 'tag: auc': 'tags.auc'}
    """
    found = {title(name): name for name in names}
    for group, label in _GROUPS.items():
        for name in fields.get(group, ())[:MAX_FIELDS]:
            text = cut(visible(f"{label}: {name}"), 60)
            found.setdefault(text, f"{group}.{name}")
    return found


class SortControl(HBox):
    """A list of the sortable fields, and a button for the direction.

    Attributes
    ----------
    order_by : str
        Sort order, as in `ModelRegistry.list_models`: a field, with ``-`` before it for
        descending.
    """

    order_by = Unicode(help="A field, with '-' before it for descending.")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._field = Dropdown(
            description="Sort by",
            layout={"width": "auto", "max_width": "260px"},
            style={"description_width": "auto"},
        )
        self._down = ToggleButton(
            description="Ascending",
            tooltip="Sort descending",
            layout={"width": "auto", "flex": "0 0 auto"},
        )
        self._drawing = False
        super().__init__([self._field, self._down], layout={"max_width": "100%"})
        self._field.observe(self._choose, "value")
        self._down.observe(self._choose, "value")
        self.observe(self._draw, "order_by")

    def offer(self, fields: Mapping[str, Sequence[str]], *, models: bool) -> None:
        """Update the list of sortable fields."""
        names = options(_OF_MODELS if models else SORTABLE, fields)
        self._known = {text: expression(name) for text, name in names.items()}
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        field = self.order_by.removeprefix("-")
        known = dict(self._known)
        if field not in known.values():
            known[cut(visible(field), 60) or "name"] = field
        self._drawing = True
        if dict(self._field.options or ()) != known:
            self._field.options = list(known.items())
        self._field.value = field
        self._down.value = self.order_by.startswith("-")
        self._down.description = "Descending ▼" if self._down.value else "Ascending ▲"
        self._drawing = False

    def _choose(self, _change: Any) -> None:
        if not self._drawing:
            self.order_by = f"{'-' if self._down.value else ''}{self._field.value}"


class ColumnChooser(VBox):
    """A list of columns to show, and a button that opens it.

    Attributes
    ----------
    columns : tuple of str
        Column names. If empty, suitable columns are chosen.
    switch : ToggleButton
        Button that opens the list. The panel places it.
    """

    columns = Tuple(help="Column names. If empty, suitable columns are chosen.")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._default_columns: tuple[str, ...] = ()
        self.switch = ToggleButton(
            description="Columns", tooltip="Choose the columns", layout={"width": "auto"}
        )
        self._list = SelectMultiple(
            description="Show",
            rows=8,
            tooltip="Hold Ctrl or Shift to select several; select none for the default columns",
            style={"description_width": "auto"},
            layout={"width": "auto", "max_width": "360px"},
        )
        self._drawing = False
        super().__init__([self._list], layout={"display": "none"})
        self.switch.observe(self._open, "value")
        self._list.observe(self._choose, "value")
        self.observe(self._draw, "columns")

    def offer(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Update the list of columns."""
        self._known = {name: text for text, name in options(PLAIN, fields).items()}
        self._draw()

    def set_default_columns(self, columns: Sequence[str]) -> None:
        """Set the columns that are shown if none is selected."""
        self._default_columns = tuple(columns)
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        shown = self.columns or self._default_columns
        unknown = {name: cut(visible(name), 60) for name in shown if name not in self._known}
        known = [(text, name) for name, text in (self._known | unknown).items()]
        self._drawing = True
        if list(self._list.options) != known:
            self._list.value = ()
            self._list.options = known
        self._list.value = tuple(name for _, name in known if name in shown)
        self._drawing = False

    def _open(self, _change: Any) -> None:
        self.layout.display = None if self.switch.value else "none"

    def _choose(self, change: Any) -> None:
        if not self._drawing:
            before = self.columns or self._default_columns
            kept = [name for name in before if name in change["new"]]
            self.columns = (*kept, *(name for name in change["new"] if name not in kept))
