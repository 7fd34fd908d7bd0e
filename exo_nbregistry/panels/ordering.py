"""What the browser panel is sorted by, and which columns it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ipywidgets import Accordion, Dropdown, HBox, SelectMultiple, ToggleButton
from traitlets import Tuple, Unicode

from exo_nbregistry.panels.column import PLAIN, SORTABLE, expression, title
from exo_nbregistry.terminal import cut, visible

# A list of more than these is no help to anybody; by its name any field sorts and shows.
MOST_FIELDS = 400
_OF_MODELS = ("created_at", "model_name", "n_versions", "algorithm")
_GROUPS = {"metrics": "metric", "hyperparameters": "parameter", "tags": "tag"}


def options(names: Iterable[str], fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return fields by what a list of them calls them, each once.

    Parameters
    ----------
    names : iterable of str
        Those that every version has.
    fields : mapping of str to sequence of str
        The names in each group, such as ``metrics``.

    Examples
    --------
    >>> options(["created_at"], {"metrics": ["auc"], "tags": ["auc"]})
    {'registered': 'created_at', 'metric: auc': 'metrics.auc', 'tag: auc': 'tags.auc'}
    """
    found = {title(name): name for name in names}
    for group, label in _GROUPS.items():
        for name in fields.get(group, ())[:MOST_FIELDS]:
            text = cut(visible(f"{label}: {name}"), 60)
            found.setdefault(text, f"{group}.{name}")
    return found


class Ordering(HBox):
    """A list of all that can be sorted by, and the direction.

    Attributes
    ----------
    order_by : str
        As `ModelRegistry.list_models` takes it: ``-`` before a field means descending.
    """

    order_by = Unicode(help="A field, with '-' before it for descending.")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._field = Dropdown(
            description="Sort by", layout={"width": "260px"}, style={"description_width": "auto"}
        )
        self._down = ToggleButton(
            description="Ascending",
            tooltip="Press for largest, latest or last first",
            layout={"width": "auto"},
        )
        self._drawing = False
        super().__init__([self._field, self._down])
        self._field.observe(self._choose, "value")
        self._down.observe(self._choose, "value")
        self.observe(self._draw, "order_by")

    def offer(self, fields: Mapping[str, Sequence[str]], *, models: bool) -> None:
        """Offer all that is known to sort by."""
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


class Chooser(Accordion):
    """Which columns are shown; closed until somebody opens it.

    Attributes
    ----------
    columns : tuple of str
        Their names; none stands for those that suit.
    """

    columns = Tuple(help="The columns; none stands for those that suit.")

    def __init__(self) -> None:
        self._list = SelectMultiple(
            description="Columns",
            rows=8,
            tooltip="Hold Ctrl or Shift for several; none stands for those that suit",
            layout={"width": "360px"},
        )
        self._drawing = False
        super().__init__([self._list], titles=["Columns"], selected_index=None)
        self._list.observe(self._choose, "value")
        self.observe(self._draw, "columns")

    def offer(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Offer all that is known."""
        known = options(PLAIN, fields)
        self._drawing = True
        self._list.value = ()
        self._list.options = list(known.items())
        self._drawing = False
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        known = {name for _, name in self._list.options}
        self._drawing = True
        more = [(cut(visible(name), 60), name) for name in self.columns if name not in known]
        if more:
            self._list.options = [*self._list.options, *more]
        self._list.value = tuple(name for _, name in self._list.options if name in self.columns)
        self._drawing = False

    def _choose(self, change: Any) -> None:
        if not self._drawing:
            kept = [name for name in self.columns if name in change["new"]]
            self.columns = (*kept, *(name for name in change["new"] if name not in kept))
