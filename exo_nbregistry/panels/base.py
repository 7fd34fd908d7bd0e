"""What every panel is: controls that are live, and a twin that reads without any kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipywidgets import HTML, VBox, Widget

from exo_nbregistry.config import get_config, shows_panels
from exo_nbregistry.text.markup import Markup, escape

# What the JupyterLab extension renders: the stored twin at once, and the live panel in its place
# while the kernel has it. Its content is constant, so that notebooks stay the same bytes.
PANEL_MIME = "application/vnd.exo-nbregistry.panel+json"


class Panel(VBox):
    """A box of controls that is shown as its static twin where no kernel serves it.

    A panel says `static_html` and `static_text`; both are deterministic and tell the same.
    """

    def static_html(self) -> Markup:
        """Return the panel as HTML: escaped, inline styles, without scripts and ids."""
        raise NotImplementedError

    def static_text(self) -> str:
        """Return the panel as plain text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        twin: dict[str, Any] = {"text/plain": self.static_text()}
        if get_config()["display"] == "text":
            return twin
        twin["text/html"] = str(self.static_html())
        if not shows_panels():
            return twin
        live: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return live | twin | {PANEL_MIME: {"v": 1}}

    def close(self) -> None:
        """Close the panel with all that is in it, and free what the kernel holds of it."""
        for part in _parts(self):
            part.close()
        super().close()


def html(value: Markup | str = "", **layout: str) -> HTML:
    """Return a block of HTML; what is no `Markup` is escaped."""
    return HTML(value=escape(value), layout=layout)


def code_block(code: str) -> Markup:
    """Return code that a click selects as a whole, for a live panel."""
    lines = "\n".join(map(escape, code.split("\n")))
    return Markup(
        '<pre tabindex="0" title="Click to select, then copy" style="user-select:all;margin:2px 0;'
        "padding:4px 8px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4;"
        "font-family:var(--jp-code-font-family,monospace);font-size:12px;"
        "color:var(--jp-content-font-color1,inherit);background:var(--jp-layout-color2,transparent);"
        f'border:1px solid var(--jp-border-color2,gray)">{lines}</pre>'
    )


def sentence(error: Exception) -> str:
    """Return what went wrong on one line, as a panel says it in place."""
    return " ".join(str(error).split()) or type(error).__name__


def _parts(widget: Widget) -> Iterator[Widget]:
    """Yield what a widget is made of: its children with their parts, its layout and its style."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
        yield child
    yield from (part for name in ("layout", "style") if (part := getattr(widget, name, None)))
