"""Provenance of a model: notebook, cell, git commit, user and host.

Unknown facts are None; a model is registered although git is missing.

Source: gitrepository-layout(5), git-worktree(1).
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

from exo_nbregistry.introspection.definitions import read_definitions
from exo_nbregistry.introspection.notebook_file import notebook_name
from exo_nbregistry.records.fields import Provenance

GIT_TIMEOUT_S = 2.0
GIT_FRESH_S = 10.0
MAX_SOURCE_CHARACTERS = 1 << 16

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MAX_SYMBOLIC_REFS = 5


def read_provenance() -> Provenance:
    """Return the provenance of the running code; unknown facts are None.

    The git status of the current folder is read once for each notebook cell, and in a script at
    most every 10 s. A commit by the running cell is seen by the next cell.

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
    shell = _shell()
    number, source = _cell(shell)
    commit, dirty = _git(number, source)
    return Provenance(
        notebook=_clean(notebook_name(shell) or ""),
        cell_number=number,
        cell_source=source,
        definitions=read_definitions(shell, number),
        git_commit=commit,
        git_dirty=dirty,
        user=current_user(),
        host=_clean(platform.node()),
    )


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


def _shell() -> Any:
    # A notebook has imported IPython already.
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython else None


def _cell(shell: Any) -> tuple[int | None, str | None]:
    # IPython's display hook is active only while a cell runs. The execution count is not usable:
    # newer releases increase it before the cell runs, older ones after it.
    hook = getattr(shell, "displayhook", None)
    if hook is None or sys.displayhook is not hook:
        return None, None
    number = getattr(hook, "prompt_count", None)
    sources = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None)
    if not isinstance(number, int) or not isinstance(sources, list) or number >= len(sources):
        return None, None
    return number, _clean(str(sources[number])[:MAX_SOURCE_CHARACTERS])


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
        # Of a worktree or submodule, the file holds the path of its git folder.
        kind, _, target = path.read_text("utf-8", "surrogateescape").strip().partition(": ")
        path = path.parent / target if kind == "gitdir" else path
    return path if (path / "HEAD").is_file() else None


def _commit(git: Path) -> str | None:
    shared = git
    with contextlib.suppress(FileNotFoundError):
        # A worktree has its own HEAD and shares the refs of the repository.
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
    # On Windows, a git.exe next to the notebook would be found first, as a relative path.
    if git is None or not os.path.isabs(git):
        return None
    # Variables of git hooks would select another repository. Without optional locks, a commit in
    # another process does not fail. A monitor that the repository configures is not run.
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
