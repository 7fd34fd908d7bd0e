"""The browser panel: search, sort and select the versions and models of a registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from ipywidgets import Button, Checkbox, HBox, ToggleButtons
from traitlets import link

from exo_nbregistry.api.registries import Registry
from exo_nbregistry.panels.actions.toolbar import Actions
from exo_nbregistry.panels.base import html
from exo_nbregistry.panels.browser.detail import Detail
from exo_nbregistry.panels.browser.folded_state import FoldedState
from exo_nbregistry.panels.browser.model_buttons import ModelButtons
from exo_nbregistry.panels.browser.pager import Pager
from exo_nbregistry.panels.browser.search_box import SearchBox, error_html, search_html
from exo_nbregistry.panels.browser.selection import SelectionBoxes
from exo_nbregistry.panels.browser.sort_control import ColumnChooser, SortControl
from exo_nbregistry.panels.browser.state import (
    NEWEST,
    READ_ERRORS,
    checked_columns,
    checked_size,
)
from exo_nbregistry.panels.browser.table import STYLE, live_table
from exo_nbregistry.text.markup import Markup, count, escape
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import visible

_WRAP = {"flex_flow": "row wrap", "align_items": "center"}
_MAX_NAMED = 3
_SEARCH = ["query", "model_name", "view", "order_by", "show_deleted", "fold_children"]


class BrowserPanel(FoldedState):
    """Versions and models of a registry, with details of the selected versions.

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
    now : callable, optional
        Clock that returns an aware datetime; by default the system clock.

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
        Whether the children of a version, such as the trials of a search, are folded under it. A
        filter or another sort order shows them.
    selected : tuple of str
        References of the selected versions.

    Raises
    ------
    QueryError
        If a column does not exist, or the page size is invalid. The panel shows the error of an
        invalid filter.
    """

    def __init__(
        self,
        registry: Registry,
        where: str = "",
        *,
        model_name: str | None = None,
        order_by: str | None = None,
        page_size: int = 25,
        columns: Sequence[str] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        chosen, size = checked_columns(columns or ()), checked_size(page_size)
        self._now = now or (lambda: datetime.now(UTC))
        self._fields: dict[str, tuple[str, ...]] = {}
        self._search = SearchBox(self.refresh)
        self._view = ToggleButtons(
            options=[("Versions", "versions"), ("Models", "models")],
            tooltips=["One row for each version", "One row for each model"],
            style={"button_width": "auto"},
        )
        self._order = SortControl()
        self._deleted = Checkbox(description="Show deleted", indent=False, layout={"width": "auto"})
        self._fold = Checkbox(
            value=True, description="Fold children", indent=False, layout={"width": "auto"}
        )
        self._only = Button(tooltip="Show the versions of all models", layout={"width": "auto"})
        self._column_chooser = ColumnChooser()
        self._selection_boxes = SelectionBoxes(size)
        self._model_buttons = ModelButtons(self._open_from_button)
        self._table = html(overflow="auto hidden", flex="1 1 auto", min_width="0")
        self._table.add_class("nbr-rows")
        self._pager = Pager()
        self._chosen = html(margin="0 8px 0 2px")
        self._clear = Button(
            description="Clear", tooltip="Clear the selection", layout={"width": "auto"}
        )
        self._detail = Detail(registry)
        # Created at the first selection, because it has most of the controls.
        self._actions: Actions | None = None
        given = {"query": where, "model_name": model_name or "", "order_by": order_by or NEWEST}
        self._always = self._arrange()
        super().__init__(registry, self._always, size, columns=chosen, **given)
        self.add_class("nbr-browser")
        self._connect()
        self.refresh()
        if not (where or model_name or order_by or columns):
            self._fold_models()

    def refresh(self) -> None:
        """Read the registry again: rows, fields and selected versions."""
        try:
            self._fields = self._registry.list_fields()
        except READ_ERRORS as error:
            self._error = error
            self._fail(error)
            return
        self._default_columns = ()
        with self._making_widgets():
            self._offer()
            self._load()
            self._show_selected()

    def _arrange(self) -> list[Any]:
        shown = [
            self._view,
            self._order,
            self._column_chooser.switch,
            self._deleted,
            self._fold,
            self._only,
        ]
        table = HBox(
            [self._selection_boxes, self._model_buttons, self._table],
            layout={"align_items": "flex-start", "overflow": "hidden"},
        )
        return [
            html(STYLE, display="none"),
            self._search,
            HBox(shown, layout=_WRAP),
            self._column_chooser,
            table,
            self._pager,
            HBox([self._chosen, self._clear], layout=_WRAP),
            self._detail,
        ]

    def _connect(self) -> None:
        link((self, "query"), (self._search, "query"))
        link((self, "view"), (self._view, "value"))
        link((self, "order_by"), (self._order, "order_by"))
        link((self, "columns"), (self._column_chooser, "columns"))
        link((self, "show_deleted"), (self._deleted, "value"))
        link((self, "fold_children"), (self._fold, "value"))
        link((self, "page"), (self._pager, "page"))
        link((self, "selected"), (self._selection_boxes, "selected"))
        self._only.on_click(self._show_all_models)
        self._clear.on_click(self._select_nothing)
        self.observe(self._show_scope, "model_name")
        self._show_scope()
        self.observe(self._change_view, "view")
        self.observe(self._follow_search, ["query", "order_by"])
        self.observe(self._reset_page, _SEARCH)
        self.observe(self._load, ["page", "columns"])
        self.observe(self._show_selected, ["selected"])

    def _show_all_models(self, _button: Any) -> None:
        with self._batch_changes():
            self.open_model("")
            self._follow_search()
        # The button is hidden, so that the keyboard focus must move.
        self._search.focus()

    def _select_nothing(self, _button: Any) -> None:
        self.selected = ()
        self._search.focus()

    def _open_from_button(self, name: str) -> None:
        if self.view == "models":
            self.open_model(name)
            self._only.focus()
        else:
            self.open_children(name)
            self._search.focus()

    def _reset_page(self, _change: Any = None) -> None:
        with self._batch_changes():
            self.page = 1
            self._default_columns = ()

    def _show_scope(self, _change: Any = None) -> None:
        self._only.description = f"Model: {visible(self.model_name)} ✕"
        self._only.layout.display = None if self.model_name else "none"

    def _change_view(self, _change: Any) -> None:
        self._note_choice()
        with self._batch_changes():
            if self.view == "models":
                self.model_name = ""
            elif self.order_by.endswith("n_versions"):
                self.order_by = NEWEST
            self._offer()

    def _offer(self) -> None:
        self._order.offer(self._fields, models=self.view == "models")
        self._column_chooser.offer(self._fields)

    def _fail(self, error: Exception) -> None:
        self._search.show_message(error_html(error))

    def _draw(self) -> None:
        page, models = self._content, self.view == "models"
        self._search.show_message(search_html(self.query, page.hints))
        if models:
            self._column_chooser.switch.value = False
        else:
            self._column_chooser.set_default_columns(self._shown())
        self._column_chooser.switch.disabled = models
        self._selection_boxes.show([row.ref for row in page.rows], [row.label for row in page.rows])
        self._model_buttons.show(page.rows)
        # The box is needed while there is something to fold or unfold.
        has_children = any(row.children for row in page.rows) or not self.fold_children
        self._fold.layout.display = None if has_children and not models else "none"
        what = "model" if models else "version"
        self._pager.show(page.number, page.pages, page.total, what, with_deleted=self.show_deleted)
        self._draw_table()

    def _draw_table(self) -> None:
        page = self._content
        if page.rows:
            shown, chosen = self._shown(), self.selected
            self._table.value = live_table(page, shown, self.order_by, chosen, self._now())
        else:
            self._table.value = Markup(
                f'<div class="nbr-note">{escape(self._empty_message())}</div>'
            )

    def _show_selected(self, _change: Any = None) -> None:
        refs = self.selected
        text = f"{count(len(refs), 'version')} selected: {name_list(refs, limit=_MAX_NAMED)}"
        self._chosen.value = Markup(
            f'<span class="nbr-note" role="status">{escape(text) if refs else ""}</span>'
        )
        self._clear.layout.display = None if refs else "none"
        self._draw_table()
        self._detail.show(refs)
        if refs and self._actions is None:
            self._actions = Actions(self._registry, self.refresh)
            self.children = (*self._always, self._actions)
        if self._actions is not None:
            self._actions.show(refs)

    def _detail_html(self) -> Markup:
        return self._detail.static_html()

    def _detail_text(self) -> str:
        return self._detail.static_text()
