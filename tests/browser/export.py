"""A notebook as a page of HTML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# What nbconvert's own pages ask for, with panels or without: require.js and MathJax.
OF_NBCONVERT = "https://cdnjs.cloudflare.com/ajax/libs/"


def export(notebook: Path, theme: str = "light") -> str:
    """Convert a notebook as ``jupyter nbconvert`` does, and return the address of the page.

    Parameters
    ----------
    notebook : Path
        With its outputs.
    theme : {"light", "dark"}
        The page's colours.

    Returns
    -------
    str
        ``file://...``.
    """
    command = [sys.executable, "-m", "nbconvert", "--to=html", f"--theme={theme}", str(notebook)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return notebook.with_suffix(".html").as_uri()
