"""Options: how results are displayed, and which provenance is stored."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from exo_nbregistry.errors import RegistryError

DISPLAYS = ("panel", "html", "text")
VARIABLE = "EXO_NBREGISTRY_DISPLAY"
PROVENANCES = ("full", "no-source", "none")
PROVENANCE_VARIABLE = "EXO_NBREGISTRY_PROVENANCE"
_Shown = TypeVar("_Shown")
_chosen: dict[str, str] = {}
_renderers: dict[str, dict[str, str]] = {"html": {}, "panel": {}}


def set_config(*, display: str | None = None, provenance: str | None = None) -> None:
    """Set how results are displayed in a notebook, and which provenance versions store.

    Parameters
    ----------
    display : {"panel", "html", "text"}, optional
        Live panels where a front end can show them, tables without controls, or text. A notebook
        that is executed without a front end, as by ``jupyter nbconvert --execute``, papermill or
        nbclient, stores the tables of its panels. The environment variable
        ``EXO_NBREGISTRY_DISPLAY`` sets the default; ``panel`` declares that there is a front end.
        By default the current setting is kept.
    provenance : {"full", "no-source", "none"}, optional
        What new versions store about their origin: notebook, cell with its source, definitions that
        it uses, git commit, user and host; the same without sources; or nothing. A model with code
        of the notebook contains this code in any case, because it needs it to load. With "none",
        events name no user either. The environment variable ``EXO_NBREGISTRY_PROVENANCE`` sets the
        default. By default the current setting is kept.

    Raises
    ------
    RegistryError
        If a value is unknown.

    Examples
    --------
    >>> set_config(display="text", provenance="no-source")
    >>> get_config()
    {'display': 'text', 'provenance': 'no-source'}
    >>> set_config(display="panel", provenance="full")
    """
    chosen = {}
    if display is not None:
        chosen["display"] = _check(display, DISPLAYS, "display")
    if provenance is not None:
        chosen["provenance"] = check_provenance(provenance)
    _chosen.update(chosen)


def get_config() -> dict[str, str]:
    """Return the options of `set_config`.

    Returns
    -------
    dict of str to str
        ``display``: "panel", "html" or "text"; ``provenance``: "full", "no-source" or "none".

    Raises
    ------
    RegistryError
        If an environment variable has an unknown value.
    """
    return {"display": _get_display(), "provenance": get_provenance()}


def get_provenance() -> str:
    """Return the option ``provenance``.

    Raises
    ------
    RegistryError
        If the environment variable has an unknown value.
    """
    default = os.environ.get(PROVENANCE_VARIABLE) or PROVENANCES[0]
    return _chosen.get("provenance") or _check(default, PROVENANCES, PROVENANCE_VARIABLE)


def check_provenance(provenance: str) -> str:
    """Return a level of provenance.

    Raises
    ------
    RegistryError
        If it is unknown.
    """
    return _check(provenance, PROVENANCES, "provenance")


def _get_display() -> str:
    default = os.environ.get(VARIABLE) or DISPLAYS[0]
    return _chosen.get("display") or _check(default, DISPLAYS, VARIABLE)


def in_kernel() -> bool:
    """Return whether this process is a Jupyter kernel, which live panels require."""
    return getattr(_shell(), "kernel", None) is not None


def runs_unattended() -> bool:
    """Return whether a notebook is executed without a front end, as by nbconvert or papermill.

    Such programs store the outputs: nothing would show a live panel or move a progress bar. They
    cannot ask the user for input, and each of their requests states it.

    Source: ``allow_stdin`` of execute requests in the Jupyter messaging protocol 5.
    """
    shell = _shell()
    # VS Code sets a variable in each notebook. Voila runs cells as nbclient does, but its page
    # shows live widgets.
    if (
        os.environ.get(VARIABLE) == DISPLAYS[0]
        or _is_in_vs_code()
        or any(name.startswith("VOILA_") for name in os.environ)
    ):
        return False
    read_request = getattr(getattr(shell, "kernel", None), "get_parent", None)
    content = (read_request() or {}).get("content", {}) if read_request else {}
    # Callbacks of widgets have no such entry.
    return content.get("allow_stdin") is False


def lacks_extensions() -> bool:
    """Return whether the front end is one that does not load extensions of JupyterLab.

    Source: the variable of VS Code's notebooks, and the package that Colab's kernels have.
    """
    return _is_in_vs_code() or "google.colab" in sys.modules


def _is_in_vs_code() -> bool:
    return "__vsc_ipynb_file__" in getattr(_shell(), "user_ns", {})


def uses_panels() -> bool:
    """Return whether results are displayed by panels, live or by their static view."""
    return _get_display() == DISPLAYS[0] and in_kernel()


def shows_panels() -> bool:
    """Return whether results are displayed as live panels."""
    return uses_panels() and not runs_unattended()


def html_unless_text(render: Callable[[Any], _Shown]) -> Callable[[Any], _Shown | None]:
    """Return a ``_repr_html_`` method that returns None if the display is "text".

    Parameters
    ----------
    render : callable
        The method that returns HTML.

    Returns
    -------
    callable
        The same method, disabled for text.
    """

    @functools.wraps(render)
    def shown(self: Any) -> _Shown | None:
        return None if _get_display() == "text" else render(self)

    return shown


def register_renderers(kind: str, renderers: Mapping[str, str]) -> None:
    """Register the functions that render values, by class.

    Parameters
    ----------
    kind : {"html", "panel"}
        Result of the functions: HTML, or a live panel.
    renderers : mapping of str to str
        Maps ``module:Class`` to ``module:function``. A function is imported when a value is first
        displayed.

    Examples
    --------
    >>> class Temperature(Displayed):
    ...     pass
    >>> register_renderers("html", {f"{__name__}:Temperature": "html:escape"})
    """
    _renderers[kind].update(renderers)


class Displayed:
    """Displays a value in a notebook by the renderers that are registered for its class."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        render = _find_renderer("html", type(self))
        return render(self) if render and _get_display() != "text" else None

    def _repr_mimebundle_(self, **requested: Any) -> dict[str, Any]:
        render = _find_renderer("panel", type(self)) if uses_panels() else None
        bundle: dict[str, Any] = render(self)._repr_mimebundle_(**requested) if render else {}
        return bundle


def _shell() -> Any:
    # A notebook has imported IPython already.
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _find_renderer(kind: str, shown: type) -> Callable[[Any], Any] | None:
    for one in shown.__mro__:
        path = _renderers[kind].get(f"{one.__module__}:{one.__qualname__}")
        if path is not None:
            module, _, name = path.partition(":")
            found: Callable[[Any], Any] = getattr(import_module(module), name)
            return found
    return None


def _check(value: str, choices: tuple[str, ...], where: str) -> str:
    if value not in choices:
        raise RegistryError(
            f"Unknown {where} {value!r:.60}; choose {', '.join(map(repr, choices[:-1]))} "
            f"or {choices[-1]!r}."
        )
    return value
