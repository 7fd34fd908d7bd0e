"""The functions and classes of a notebook that a cell uses.

The sources come from the cells that ran, because the source of a class that is defined in a
notebook cannot be read from the class.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exo_nbregistry.text.names import name_list

MAX_DEFINITIONS_CHARACTERS = 1 << 16
_MAX_DEFINITIONS = 200


def read_definitions(shell: Any, number: int | None) -> str | None:
    """Return the definitions of the notebook that the running cell uses, directly or indirectly.

    Parameters
    ----------
    shell : InteractiveShell or None
        The shell of IPython.
    number : int or None
        Number of the running cell.

    Returns
    -------
    str or None
        Sources of functions, lambdas and classes, in the order of their cells; those in the
        running cell are not repeated. Definitions above 65536 characters in total are only named,
        in a comment. None if the cell uses no definition of another cell.
    """
    cells = getattr(getattr(shell, "history_manager", None), "input_hist_parsed", None)
    if number is None or not isinstance(cells, list) or number >= len(cells):
        return None
    try:
        found = _used_definitions(cells, number, getattr(shell, "user_ns", {}))
    except Exception:  # noqa: BLE001 - variables of the user can raise any error when inspected
        return None
    return _joined(sorted(found)) if found else None


def _used_definitions(
    cells: Sequence[str], number: int, variables: Mapping[str, Any]
) -> set[tuple[int, int, str, str]]:
    """Return cell, line, name and source of each used definition."""
    waiting = [name for name in _names(cells[number]) if name in variables]
    seen = set(waiting)
    found: set[tuple[int, int, str, str]] = set()
    while waiting and len(found) < _MAX_DEFINITIONS:
        name = _defined_name(waiting.pop(0), variables)
        place = next(_places(cells, name, last=number), None) if name else None
        if name is None or place is None:
            continue
        cell, line, source = place
        if cell != number:
            found.add((cell, line, name, source))
        new = [used for used in _names(source) if used in variables and used not in seen]
        seen.update(new)
        waiting += new
    return found


def _defined_name(name: str, variables: Mapping[str, Any]) -> str | None:
    """Return the name of a function or class of the notebook; for an object, that of its class."""
    value = variables[name]
    kind = value if isinstance(value, type) else type(value)
    if getattr(kind, "__module__", None) == "__main__":
        return kind.__qualname__.partition(".")[0]
    if callable(value) and getattr(value, "__module__", None) == "__main__":
        return name
    return None


def _places(cells: Sequence[str], name: str, *, last: int) -> Iterator[tuple[int, int, str]]:
    """Yield cell, line and source of each definition of a name, the latest first."""
    pattern = re.compile(rf"\b(?:def|class)\s+{re.escape(name)}\b|\b{re.escape(name)}\s*[:=]")
    for number in range(last, -1, -1):
        # Most cells do not have the name at all.
        if name in cells[number] and pattern.search(cells[number]):
            known = _definitions(cells[number])
            if name in known:
                yield (number, *known[name])


@functools.lru_cache(maxsize=256)
def _definitions(cell: str) -> dict[str, tuple[int, str]]:
    """Return the first line and the source of each definition at the top level of a cell."""
    found = {}
    for node in _parse(cell):
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        lines = cell.splitlines()[first - 1 : node.end_lineno]
        found.update({name: (first, "\n".join(lines)) for name in names})
    return found


@functools.lru_cache(maxsize=256)
def _names(source: str) -> tuple[str, ...]:
    """Return the names that code uses, in order."""
    nodes = (node for statement in _parse(source) for node in ast.walk(statement))
    return tuple(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))


def _parse(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def _joined(found: Sequence[tuple[int, int, str, str]]) -> str:
    kept: list[str] = []
    omitted: list[str] = []
    left = MAX_DEFINITIONS_CHARACTERS
    for _cell, _line, name, source in found:
        if len(source) > left:
            omitted.append(name)
            continue
        kept.append(source)
        left -= len(source)
    if omitted:
        kept.append(f"# Not kept, because they are too long: {name_list(omitted)}")
    # A record cannot store bytes outside UTF-8.
    return "\n\n\n".join(kept).encode("utf-8", "replace").decode()
