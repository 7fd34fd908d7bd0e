"""Name of the notebook that is running.

Front ends pass it to the kernel. A program that runs a notebook without a front end does not: the
notebook is then the file beside the kernel that contains every cell that ran.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from pathlib import Path
from typing import Any

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.fs.regular_file import read_regular

MAX_FILES = 100
MAX_FILE_BYTES = 20_000_000
SEARCH_TIMEOUT_S = 0.5
_SUFFIX = ".ipynb"


def notebook_name(shell: Any) -> str | None:
    """Return the file name of the running notebook without its folder, or None if it is unknown.

    Parameters
    ----------
    shell : InteractiveShell or None
        The shell of IPython.

    Notes
    -----
    Source: JPY_SESSION_NAME is set by jupyter_server; papermill inserts PAPERMILL_INPUT_PATH on
    request, and writes ``input_path`` into the metadata of its output.
    """
    if shell is None:
        # Programs started from a notebook inherit its environment.
        return None
    variables = getattr(shell, "user_ns", {})
    path = variables.get("__vsc_ipynb_file__") or variables.get("PAPERMILL_INPUT_PATH")
    unattended = runs_unattended()
    if not path and not unattended:
        path = os.environ.get("JPY_SESSION_NAME", "")
    # Real-time collaboration prefixes the drive; the session of a console has no extension.
    name = _file_name(str(path or "")).removeprefix("RTC:")
    if "." in name:
        return name
    return _found(shell) if unattended else None


def _file_name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1]


def _found(shell: Any) -> str | None:
    sources = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or []
    # Papermill inserts a cell of its own.
    executed = [text for text in map(_comparable, sources) if text and text[:12] != "# Parameters"]
    try:
        folder = os.getcwd()
    except OSError:
        return None
    return _search(folder, tuple(dict.fromkeys(executed))) if executed else None


@functools.lru_cache(maxsize=1)
def _search(folder: str, executed: tuple[str, ...]) -> str | None:
    """Return the name of the only notebook in a folder that contains all executed cells."""
    end = time.monotonic() + SEARCH_TIMEOUT_S
    found: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(_SUFFIX))
    except OSError:
        return None
    if len(names) > MAX_FILES:
        return None
    for name in names:
        if time.monotonic() > end:
            # The others might match too.
            return None
        found.update(_matching_name(Path(folder, name), executed))
    return found.pop() if len(found) == 1 else None


def _matching_name(path: Path, executed: tuple[str, ...]) -> list[str]:
    """Return the name of a notebook if it contains the cells; a copy has its original's name."""
    try:
        text = read_regular(path, MAX_FILE_BYTES).decode("utf-8")
        # Most notebooks are excluded without parsing them.
        line = json.dumps(max(executed[-1].splitlines(), key=len), ensure_ascii=False)[1:-1]
        if line.isascii() and line not in text:
            return []
        notebook = json.loads(text)
        cells = {_comparable(cell.get("source", "")) for cell in notebook["cells"]}
        if not cells.issuperset(executed):
            return []
        original = notebook.get("metadata", {}).get("papermill", {}).get("input_path")
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return []
    name = _file_name(original) if isinstance(original, str) and original else path.name
    # The default name of an executed copy of nbconvert.
    return [re.sub(r"\.nbconvert\.ipynb$", _SUFFIX, name)]


def _comparable(source: Any) -> str:
    return ("".join(source) if isinstance(source, list) else str(source)).rstrip("\n")
