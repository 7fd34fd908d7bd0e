"""Base class of panels whose view is drawn by the page, and whose requests the kernel answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, ClassVar, Self

from ipywidgets import DOMWidget, Widget
from traitlets import Dict, TraitError, Unicode

from exo_nbregistry.api.answer import Answer
from exo_nbregistry.config import lacks_extensions
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import PANEL_MIME, StaticView, check_of_page
from exo_nbregistry.panels.kernel_requests import PageRequest, answer_message, packed


class LivePanel(StaticView, DOMWidget):
    """A panel with one widget model, which the view of the extension shows.

    The model opens when the panel is first shown, so that it is sent once, with the first replies.
    Subclasses implement `answer`, `first_paths` and the stored view of `StaticView`.
    """

    _model_module = Unicode("exo-nbregistry").tag(sync=True)
    _model_module_version = Unicode("1.0.0").tag(sync=True)
    _model_name = Unicode("PanelModel").tag(sync=True)
    _view_module = Unicode("exo-nbregistry").tag(sync=True)
    _view_module_version = Unicode("1.0.0").tag(sync=True)
    _view_name = Unicode("PanelView").tag(sync=True)
    _kind = Unicode("registry", help="Which view of the extension shows the panel.").tag(sync=True)
    _primed = Dict(help="Replies to the first requests of a view, by path.").tag(sync=True)

    _is_closed = False

    # The traits that a page may set.
    _of_page: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._receive)

    @classmethod
    def for_front_end(cls) -> type[Self]:
        """Return the class of panels for the current front end.

        In VS Code and Colab, it is a subclass that anywidget shows, if anywidget is installed.

        Examples
        --------
        >>> LivePanel.for_front_end().__name__
        'LivePanel'
        """
        if lacks_extensions() and find_spec("anywidget") is not None:
            from exo_nbregistry.panels.anywidget_panel import anywidget_class

            return anywidget_class(cls)
        return cls

    def answer(self, method: str, path: str, body: str = "") -> Answer:
        """Return the answer to a request, as a view of the panel receives it.

        Parameters
        ----------
        method : str
            HTTP method.
        path : str
            Path and query.
        body : str
            JSON.
        """
        raise NotImplementedError

    def first_paths(self) -> Sequence[str]:
        """Return the paths that a view requests first; their replies are sent with the panel."""
        raise NotImplementedError

    def set_state(self, sync_data: Any) -> None:
        """Apply changes of the page. A value that is not valid is replaced by the current one."""
        valid, refused = {}, []
        for name, value in sync_data.items() if isinstance(sync_data, Mapping) else ():
            if name not in self._of_page:
                continue
            try:
                valid[name] = self._checked(name, value)
            except (TraitError, RegistryError, OSError):
                refused.append(name)
        super().set_state(valid)
        if refused:
            self.send_state(refused)

    @property
    def model_id(self) -> str:
        """The ID of the widget model, which opens when something first reads it."""
        if self._is_open:
            super().open()
        model_id: str = super().model_id
        return model_id

    @property
    def _is_open(self) -> bool:
        # Before it is shown, the panel has no connection and is not closed.
        return not self._is_closed

    def open(self) -> None:
        """Wait: ipywidgets calls this before the first replies are known; `model_id` opens."""

    def close(self) -> None:
        """Close the panel, and free its memory in the kernel."""
        self._is_closed = True
        super().close()
        # A panel that was never shown has no layout yet, and reading it would make one.
        if "layout" in self._trait_values:
            layout: Widget = self.layout
            layout.close()

    def _checked(self, name: str, value: Any) -> Any:
        check_of_page(name, value)
        return self.traits()[name]._validate(self, value)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        answer_message(content, self._send_message, self._reply)

    def _reply(self, request: PageRequest) -> Answer:
        body = request.body
        return self.answer(request.method, request.path, body if isinstance(body, str) else "")

    def _send_message(
        self, content: dict[str, Any], buffers: Sequence[bytes] | None = None
    ) -> None:
        if self.comm is not None:
            self.send(content, buffers)

    def _live_bundle(self, static: dict[str, Any], **_kwargs: Any) -> Any:
        # Without the mimetype of widgets, a front end without our extension shows the static view.
        self._prime()
        return static, {PANEL_MIME: {"model_id": self.model_id}}

    def _prime(self) -> None:
        """Send the first replies to the front end, whose view then draws without waiting."""
        replies = {path: self._first_reply(path) for path in self.first_paths()}
        self._primed = {
            path: (reply.status, dict(reply.headers), packed(reply.body))
            for path, reply in replies.items()
        }

    def _first_reply(self, path: str) -> Answer:
        return self.answer("GET", path)
