"""Which code makes a model: notebook, cell, git commit, user and host.

Whatever cannot be told is None: a model is worth keeping also where git is missing.

Source: gitrepository-layout(5), git-worktree(1); JPY_SESSION_NAME is set by jupyter_server.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from exo_nbregistry.records.fields import Provenance

GIT_TIMEOUT_S = 2.0
GIT_FRESH_S = 10.0
MAX_SOURCE_CHARACTERS = 1 << 16

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MAX_SYMBOLIC_REFS = 5


def read_provenance() -> Provenance:
    """Read which code is running, without ever failing.

    Git is asked about the current folder, once per notebook cell; in a script, what it said is
    kept for 10 s at most. So a commit made by a running cell is seen by the next cell only.

    Returns
    -------
    Provenance
        ``cell_number`` and ``cell_source`` are those of the running cell, the source cut after
        65536 characters; None in a script, and in callbacks, which run outside any cell.
        ``notebook`` is a file name without folder, where the front end tells it.
        ``git_dirty`` is None if git is missing or takes longer than 2 s.

    Examples
    --------
    >>> read_provenance().cell_number is None
    True
    """
    shell = _shell()
    number, source = _cell(shell)
    commit, dirty = _git(number, source)
    return Provenance(
        notebook=_notebook(shell),
        cell_number=number,
        cell_source=source,
        git_commit=commit,
        git_dirty=dirty,
        user=current_user(),
        host=_clean(platform.node()),
    )


@functools.cache
def current_user() -> str | None:
    """Return the login name of the user, or None where the system has none."""
    try:
        return _clean(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return None


def _clean(text: str) -> str | None:
    # The system's names may hold bytes outside UTF-8, which no record can keep.
    return text.encode("utf-8", "replace").decode() or None


def _shell() -> Any:
    # IPython is there already if this is a notebook; else importing it would be a waste.
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython else None


def _cell(shell: Any) -> tuple[int | None, str | None]:
    # While a cell runs, and only then, IPython's hook shows results. The execution count does
    # not tell: newer releases raise it before the cell runs, older ones after it.
    hook = getattr(shell, "displayhook", None)
    if hook is None or sys.displayhook is not hook:
        return None, None
    number = getattr(hook, "prompt_count", None)
    sources = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None)
    if not isinstance(number, int) or not isinstance(sources, list) or number >= len(sources):
        return None, None
    return number, _clean(str(sources[number])[:MAX_SOURCE_CHARACTERS])


def _notebook(shell: Any) -> str | None:
    if shell is None:
        # Programs started from a notebook inherit its environment, but are not it.
        return None
    path = getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__")
    path = str(path or os.environ.get("JPY_SESSION_NAME", ""))
    # Jupyter's real-time collaboration names its drive; a console's session has no extension.
    name = re.split(r"[\\/]", path)[-1].removeprefix("RTC:")
    return _clean(name) if "." in name else None


def _git(number: int | None, source: str | None) -> tuple[str | None, bool | None]:
    try:
        folder = os.getcwd()
    except OSError:
        return None, None
    span = None if number is not None else int(time.monotonic() / GIT_FRESH_S)
    return _git_once(folder, number, source, span)


@functools.lru_cache(maxsize=1)
def _git_once(folder: str, *_moment: object) -> tuple[str | None, bool | None]:
    # ValueError: a damaged HEAD can name a file that no system could have.
    with contextlib.suppress(OSError, ValueError):
        for parent in (Path(folder), *Path(folder).parents):
            if git := _git_folder(parent / ".git"):
                commit = _commit(git)
                return commit, _is_dirty(parent) if commit else None
    return None, None


def _git_folder(path: Path) -> Path | None:
    if path.is_file():
        # A worktree or a submodule: the file says where its git folder is.
        kind, _, target = path.read_text("utf-8", "surrogateescape").strip().partition(": ")
        path = path.parent / target if kind == "gitdir" else path
    return path if (path / "HEAD").is_file() else None


def _commit(git: Path) -> str | None:
    shared = git
    with contextlib.suppress(FileNotFoundError):
        # A worktree has its own HEAD, and shares the refs of the repository.
        shared = git / (git / "commondir").read_text("utf-8", "surrogateescape").strip()
    value = _line(git / "HEAD")
    for _ in range(_MAX_SYMBOLIC_REFS):
        if not value or not value.startswith("ref: "):
            break
        name = value.removeprefix("ref: ")
        value = _line(git / name) or _line(shared / name) or _packed(shared, name)
    return value if value and _COMMIT.fullmatch(value) else None


def _line(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "surrogateescape").strip()
    except OSError:
        return None


def _packed(git: Path, name: str) -> str | None:
    for line in (_line(git / "packed-refs") or "").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return None


def _is_dirty(root: Path) -> bool | None:
    git = shutil.which("git")
    # On Windows a git.exe beside the notebook is found first, as a relative path.
    if git is None or not os.path.isabs(git):
        return None
    # Variables that git sets in its hooks would point it at another repository; no lock is
    # taken that a commit elsewhere would trip over; no monitor that the folder names is run.
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = [git, "--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain"]
    try:
        done = subprocess.run(
            [*command, "--untracked-files=no"],
            cwd=root,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_TIMEOUT_S,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(done.stdout) if done.returncode == 0 else None
