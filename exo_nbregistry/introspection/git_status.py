"""Commit and state of the git repository of the current folder.

A repository can name programs that git runs: monitors, hooks, filters of files, submodules and
transports. The repository may be a download, so none of them runs here.

Source: gitrepository-layout(5), git-worktree(1), git-config(1), gitattributes(5).
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from exo_nbregistry.fs.regular_file import read_regular

GIT_TIMEOUT_S = 2.0
GIT_FRESH_S = 10.0

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MAX_SYMBOLIC_REFS = 5
_MAX_FILE_BYTES = 64 << 20
_FILTER = re.compile(r"filter\.([\w.-]+)\.[\w-]+")
# Settings that run programs, of any release of git. Without a lazy fetch, a repository of which
# parts are missing does not run its transport.
SAFE_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "protocol.allow": "never",
    "submodule.recurse": "false",
}
SAFE_ENVIRON = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}


def read_git_status(number: int | None, source: str | None) -> tuple[str | None, bool | None]:
    """Return the commit of the current folder, and whether tracked files were changed since.

    Parameters
    ----------
    number, source : int, str or None
        The running notebook cell, for which the status is read once; in a script it is read at
        most every 10 s.

    Returns
    -------
    commit : str or None
        None outside a repository.
    dirty : bool or None
        None if it is unknown: git is missing, takes longer than 2 s, does not trust the owner of
        the folder, or all changed files have a filter, which is not run.
    """
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
                return commit, is_dirty(parent) if commit else None
    return None, None


def _git_folder(path: Path) -> Path | None:
    if path.is_file():
        # Of a worktree or submodule, the file holds the path of its git folder.
        kind, _, target = (_line(path) or "").partition(": ")
        path = path.parent / target if kind == "gitdir" else path
    return path if (path / "HEAD").is_file() else None


def _commit(git: Path) -> str | None:
    shared = git
    with contextlib.suppress(OSError):
        # A worktree has its own HEAD and shares the refs of the repository.
        shared = git / _text(git / "commondir")
    value = _line(git / "HEAD")
    for _ in range(_MAX_SYMBOLIC_REFS):
        if not value or not value.startswith("ref: "):
            break
        name = value.removeprefix("ref: ")
        value = _line(git / name) or _line(shared / name) or _packed(shared, name)
    return value if value and _COMMIT.fullmatch(value) else None


def _line(path: Path) -> str | None:
    try:
        return _text(path)
    except OSError:
        return None


def _text(path: Path) -> str:
    # The folder may be a download, with a pipe or a link to a device in it.
    return read_regular(path, _MAX_FILE_BYTES).decode("utf-8", "surrogateescape").strip()


def _packed(git: Path, name: str) -> str | None:
    for line in (_line(git / "packed-refs") or "").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return None


def is_dirty(root: Path) -> bool | None:
    """Return whether tracked files differ from the commit, or None if it is unknown."""
    git = shutil.which("git")
    # On Windows, a git.exe next to the notebook would be found first, as a relative path.
    if git is None or not os.path.isabs(git):
        return None
    run = functools.partial(_run, git, root, time.monotonic() + GIT_TIMEOUT_S)
    listed = run(["config", "--null", "--name-only", "--get-regexp", r"^filter\."])
    if listed is None:
        return None
    found = [_FILTER.fullmatch(name) for name in listed.split("\0") if name]
    if not all(found):
        return None
    filters = {match[1] for match in found if match}
    # An empty command filters nothing. The content of a file with a filter then differs.
    settings = {f"filter.{name}.{kind}": "" for name in filters for kind in ("clean", "process")}
    settings |= {f"filter.{name}.required": "false" for name in filters}
    # The state of a submodule would be read with the settings of the submodule.
    changed = run(
        [
            "status",
            "--porcelain",
            "-z",
            "--untracked-files=no",
            "--no-renames",
            "--ignore-submodules=dirty",
        ],
        settings=settings,
    )
    if not changed or not filters:
        return None if changed is None else bool(changed)
    return _really_changed(changed.split("\0")[:-1], run)


def _really_changed(entries: list[str], run: functools.partial[str | None]) -> bool | None:
    """Return True if a change is staged or in a file without a filter; otherwise None."""
    if any(entry[:1] != " " for entry in entries):
        return True
    paths = "".join(f"{entry[3:]}\0" for entry in entries)
    attributes = run(["check-attr", "--stdin", "-z", "filter"], stdin=paths)
    if attributes is None:
        return None
    values = attributes.split("\0")[2::3]
    return True if any(value in ("unspecified", "unset") for value in values) else None


def _run(
    git: str,
    root: Path,
    deadline: float,
    command: list[str],
    settings: dict[str, str] | None = None,
    stdin: str = "",
) -> str | None:
    """Return the output of a git command, or None if it fails; no match is an empty output."""
    # Variables of git hooks would select another repository.
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    options = [
        part
        for name, value in {**SAFE_SETTINGS, **(settings or {})}.items()
        for part in ("-c", f"{name}={value}")
    ]
    try:
        done = subprocess.run(
            [git, *options, *command],
            cwd=root,
            env=environ | SAFE_ENVIRON,
            input=stdin,
            encoding="utf-8",
            errors="surrogateescape",
            capture_output=True,
            timeout=max(deadline - time.monotonic(), 0),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    # `git config` returns 1 if no setting matches.
    ok = done.returncode == 0 or (command[0] == "config" and done.returncode == 1)
    return done.stdout if ok else None
