"""Base class of panels: live controls, and a static view that does not need a kernel."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from comm import DummyComm
from ipywidgets import HTML, VBox, Widget
from traitlets import TraitError

from exo_nbregistry.api.request import MAX_TEXT
from exo_nbregistry.config import get_config, runs_unattended, shows_panels
from exo_nbregistry.text.markup import Markup, escape

# Rendered by the JupyterLab extension: first the static view, then the live panel while the kernel
# has it. The content is constant, so that saved notebooks do not change.
PANEL_MIME = "application/vnd.exo-nbregistry.panel+json"

# More than any page selects; a page could otherwise fill the memory of the kernel.
MAX_NAMES = 1_000


def _detached_if_unattended(create: Callable[..., None]) -> Callable[..., None]:
    """Return an ``__init__`` of a panel that makes detached widgets without a front end."""

    @functools.wraps(create)
    def created(self: Any, *arguments: Any, **options: Any) -> None:
        if not runs_unattended():
            create(self, *arguments, **options)
            return
        self._is_detached = True
        with _detached_widgets():
            create(self, *arguments, **options)

    return created


@contextmanager
def _detached_widgets() -> Iterator[None]:
    """Make widgets that send nothing to a front end, and that no stored notebook contains."""
    before = Widget._widget_construction_callback

    def detach(widget: Widget) -> None:
        if before is not None:
            before(widget)
        if widget.comm is None:
            widget.comm = DummyComm()

    Widget.on_widget_constructed(detach)
    try:
        yield
    finally:
        Widget.on_widget_constructed(before)


class StaticView(Widget):
    """A widget that is shown in its static view if no kernel serves it.

    Subclasses implement `static_html` and `static_text`; both are deterministic and have the same
    content. A panel that is made without a front end has no models in the stored notebook.
    """

    _is_detached = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = _detached_if_unattended(cls.__init__)  # type: ignore[method-assign]

    def notify_change(self, change: Any) -> None:
        """Run the observers of a trait."""
        with self._making_widgets():
            super().notify_change(change)

    @property
    def is_reusable(self) -> bool:
        """Whether the panel is open, and live if there is a front end now."""
        return self._is_open and (not self._is_detached or runs_unattended())

    def static_html(self) -> Markup:
        """Return the panel as escaped HTML with inline styles, without scripts and ids."""
        raise NotImplementedError

    def static_text(self) -> str:
        """Return the panel as plain text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        static: dict[str, Any] = {"text/plain": self.static_text()}
        if get_config()["display"] == "text":
            return static
        static["text/html"] = str(self.static_html())
        if not self._is_live:
            return static
        return self._live_bundle(static | {PANEL_MIME: {"v": 1}}, **kwargs)

    def _live_bundle(self, static: dict[str, Any], **kwargs: Any) -> Any:
        """Return the static view together with the live one."""
        live: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return live | static

    @property
    def _is_open(self) -> bool:
        """Whether the panel was not closed."""
        return self.comm is not None

    @property
    def _is_live(self) -> bool:
        """Whether a front end shows the panel."""
        return shows_panels() and self._is_open and not self._is_detached

    def _making_widgets(self) -> AbstractContextManager[None]:
        """Return a context for code that makes widgets; those of a detached panel are detached."""
        return _detached_widgets() if self._is_detached else nullcontext()


class Panel(StaticView, VBox):
    """A box of controls with a static view."""

    @_detached_if_unattended
    def __init__(self, children: Sequence[Widget] = (), **traits: Any) -> None:
        super().__init__(children, **traits)

    def close(self) -> None:
        """Close the panel with all its widgets, and free their memory in the kernel."""
        with self._making_widgets():
            for part in _parts(self):
                part.close()
        super().close()


def html(value: Markup | str = "", **layout: str) -> HTML:
    """Return a block of HTML; text that is not `Markup` is escaped."""
    return HTML(value=escape(value), layout=layout)


def check_of_page(name: str, value: object) -> None:
    """Check a value that a page sends for a trait, before it is validated.

    Raises
    ------
    TraitError
        If a text is too long or not valid Unicode, or a list has too many items.

    Examples
    --------
    >>> check_of_page("query", "kepler")
    """
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_NAMES:
        raise TraitError(f"{name} must have at most {MAX_NAMES} items.")
    for text in items:
        if isinstance(text, str) and len(text) > MAX_TEXT:
            raise TraitError(f"{name} must have at most {MAX_TEXT} characters.")
        if isinstance(text, str) and any("\ud800" <= character <= "\udfff" for character in text):
            raise TraitError(f"{name} must be valid Unicode.")


def sentence(error: Exception) -> str:
    """Return the message of an error on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _parts(widget: Widget) -> Iterator[Widget]:
    """Yield the parts of a widget: its children with their parts, its layout and its style."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
        yield child
    yield from (part for name in ("layout", "style") if (part := getattr(widget, name, None)))
