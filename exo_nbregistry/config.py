"""How results show themselves: as live panels, as tables, or as text alone."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from exo_nbregistry.errors import RegistryError

DISPLAYS = ("panel", "html", "text")
VARIABLE = "EXO_NBREGISTRY_DISPLAY"
_Shown = TypeVar("_Shown")
_chosen: dict[str, str] = {}


def set_config(*, display: str) -> None:
    """Choose how registries, listings, comparisons and plots show themselves in a notebook.

    Parameters
    ----------
    display : {"panel", "html", "text"}
        Live panels where a kernel can serve them; tables without controls; or text alone. The
        environment variable ``EXO_NBREGISTRY_DISPLAY`` sets what is chosen at the start.

    Raises
    ------
    RegistryError
        If there is no such display.

    Examples
    --------
    >>> set_config(display="text")
    >>> get_config()
    {'display': 'text'}
    >>> set_config(display="panel")
    """
    _chosen["display"] = _known(display, "display")


def get_config() -> dict[str, str]:
    """Return the options as `set_config` takes them.

    Returns
    -------
    dict of str to str
        ``display``: "panel", "html" or "text".

    Raises
    ------
    RegistryError
        If the environment variable names no display.
    """
    told = os.environ.get(VARIABLE) or DISPLAYS[0]
    return {"display": _chosen.get("display") or _known(told, VARIABLE)}


def in_kernel() -> bool:
    """Tell whether this is a Jupyter kernel: nothing else can serve a live panel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def shows_panels() -> bool:
    """Tell whether results are to be shown as live panels."""
    return get_config()["display"] == "panel" and in_kernel()


def html_unless_text(render: Callable[[Any], _Shown]) -> Callable[[Any], _Shown | None]:
    """Let a ``_repr_html_`` give nothing where text alone is asked for.

    Parameters
    ----------
    render : callable
        The method.

    Returns
    -------
    callable
        The same method, which gives None if the display is "text".
    """

    @functools.wraps(render)
    def shown(self: Any) -> _Shown | None:
        return None if get_config()["display"] == "text" else render(self)

    return shown


def _known(display: str, where: str) -> str:
    if display not in DISPLAYS:
        raise RegistryError(
            f"{where}={display!r:.60} is no display: choose {', '.join(map(repr, DISPLAYS[:-1]))} "
            f"or {DISPLAYS[-1]!r}."
        )
    return display
