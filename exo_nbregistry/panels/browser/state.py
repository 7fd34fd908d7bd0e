"""What the browser panel shows, as traits, and what comes of asking the registry for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from traitlets import Bool, Enum, Int, Tuple, Unicode, validate

from exo_nbregistry.errors import QueryError, RegistryError
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.panels.base import Panel, sentence
from exo_nbregistry.panels.browser.column import OF_MODELS, PLAIN, TREND, is_column
from exo_nbregistry.panels.browser.page import VIEWS, Page, PageQuery, Registry, load_page
from exo_nbregistry.panels.browser.pager import place
from exo_nbregistry.panels.browser.search_box import describe_search
from exo_nbregistry.panels.browser.table import plain_table, static_table
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, paragraph, stack
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.columns import main_metrics

NEWEST = "-created_at"
MAX_ROWS = 100
READ_ERRORS = (RegistryError, OSError)
_EMPTY = (
    "No model is registered yet. Register the first one with "
    "registry.register_model(model=model, model_name='my_model'), then list again."
)
_NO_MATCH = "Nothing fits: change the words or the filter, or leave them out."


class BrowserState(Panel):
    """The state of a browser panel; a change of it asks the registry for a page.

    Parameters
    ----------
    registry : Registry
        What is shown.
    children : sequence of Widget
        What the panel is made of.
    size : int
        How many rows a page has.
    """

    query = Unicode(help="Words or a filter.")
    model_name = Unicode(help="Only this model's versions, if not empty.")
    view = Enum(VIEWS, "versions", help="One row per version, or one per model.")
    order_by = Unicode(NEWEST, help="A field, with '-' before it for descending.")
    page = Int(1, help="Which page is shown, from 1.")
    columns = Tuple(help="The columns of the versions; none stands for those that suit.")
    show_deleted = Bool(help="Whether deleted and purged versions are shown too.")
    selected = Tuple(help="The references of the selected versions, in the order of selecting.")

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
        """Return the page as a table, and what is told of the selected versions."""
        if self._error is not None:
            return paragraph(sentence(self._error))
        asked = [paragraph(text) for text in self._search_lines()]
        if not self._content.rows:
            return stack([*asked, paragraph(self._empty_message())])
        table = static_table(self._content, self._shown(), self._place())
        return stack([*asked, table, self._detail_html()])

    def static_text(self) -> str:
        """Return the page as a text table, and what is told of the selected versions."""
        if self._error is not None:
            return visible(sentence(self._error))
        asked = [visible(text) for text in self._search_lines()]
        if not self._content.rows:
            return "\n".join([*asked, self._empty_message()])
        table = plain_table(self._content, self._shown())
        told = self._detail_text()
        return "\n".join([*asked, self._place(), table, *([told] if told else [])])

    def _detail_html(self) -> Markup:
        """Return what is told of the selected versions."""
        raise NotImplementedError

    def _detail_text(self) -> str:
        """Return what is told of the selected versions."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Show the page."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        """Say in place what went wrong; what was listed before stays."""
        raise NotImplementedError

    @contextmanager
    def _batch_changes(self) -> Iterator[None]:
        """Let several of the traits change, and ask the registry once."""
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
        )

    def _shown(self) -> tuple[str, ...]:
        """Return the columns."""
        if self.view == "models":
            return OF_MODELS
        items = [row.item for row in self._content.rows if isinstance(row.item, ModelMetadata)]
        if not self._default_columns and items:
            # Chosen once for a search, so that turning pages moves no column.
            main, *others = [f"metrics.{name}" for name in main_metrics(items)] or ["algorithm"]
            told = ("aliases", "algorithm", main, TREND, "created_at", *others)
            self._default_columns = tuple(dict.fromkeys(told))
        columns = self.columns or self._default_columns or ("algorithm",)
        hidden = any(item.status != "active" for item in items)
        return ("status", *columns) if hidden and "status" not in columns else columns

    def _empty_message(self) -> str:
        return _NO_MATCH if self.query.strip() or self.model_name else _EMPTY

    def _place(self) -> str:
        what = "model" if self.view == "models" else "version"
        return place(self._content.number, self._content.pages, self._content.total, what)

    def _search_lines(self) -> list[str]:
        """Return in words what the page is narrowed to."""
        only = [f"Model: {self.model_name}"] if self.model_name else []
        return [*only, *describe_search(self.query)]

    @validate("selected")
    def _canonical(self, proposal: Any) -> tuple[str, ...]:
        """Return the references as the registry writes them; an unknown one is its error."""
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


def checked_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns, each once.

    Raises
    ------
    QueryError
        If one is none.

    Examples
    --------
    >>> checked_columns(["aliases", "metrics.f1_score", "aliases"])
    ('aliases', 'metrics.f1_score')
    """
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if not isinstance(name, str) or not is_column(name):
            raise QueryError(
                f"{name!r:.80} is no column: name any of {', '.join(PLAIN)}, or one such as "
                "metrics.f1_score, hyperparameters.C or tags.team, in a list."
            )
    return tuple(dict.fromkeys(given))


def checked_size(size: int) -> int:
    """Return how many rows a page has.

    Raises
    ------
    QueryError
        If a page cannot have so many.

    Examples
    --------
    >>> checked_size(25)
    25
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_ROWS:
        raise QueryError(f"page_size is a whole number from 1 to {MAX_ROWS}, not {size!r:.60}.")
    return size
