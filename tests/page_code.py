"""The code of a documentation page, in the order in which a reader runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Comments that begin with "run" have code that readers do not see: preparations and checks.
_BLOCK = re.compile(
    r"^```(python|sh|pycon)\n(.*?)^```$|^<!-- (run)\n(.*?)^-->$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes
    ----------
    language : {'python', 'sh'}
        The language.
    code : str
        The code.
    line : int
        Line of the page.
    """

    language: str
    code: str
    line: int


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page that run."""
    return [
        Block(
            "sh" if match[1] == "sh" else "python",
            match[2] or match[4],
            page.count("\n", 0, match.start()) + 2,
        )
        for match in _BLOCK.finditer(page)
    ]


def run_page(name: str, page: str, folder: Path) -> None:
    """Run the blocks of a page in one namespace and one folder, which is the current one.

    Parameters
    ----------
    name : str
        Name of the page, for tracebacks.
    page : str
        Its text.
    folder : Path
        The current folder.
    """
    environ = shell_environment(folder)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks_of(page):
        if block.language == "sh":
            done = subprocess.run(
                ["sh", "-ec", block.code], env=environ, capture_output=True, text=True, timeout=120
            )
            where = f"{name}:{block.line}\n{done.stdout}{done.stderr}"
            assert done.returncode == 0, where
            assert "Traceback" not in done.stderr, where
        else:
            code = "\n" * (block.line - 1) + block.code
            exec(compile(code, name, "exec"), names)


def shell_environment(folder: Path) -> dict[str, str]:
    """Return an environment whose PATH has the command and this Python."""
    programs = folder / ".bin"
    programs.mkdir()
    for name, arguments in (("python", ""), ("exo-nbregistry", " -m exo_nbregistry")):
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        script.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return dict(os.environ) | {"PATH": path, "PYTHONPATH": str(ROOT)}
