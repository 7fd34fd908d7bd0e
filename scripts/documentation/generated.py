"""The generated parts of pages, by the comment that marks their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from scripts.documentation.api_pages import module_page, registry_page
from scripts.documentation.command_page import command_page
from scripts.documentation.errors_page import errors_tree
from scripts.documentation.filter_page import fields_table
from scripts.documentation.settings_page import lab_table, server_table

PARTS: dict[str, Callable[[], str]] = {
    "api ModelRegistry": registry_page,
    "commands": command_page,
    "errors": errors_tree,
    "filter fields": fields_table,
    "settings of JupyterLab": lab_table,
    "settings of the server": server_table,
}
_MARK = re.compile(r"^<!-- generated: (.+?) -->$", re.MULTILINE)


def generate(page: str) -> str:
    """Return a page with its generated parts.

    Parameters
    ----------
    page : str
        Markdown in which lines such as ``<!-- generated: commands -->`` mark a part, and
        ``<!-- generated: api MODULE -->`` the public names of a module.

    Raises
    ------
    KeyError
        If a mark names an unknown part.
    """
    return _MARK.sub(lambda mark: _part(mark[1]), page)


def _part(name: str) -> str:
    if name in PARTS:
        return PARTS[name]()
    kind, _, module = name.partition(" ")
    if kind != "api" or not module:
        raise KeyError(f"Unknown generated part {name!r}; use one of {sorted(PARTS)}.")
    return module_page(module)


def stage_notebooks(source: Path, target: Path) -> None:
    """Copy the notebooks to the folder of the tutorials, if their content has changed.

    Parameters
    ----------
    source : Path
        Folder of the notebooks.
    target : Path
        Folder of the tutorials. Copies of notebooks that were removed are removed.
    """
    names = {path.name for path in source.glob("*.ipynb")}
    for path in target.glob("*.ipynb"):
        if path.name not in names:
            path.unlink()
    for name in names:
        data = (source / name).read_bytes()
        copy = target / name
        if not copy.is_file() or copy.read_bytes() != data:
            copy.write_bytes(data)
