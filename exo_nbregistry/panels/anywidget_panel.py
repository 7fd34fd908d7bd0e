"""Panels for front ends that do not load extensions of JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

from anywidget import AnyWidget
from traitlets import Unicode

from exo_nbregistry.panels.base import StaticView

_STATIC = Path(__file__).parent / "static"
_OF_ANYWIDGET = (
    *("_model_module", "_model_module_version", "_model_name"),
    *("_view_module", "_view_module_version", "_view_name"),
)
P = TypeVar("P", bound=StaticView)


def anywidget_class(panel: type[P]) -> type[P]:
    """Return a subclass whose panels bring their code with them, as anywidget shows it.

    Parameters
    ----------
    panel : type
        A class of panels, whose arguments and attributes the subclass has.

    Examples
    --------
    >>> from exo_nbregistry.panels.live_panel import LivePanel
    >>> anywidget_class(LivePanel).__name__
    'AnywidgetLivePanel'
    """
    traits = AnyWidget.class_traits()
    content = {
        "__module__": panel.__module__,
        "__doc__": panel.__doc__,
        "_esm": _STATIC / "view.js",
        "_css": _STATIC / "view.css",
        "_live_bundle": _live_bundle,
        **{name: Unicode(traits[name].default_value).tag(sync=True) for name in _OF_ANYWIDGET},
    }
    return cast("type[P]", type(f"Anywidget{panel.__name__}", (panel, AnyWidget), content))


def _live_bundle(self: Any, static: dict[str, Any], **kwargs: Any) -> Any:
    """Return the static view together with the one of anywidget."""
    self._prime()
    bundle: Any = AnyWidget._repr_mimebundle_(self, **kwargs)
    live, metadata = bundle
    return live | static, metadata
