"""The state of a registry panel, as traits that Python and the page share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from ipywidgets.widgets.trait_types import TypedTuple
from traitlets import Bool, Enum, Int, Unicode, validate

from exo_nbregistry.errors import QueryError
from exo_nbregistry.panels.live_panel import LivePanel
from exo_nbregistry.views.field_names import checked_columns

VIEWS = ("versions", "models")
NEWEST = "-created_at"
MAX_ROWS = 100
# Pages beyond the last one are the last one; the API limits the number of its first row.
MAX_PAGE = 10**6
STATE = (
    *("query", "view", "model_name", "order_by", "page"),
    *("columns", "show_deleted", "fold_children", "selected"),
)
_SEARCH = ("query", "model_name", "view", "order_by", "show_deleted", "fold_children")


class RegistryState(LivePanel):
    """The state of a registry panel.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    **traits
        Initial values.
    """

    _of_page: ClassVar[tuple[str, ...]] = STATE

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

    def set_state(self, sync_data: Any) -> None:
        """Apply changes of the page. A value that is not valid is replaced by the current one."""
        with self._following_page():
            super().set_state(sync_data)

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
        return min(max(1, int(proposal["value"])), MAX_PAGE)


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
