"""Provenance of a model: notebook, cell, git commit, user and host.

Unknown facts are None; a model is registered although git is missing.
"""

from __future__ import annotations

import functools
import getpass
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from exo_nbregistry.config import check_provenance, get_provenance
from exo_nbregistry.introspection.definitions import read_definitions
from exo_nbregistry.introspection.git_status import read_git_status
from exo_nbregistry.introspection.notebook_file import notebook_name
from exo_nbregistry.introspection.stored_sources import masked_sources
from exo_nbregistry.records.fields import Provenance

MAX_SOURCE_CHARACTERS = 1 << 16
Cell = tuple[int | None, str | None]
_chosen: ContextVar[Cell | None] = ContextVar("_chosen", default=None)


def read_provenance(level: str | None = None) -> Provenance:
    """Return the provenance of the running code; unknown facts are None.

    Values that look like passwords, tokens or keys are masked in sources, and a message is logged.

    The git status of the current folder is read once for each notebook cell, and in a script at
    most every 10 s. A commit by the running cell is seen by the next cell.

    Parameters
    ----------
    level : {"full", "no-source", "none"}, optional
        What is read, as for `set_config`, which sets the default.

    Returns
    -------
    Provenance
        ``cell_number`` and ``cell_source`` describe the running cell; the source is cut after
        65536 characters. Both are None in a script, and in callbacks outside a cell.
        ``definitions`` has the functions and classes of other cells that the cell uses.
        ``notebook`` is a file name without folder: the front end sets it, or it is the only
        notebook in the current folder that contains all executed cells. ``git_dirty`` is None if
        git is missing or takes longer than 2 s.

    Examples
    --------
    >>> read_provenance().cell_number is None
    True
    """
    level = get_provenance() if level is None else check_provenance(level)
    if level == "none":
        return Provenance()
    shell = running_shell()
    number, source = running_cell()
    commit, dirty = read_git_status(number, source)
    definitions = read_definitions(shell, number) if level == "full" else None
    source, definitions = masked_sources(source if level == "full" else None, definitions)
    return Provenance(
        notebook=_clean(notebook_name(shell) or ""),
        cell_number=number,
        cell_source=source and source[:MAX_SOURCE_CHARACTERS],
        definitions=definitions,
        git_commit=commit,
        git_dirty=dirty,
        user=current_user(),
        host=_clean(platform.node()),
    )


def event_author() -> str:
    """Return the author of new events: the current user, unless no provenance is stored."""
    user = None if get_provenance() == "none" else current_user()
    return user or "unknown"


@functools.cache
def current_user() -> str | None:
    """Return the login name of the user, or None if it is unknown."""
    try:
        return _clean(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return None


def _clean(text: str) -> str | None:
    # System names can have bytes outside UTF-8, which a record cannot store.
    return text.encode("utf-8", "replace").decode() or None


def running_shell() -> Any:
    """Return the shell of IPython, or None outside IPython."""
    # A notebook has imported IPython already.
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython else None


def running_cell() -> Cell:
    """Return the number and the source of the running cell; both are None outside a cell."""
    return _chosen.get() or _cell(running_shell())


@contextmanager
def in_cell(cell: Cell) -> Iterator[None]:
    """Read the provenance of an earlier cell, in a callback that runs after it.

    Parameters
    ----------
    cell : tuple of (int or None, str or None)
        What `running_cell` returned in the cell.

    Examples
    --------
    >>> with in_cell((3, "model.fit(X, y)")):
    ...     read_provenance().cell_number
    3
    """
    before = _chosen.set(cell)
    try:
        yield
    finally:
        _chosen.reset(before)


def _cell(shell: Any) -> Cell:
    # IPython's display hook is active only while a cell runs. The execution count is not usable:
    # newer releases increase it before the cell runs, older ones after it.
    hook = getattr(shell, "displayhook", None)
    if hook is None or sys.displayhook is not hook:
        return None, None
    number = getattr(hook, "prompt_count", None)
    sources = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None)
    if not isinstance(number, int) or not isinstance(sources, list) or number >= len(sources):
        return None, None
    # A little more than is stored, so that a secret at the end is recognized.
    return number, _clean(str(sources[number])[: MAX_SOURCE_CHARACTERS + 1000])
