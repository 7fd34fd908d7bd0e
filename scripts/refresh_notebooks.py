"""Run the notebooks and write them with reproducible outputs.

Usage: python scripts/refresh_notebooks.py [NOTEBOOK ...]
"""

from __future__ import annotations

import base64
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
# Text chunks of a PNG file. Matplotlib writes its version into one of them.
PNG_TEXT = (b"tEXt", b"zTXt", b"iTXt", b"tIME")


def refresh(path: Path) -> bool:
    """Run a notebook in a new kernel and write it if it changed.

    Parameters
    ----------
    path : Path
        The notebook. The kernel starts in its folder.

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
    normalize(notebook)
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def normalize(notebook: NotebookNode) -> None:
    """Remove details that differ between runs or machines, in place.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook. Details of kernel and language, execution times, the state and
        random ids of widgets, and the text chunks of figures are removed. Cells are numbered, and
        consecutive lines of a stream are joined.
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
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if WIDGET in data:
                data[WIDGET]["model_id"] = "0" * 32
            if "image/png" in data:
                data["image/png"] = _without_text(data["image/png"])


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join consecutive outputs of one stream, because the kernel splits them at random."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _without_text(text: str) -> str:
    """Return a PNG in base64 without text chunks."""
    data = base64.b64decode(text)
    kept, start = data[:8], 8
    while start < len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4])
        if data[start + 4 : start + 8] not in PNG_TEXT:
            kept += data[start:end]
        start = end
    return base64.b64encode(kept).decode()


def main(names: Sequence[str]) -> None:
    """Refresh the given notebooks, or all, with a temporary key and index."""
    with TemporaryDirectory() as home:
        os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.join(home, "config")
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = os.path.join(home, "cache")
        for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
            print(f"{path.name}: {'written' if refresh(path) else 'unchanged'}")


if __name__ == "__main__":
    main(sys.argv[1:])
