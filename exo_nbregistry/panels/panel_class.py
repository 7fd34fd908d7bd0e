"""The class of panels that the front end can show."""

from __future__ import annotations

from importlib.util import find_spec

from exo_nbregistry.config import lacks_extensions
from exo_nbregistry.panels.registry_panel import RegistryPanel


def panel_class() -> type[RegistryPanel]:
    """Return the class of panels for the current front end.

    Examples
    --------
    >>> panel_class().__name__
    'RegistryPanel'
    """
    if lacks_extensions() and find_spec("anywidget") is not None:
        from exo_nbregistry.panels.anywidget_panel import AnywidgetPanel

        return AnywidgetPanel
    return RegistryPanel
