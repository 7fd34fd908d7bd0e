"""Notebooks that run in a real kernel, with and without a front end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient


class AttendedClient(NotebookClient):  # type: ignore[misc]
    """Runs cells with the requests of a front end, which can ask the user for input."""

    async def async_start_new_kernel_client(self) -> Any:
        """Start a client that allows input, as JupyterLab does."""
        client = await super().async_start_new_kernel_client()
        client.allow_stdin = True
        return client

    start_new_kernel_client = async_start_new_kernel_client


def execute(cells: Sequence[str], folder: Path, *, attended: bool = False) -> nbformat.NotebookNode:
    """Return a notebook with these cells after it has run in a folder."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    kind = AttendedClient if attended else NotebookClient
    kind(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return the data of the displayed outputs."""
    return [out.data for cell in notebook.cells for out in cell.outputs if "data" in out]
