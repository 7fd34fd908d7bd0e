"""State of the browser panel, as traits, and its queries of the registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from traitlets import Bool, Enum, Int, Tuple, Unicode, validate

from exo_nbregistry.api.registries import Registry
from exo_nbregistry.errors import QueryError, RegistryError
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.panels.base import Panel, sentence
from exo_nbregistry.panels.browser.column import (
    CHILDREN,
    OF_MODELS,
    PLAIN,
    TREND,
    VERSIONS,
    is_column,
)
from exo_nbregistry.panels.browser.page import VIEWS, Page, PageQuery, load_page
from exo_nbregistry.panels.browser.pager import place
from exo_nbregistry.panels.browser.search_box import describe_search
from exo_nbregistry.panels.browser.table import plain_table, static_table
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, paragraph, stack
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.metric_columns import has_different_tasks, main_metrics, needs_scoring
from exo_nbregistry.views.parameter_columns import varied_parameters

NEWEST = "-created_at"
MAX_ROWS = 100
READ_ERRORS = (RegistryError, OSError)
_EMPTY = (
    "No models yet. Register one with "
    "registry.register_model(model=model, model_name='my_model'), then refresh."
)


class BrowserState(Panel):
    """State of a browser panel; a change of the state reads a page of the registry.

    Parameters
    ----------
    registry : Registry
        The registry.
    children : sequence of Widget
        Widgets of the panel.
    size : int
        Number of rows of a page.
    """

    query = Unicode(help="Search text or filter.")
    model_name = Unicode(help="If not empty, only versions of this model are shown.")
    view = Enum(VIEWS, "versions", help="One row for each version, or for each model.")
    order_by = Unicode(NEWEST, help="A field, with '-' before it for descending.")
    page = Int(1, help="Number of the page, from 1.")
    columns = Tuple(help="Column names. If empty, suitable columns are chosen.")
    show_deleted = Bool(help="Whether deleted and purged versions are shown.")
    fold_children = Bool(True, help="Whether children are folded under their parent.")
    selected = Tuple(help="References of the selected versions, in order of selection.")

    def __init__(
        self, registry: Registry, children: Sequence[Any], size: int, **traits: Any
    ) -> None:
        self._registry = registry
        self._size = size
        self._on_hold = False
        self._content = Page()
        self._error: Exception | None = None
        self._default_columns: tuple[str, ...] = ()
        super().__init__(children, **traits)

    def static_html(self) -> Markup:
        """Return the page as a table, and the details of the selected versions."""
        if self._error is not None:
            return paragraph(sentence(self._error))
        search = [paragraph(text) for text in self._search_lines()]
        if not self._content.rows:
            return stack([*search, paragraph(self._empty_message())])
        table = static_table(self._content, self._static_columns(), self._place())
        return stack([*search, table, self._detail_html()])

    def static_text(self) -> str:
        """Return the page as a text table, and the details of the selected versions."""
        if self._error is not None:
            return visible(sentence(self._error))
        search = [visible(text) for text in self._search_lines()]
        if not self._content.rows:
            return "\n".join([*search, self._empty_message()])
        table = plain_table(self._content, self._static_columns())
        details = self._detail_text()
        return "\n".join([*search, self._place(), table, *([details] if details else [])])

    def _detail_html(self) -> Markup:
        """Return the details of the selected versions as HTML."""
        raise NotImplementedError

    def _detail_text(self) -> str:
        """Return the details of the selected versions as text."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Show the page."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        """Show an error; the listed rows are kept."""
        raise NotImplementedError

    @contextmanager
    def _batch_changes(self) -> Iterator[None]:
        """Change several traits, and read the registry once."""
        held, self._on_hold = self._on_hold, True
        try:
            yield
        finally:
            self._on_hold = held
        if not held:
            self._load()

    def _load(self, _change: Any = None) -> None:
        if self._on_hold:
            return
        try:
            self._content = load_page(self._registry, self._page_query())
        except READ_ERRORS as error:
            self._error = error
            self._fail(error)
            return
        self._error = None
        self._on_hold = True
        self.page = self._content.number
        self._on_hold = False
        self._draw()

    def _page_query(self) -> PageQuery:
        return PageQuery(
            view=self.view,
            where=parse_search(self.query).where,
            model_name=self.model_name,
            order_by=self.order_by,
            number=self.page,
            size=self._size,
            include_deleted=self.show_deleted,
            with_series=not self.columns or TREND in self.columns,
            fold_children=self._folds_children(),
        )

    def _folds_children(self) -> bool:
        """Return whether children are folded: only in the list of all versions, newest first."""
        is_default = self.order_by == NEWEST and not self.query.strip()
        return self.fold_children and is_default and not self.show_deleted

    def _shown(self) -> tuple[str, ...]:
        """Return the columns."""
        if self.view == "models":
            return OF_MODELS
        items = [row.item for row in self._content.rows if isinstance(row.item, ModelMetadata)]
        if not self._default_columns and items:
            # Chosen once for a search, so that all pages have the same columns.
            self._default_columns = default_columns(items)
        columns = self.columns or self._default_columns or ("algorithm",)
        hidden = any(item.status != "active" for item in items)
        return ("status", *columns) if hidden and "status" not in columns else columns

    def _static_columns(self) -> tuple[str, ...]:
        # A live panel has buttons with these numbers.
        if self.view == "models":
            return (VERSIONS, *self._shown())
        has_children = any(row.children for row in self._content.rows)
        return (CHILDREN, *self._shown()) if has_children else self._shown()

    def _empty_message(self) -> str:
        if not (self.query.strip() or self.model_name):
            return _EMPTY
        return f"No matching {self.view}. Clear the search to list all {self.view}."

    def _place(self) -> str:
        what = "model" if self.view == "models" else "version"
        page = self._content
        return place(page.number, page.pages, page.total, what, with_deleted=self.show_deleted)

    def _search_lines(self) -> list[str]:
        """Return descriptions of the selected model and of the search."""
        only = [f"Model: {self.model_name}"] if self.model_name else []
        return [*only, *describe_search(self.query)]

    @validate("selected")
    def _canonical(self, proposal: Any) -> tuple[str, ...]:
        """Return canonical references; an unknown version raises an error."""
        given = proposal["value"]
        known = {*self.selected, *(row.ref for row in self._content.rows if row.ref)}
        refs = (ref if ref in known else self._registry.get_metadata(ref).model_id for ref in given)
        return tuple(dict.fromkeys(refs))

    @validate("columns")
    def _known_columns(self, proposal: Any) -> tuple[str, ...]:
        return checked_columns(proposal["value"])

    @validate("page")
    def _from_one(self, proposal: Any) -> int:
        return max(1, int(proposal["value"]))


def default_columns(items: Sequence[ModelMetadata]) -> tuple[str, ...]:
    """Return the columns that suit the listed versions.

    Examples
    --------
    >>> default_columns([registry["kepler_rf"]])
    ('aliases', 'algorithm', 'metrics.f1_score', 'trend', 'created_at', 'metrics.accuracy')
    """
    if has_different_tasks(items):
        return ("aliases", "algorithm", "metric", "value", TREND, "created_at")
    metrics = main_metrics(items)
    main, *others = [f"metrics.{name}" for name in metrics] or ["algorithm"]
    others += ["scoring"] if needs_scoring(items, metrics) else []
    # A hyperparameter of a nested estimator has another name in filters and sort orders.
    plain = {name for item in items for name in item.hyperparameters}
    parameters = [f"hyperparameters.{name}" for name in varied_parameters(items) if name in plain]
    names = ("aliases", "algorithm", main, TREND, "created_at", *others, *parameters)
    return tuple(dict.fromkeys(names))


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
                f"Unknown column {name!r:.80}; choose from {', '.join(PLAIN)}, or a name such as "
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
