"""How results are displayed: as live panels, as tables, or as text."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from exo_nbregistry.errors import RegistryError

DISPLAYS = ("panel", "html", "text")
VARIABLE = "EXO_NBREGISTRY_DISPLAY"
_Html = TypeVar("_Html")
_chosen: dict[str, str] = {}


def set_config(*, display: str) -> None:
    """Set how a notebook displays registries, listings, comparisons and plots.

    Parameters
    ----------
    display : {"panel", "html", "text"}
        Live panels if the kernel supports them, tables without controls, or text. The environment
        variable ``EXO_NBREGISTRY_DISPLAY`` sets the default.

    Raises
    ------
    RegistryError
        If the display is unknown.

    Examples
    --------
    >>> set_config(display="text")
    >>> get_config()
    {'display': 'text'}
    >>> set_config(display="panel")
    """
    _chosen["display"] = _known(display, "display")


def get_config() -> dict[str, str]:
    """Return the options of `set_config`.

    Returns
    -------
    dict of str to str
        ``display``: "panel", "html" or "text".

    Raises
    ------
    RegistryError
        If the environment variable names an unknown display.
    """
    default = os.environ.get(VARIABLE) or DISPLAYS[0]
    return {"display": _chosen.get("display") or _known(default, VARIABLE)}


def in_kernel() -> bool:
    """Return whether this process is a Jupyter kernel, which a live panel requires."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def shows_panels() -> bool:
    """Return whether results are displayed as live panels."""
    return get_config()["display"] == "panel" and in_kernel()


def html_unless_text(render: Callable[[Any], _Html]) -> Callable[[Any], _Html | None]:
    """Decorate a ``_repr_html_`` method to return None if the display is "text".

    Parameters
    ----------
    render : callable
        The method.

    Returns
    -------
    callable
        The decorated method.
    """

    @functools.wraps(render)
    def html_or_none(self: Any) -> _Html | None:
        return None if get_config()["display"] == "text" else render(self)

    return html_or_none


def _known(display: str, option: str) -> str:
    if display not in DISPLAYS:
        raise RegistryError(
            f"Unknown {option} {display!r:.60}; choose {', '.join(map(repr, DISPLAYS[:-1]))} or "
            f"{DISPLAYS[-1]!r}."
        )
    return display
