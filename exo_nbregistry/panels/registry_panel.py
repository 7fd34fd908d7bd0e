"""The panel of a registry: its live view in the page, and its stored view."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from traitlets import Int

from exo_nbregistry.api.answer import Answer
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels import twin
from exo_nbregistry.panels.cell_events import call_after_cells
from exo_nbregistry.panels.kernel_requests import VERSION, KernelRequests
from exo_nbregistry.panels.list_query import list_query
from exo_nbregistry.panels.registry_state import (
    NEWEST,
    STATE,
    RegistryState,
    checked_size,
)
from exo_nbregistry.panels.single_registry import ID
from exo_nbregistry.panels.twin_selection import selection_html, selection_text
from exo_nbregistry.text.markup import Markup, stack
from exo_nbregistry.views.field_names import checked_columns
from exo_nbregistry.views.folding import is_drowned

_HOME = f"/registries/{ID}"
_OF_PAGE = tuple(name for name in STATE if name != "selected")
# After a change in one panel, the others of the same registry object are updated.
_open_panels: weakref.WeakSet[RegistryPanel] = weakref.WeakSet()


class RegistryPanel(RegistryState):
    """Versions and models of a registry, with details, comparison and actions.

    The state is in traits, which can be set and observed from Python.

    Parameters
    ----------
    registry : ModelRegistry
        The registry. Each search, sort order and page reads only that page.
    where : str
        Initial search text or filter.
    model_name : str, optional
        Initial model; by default all models.
    order_by : str, optional
        Initial sort order: a field, with ``-`` before it for descending. By default, the newest
        version is first.
    page_size : int
        Number of rows of a page.
    columns : sequence of str, optional
        Column names, such as ``aliases`` or ``metrics.f1_score``. By default, suitable columns
        are chosen.

    Attributes
    ----------
    query : str
        Search text or filter.
    model_name : str
        If not empty, only versions of this model are shown.
    view : {'versions', 'models'}
        One row for each version, or for each model.
    order_by : str
        Sort order.
    page : int
        Number of the page, from 1.
    columns : tuple of str
        Column names. If empty, suitable columns are chosen.
    show_deleted : bool
        Whether deleted and purged versions are shown.
    fold_children : bool
        Whether the children of a version, such as the trials of a search, are folded under it.
    selected : tuple of str
        References of the selected versions.

    Raises
    ------
    QueryError
        If a column does not exist, or the page size is invalid. The panel shows the error of an
        invalid filter.
    """

    _page_size = Int(25).tag(sync=True)

    _keeps_content = False
    # Ends the calls after each cell.
    _stop_events: Callable[[], None] = staticmethod(lambda: None)

    def __init__(
        self,
        registry: Any,
        where: str = "",
        *,
        model_name: str | None = None,
        order_by: str | None = None,
        page_size: int = 25,
        columns: Sequence[str] | None = None,
    ) -> None:
        chosen, size = checked_columns(columns or ()), checked_size(page_size)
        given = {"query": where, "model_name": model_name or "", "order_by": order_by or NEWEST}
        self._requests = KernelRequests(registry, self._send_message)
        self._content: twin.Page | None = None
        self._reply_of_list: Answer | None = None
        self._revision: str | None = None
        super().__init__(registry, columns=chosen, _page_size=size, **given)
        self.observe(self._forget, list(_OF_PAGE))
        if not (where or model_name or order_by or columns):
            self._fold_models()
        if not self._is_detached:
            self._stop_events = call_after_cells(self.check)
        _open_panels.add(self)

    def refresh(self) -> None:
        """Read the registry again and update the view."""
        self._requests.forget()
        self._forget()
        if not self._is_detached:
            self._send_message({"v": VERSION, "type": "changed"})

    def check(self) -> None:
        """Update the view if the registry has changed."""
        with suppress(RegistryError, OSError):
            revision = self._registry.revision()
            if self._revision not in (None, revision):
                self.refresh()
            self._revision = revision

    def static_html(self) -> Markup:
        """Return the page as a table, and the details of the selected versions."""
        page = self._read()
        details = selection_html(self._registry, self.selected)
        return stack([twin.page_html(page), *([details] if details else [])])

    def static_text(self) -> str:
        """Return the page as a text table, and the details of the selected versions."""
        page = self._read()
        details = selection_text(self._registry, self.selected)
        return "\n".join([twin.page_text(page), *([details] if details else [])])

    def __repr__(self) -> str:
        """Return the stored view as text."""
        return self.static_text()

    def answer(self, method: str, path: str, body: str = "") -> Answer:
        """Return the answer to a request, as a view of the panel receives it.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            Path and query of the REST API; the ID of the registry is ``this``.
        body : str
            JSON.
        """
        headers = {"content-type": "application/json"}
        return self._requests.answer(method, path, headers, body)

    def close(self) -> None:
        """Close the panel, and free its memory in the kernel."""
        # ipywidgets also closes a panel whose arguments were rejected.
        self._stop_events()
        _open_panels.discard(self)
        super().close()

    def first_paths(self) -> list[str]:
        """Return the paths of the registry, and of the list that a view begins with."""
        return ["/registries", _HOME, self.list_path]

    def _prime(self) -> None:
        super()._prime()
        self._reply_of_list = None

    def _first_reply(self, path: str) -> Answer:
        if path == self.list_path:
            return self._list_reply()
        return self._requests.answer("GET", path)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        self._forget()
        self._keeps_content = True  # one read for all forms of the output
        try:
            with self._requests.one_state():
                return super()._repr_mimebundle_(**kwargs)
        finally:
            self._keeps_content = False

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        self._requests.receive(content, self._announce)

    def _announce(self) -> None:
        """Update the other panels of the registry after a change by this one."""
        for panel in list(_open_panels):
            if panel._registry is self._registry and panel is not self:
                panel.refresh()
        self._forget()
        with suppress(RegistryError, OSError), self._requests.one_state():
            self._revision = self._registry.revision()

    def _forget(self, _change: Any = None) -> None:
        """Drop what was read, so that a view that is shown later does not start with it."""
        self._content = self._reply_of_list = None
        if self._primed:
            self._trait_values["_primed"] = {}

    def _read(self) -> twin.Page:
        if not self._keeps_content:
            self._content = self._reply_of_list = None
        if self._content is None:
            content = twin.read_page(self._list_reply(), self)
            if content.is_beyond_last:
                self.page = content.n_pages
                content = twin.read_page(self._list_reply(), self)
            self._content = content
        return self._content

    def _list_reply(self) -> Answer:
        """Return the reply that both the stored and the live view begin with."""
        if self._reply_of_list is None:
            self._reply_of_list = self._requests.answer("GET", self.list_path)
        return self._reply_of_list

    @property
    def list_path(self) -> str:
        """The path of the first list that a view requests."""
        return f"{_HOME}/{self.view}?{list_query(self)}"

    def _fold_models(self) -> None:
        """Show one row for each model if versions of a few models fill the first page."""
        page = self._read()
        n_shown = len({row.model for row in page.rows})
        if page.total <= len(page.rows) or not is_drowned(n_shown, n_shown + 1, len(page.rows)):
            return
        with suppress(RegistryError, OSError):
            n_models = self._registry.list_model_names(limit=1).total
            if is_drowned(n_shown, n_models, len(page.rows)):
                self.view = "models"
