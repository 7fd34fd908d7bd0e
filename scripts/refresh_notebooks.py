"""Run the notebooks and write them with their outputs: the same bytes from the same code.

Usage: python scripts/refresh_notebooks.py [NOTEBOOK ...]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"


def refresh(path: Path) -> bool:
    """Run one notebook in a fresh kernel and write it if its bytes differ.

    Parameters
    ----------
    path : Path
        The notebook; its kernel starts in its folder.

    Returns
    -------
    bool
        Whether the file changed.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook, kernel_name="python3", timeout=120, record_timing=False, resources=resources
    ).execute()
    normalise(notebook)
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def normalise(notebook: NotebookNode) -> None:
    """Remove what differs from run to run or from machine to machine, in place.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook. Kernel and language are reduced to their names, cells are
        numbered, widgets lose their state and their random ids.
    """
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(WIDGET)
            if view:
                view["model_id"] = "0" * 32


def main(names: Sequence[str]) -> None:
    """Refresh the notebooks named, or all of them, with a key and an index of their own."""
    with TemporaryDirectory() as home:
        os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.join(home, "config")
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = os.path.join(home, "cache")
        for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
            print(f"{path.name}: {'written' if refresh(path) else 'as it was'}")


if __name__ == "__main__":
    main(sys.argv[1:])
