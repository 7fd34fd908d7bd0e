"""The panel of a registry for front ends that do not load extensions of JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anywidget import AnyWidget
from traitlets import Unicode

from exo_nbregistry.panels.registry_panel import RegistryPanel

_STATIC = Path(__file__).parent / "static"
_TRAITS = AnyWidget.class_traits()


def _trait_of_anywidget(name: str) -> Any:
    return Unicode(_TRAITS[name].default_value).tag(sync=True)


class AnywidgetPanel(RegistryPanel, AnyWidget):
    """A panel that brings its code with it, and is shown by the front end of anywidget.

    It has the arguments and attributes of `RegistryPanel`.
    """

    _esm = _STATIC / "view.js"
    _css = _STATIC / "view.css"
    _model_module = _trait_of_anywidget("_model_module")
    _model_module_version = _trait_of_anywidget("_model_module_version")
    _model_name = _trait_of_anywidget("_model_name")
    _view_module = _trait_of_anywidget("_view_module")
    _view_module_version = _trait_of_anywidget("_view_module_version")
    _view_name = _trait_of_anywidget("_view_name")

    def _live_bundle(self, static: dict[str, Any], **kwargs: Any) -> Any:
        self._prime()
        bundle: Any = AnyWidget._repr_mimebundle_(self, **kwargs)
        live, metadata = bundle
        return live | static, metadata
