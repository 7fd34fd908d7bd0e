"""Notebooks as HTML pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Pages of nbconvert request require.js and MathJax, with panels or without.
OF_NBCONVERT = "https://cdnjs.cloudflare.com/ajax/libs/"


def export(
    notebook: Path, theme: str = "light", *, execute: bool = False, sanitize: bool = False
) -> str:
    """Convert a notebook as ``jupyter nbconvert`` does, and return the address of the page.

    Parameters
    ----------
    notebook : Path
        Notebook with outputs.
    theme : {"light", "dark"}
        Theme of the page.
    execute : bool
        Whether to run the notebook first, without a front end.
    sanitize : bool
        Whether nbconvert sanitizes the outputs.

    Returns
    -------
    str
        ``file://...``.
    """
    command = [sys.executable, "-m", "nbconvert", "--to=html", f"--theme={theme}", str(notebook)]
    command += ["--execute"] if execute else []
    command += ["--sanitize-html"] if sanitize else []
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return notebook.with_suffix(".html").as_uri()
