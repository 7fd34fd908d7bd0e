"""The state of a registry panel, as traits that Python and the page share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ipywidgets import DOMWidget
from ipywidgets.widgets.trait_types import TypedTuple
from traitlets import Bool, Enum, Int, TraitError, Unicode, validate

from exo_nbregistry.errors import QueryError, RegistryError
from exo_nbregistry.panels.base import StaticView, check_of_page
from exo_nbregistry.views.columns import COLUMNS
from exo_nbregistry.views.version_column import PANEL

VIEWS = ("versions", "models")
NEWEST = "-created_at"
MAX_ROWS = 100
STATE = (
    *("query", "view", "model_name", "order_by", "page"),
    *("columns", "show_deleted", "fold_children", "selected"),
)
_SEARCH = ("query", "model_name", "view", "order_by", "show_deleted", "fold_children")
_PLAIN = tuple(
    dict.fromkeys(["trend", *(n for n, column in COLUMNS.items() if PANEL in column.shown_in)])
)
_GROUPS = ("metrics", "hyperparameters", "tags", "results", "training_info", "later_metrics")


class RegistryState(StaticView, DOMWidget):
    """The state of a registry panel.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    **traits
        Initial values.
    """

    query = Unicode(help="Search text or filter.").tag(sync=True)
    model_name = Unicode(help="If not empty, only versions of this model are shown.").tag(sync=True)
    view = Enum(VIEWS, "versions", help="One row for each version, or for each model.").tag(
        sync=True
    )
    order_by = Unicode(NEWEST, help="A field, with '-' before it for descending.").tag(sync=True)
    page = Int(1, help="Number of the page, from 1.").tag(sync=True)
    columns = TypedTuple(Unicode(), help="Column names. If empty, suitable ones.").tag(sync=True)
    show_deleted = Bool(help="Whether deleted and purged versions are shown.").tag(sync=True)
    fold_children = Bool(True, help="Whether children are folded under their parent.").tag(
        sync=True
    )
    selected = TypedTuple(Unicode(), help="References of the selected versions, in order.").tag(
        sync=True
    )

    def __init__(self, registry: Any, **traits: Any) -> None:
        self._registry = registry
        self._follows_page = False
        super().__init__(**traits)
        self.observe(self._reset_page, list(_SEARCH))

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Apply changes of the page. A value that is not valid is replaced by the current one."""
        valid, refused = {}, []
        for name, value in sync_data.items() if isinstance(sync_data, Mapping) else ():
            if name not in STATE:
                continue
            try:
                valid[name] = self._checked(name, value)
            except (TraitError, RegistryError, OSError):
                refused.append(name)
        with self._following_page():
            super().set_state(valid)
        if refused:
            self.send_state(refused)

    def _checked(self, name: str, value: Any) -> Any:
        check_of_page(name, value)
        return self.traits()[name]._validate(self, value)

    @contextmanager
    def _following_page(self) -> Iterator[None]:
        """Keep the page that the front end sends together with its search."""
        before, self._follows_page = self._follows_page, True
        try:
            yield
        finally:
            self._follows_page = before

    def _reset_page(self, _change: Any) -> None:
        if not self._follows_page:
            self.page = 1

    @validate("selected")
    def _canonical(self, proposal: Any) -> tuple[str, ...]:
        """Return canonical references; an unknown version raises an error."""
        known = set(self.selected)
        refs = (
            ref if ref in known else self._registry.get_metadata(ref).model_id
            for ref in proposal["value"]
        )
        return tuple(dict.fromkeys(refs))

    @validate("columns")
    def _known_columns(self, proposal: Any) -> tuple[str, ...]:
        return checked_columns(proposal["value"])

    @validate("page")
    def _from_one(self, proposal: Any) -> int:
        return max(1, int(proposal["value"]))


def is_column(name: str) -> bool:
    """Return whether a name is the name of a column.

    Examples
    --------
    >>> is_column("metrics.f1_score"), is_column("f1_score")
    (True, False)
    """
    group, dot, field = name.partition(".")
    return name in _PLAIN or (group in _GROUPS and bool(dot and field))


def checked_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Check column names; return each of them once.

    Raises
    ------
    QueryError
        If a column does not exist.

    Examples
    --------
    >>> checked_columns(["aliases", "metrics.f1_score", "aliases"])
    ('aliases', 'metrics.f1_score')
    """
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if not isinstance(name, str) or not is_column(name):
            raise QueryError(
                f"Unknown column {name!r:.80}; choose from {', '.join(_PLAIN)}, or a name such as "
                "metrics.f1_score, hyperparameters.C, tags.team, results.verdict or "
                "training_info.mission."
            )
    return tuple(dict.fromkeys(given))


def checked_size(size: int) -> int:
    """Check the number of rows of a page; return it.

    Raises
    ------
    QueryError
        If the number is out of range.

    Examples
    --------
    >>> checked_size(25)
    25
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_ROWS:
        raise QueryError(f"page_size must be an integer from 1 to {MAX_ROWS}, got {size!r:.60}.")
    return size
