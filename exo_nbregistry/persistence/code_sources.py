"""The sources of classes and functions, also of those in a notebook."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from exo_nbregistry.values.attribute import read_attribute

# The file of an export with the sources of the code that its model carries.
SOURCES_FILE = "sources.py"
_CELL = ("<ipython-input", "ipykernel")
# The file name of code that eval or exec compiled.
_TEXT = "<string>"


def sources_of(definitions: Mapping[str, Any]) -> dict[str, str]:
    r"""Return the source of each definition; a comment for one without a source.

    Parameters
    ----------
    definitions : mapping of str to object
        Classes, functions and modules by name.

    Returns
    -------
    dict of str to str
        The sources, sorted by name.

    Examples
    --------
    >>> sources_of({"__main__.twice": eval("lambda x: 2 * x")})
    {'__main__.twice': '# The source of __main__.twice is not available.\n'}
    """
    return {
        name: _source(definitions[name]) or f"# The source of {name} is not available.\n"
        for name in sorted(definitions)
    }


def sources_py(title: str, sources: Mapping[str, str]) -> str:
    """Return sources as a Python file that people can read.

    Parameters
    ----------
    title : str
        Name of the model.
    sources : mapping of str to str
        Source of each definition, by name.

    Examples
    --------
    >>> print(sources_py("rf:1", {"__main__.f": "def f(): ..."}))
    # The code that rf:1 carries with it, to read. model.joblib contains it in compiled form, so
    # predict.py does not import this file.
    <BLANKLINE>
    # __main__.f
    def f(): ...
    <BLANKLINE>
    """
    head = (
        f"# The code that {' '.join(title.split())} carries with it, to read. model.joblib "
        "contains it in compiled form, so\n# predict.py does not import this file.\n"
    )
    parts = (f"# {' '.join(name.split())}\n{text.rstrip()}\n" for name, text in sources.items())
    return "\n".join([head, *parts])


def _source(definition: Any) -> str | None:
    if isinstance(definition, FunctionType) and definition.__code__.co_filename == _TEXT:
        # Python 3.13 would give the program of ``python -c``, whose lines have the same name.
        return None
    try:
        text = inspect.getsource(definition)
    except (OSError, TypeError, IndexError, SyntaxError):
        # Before Python 3.13, inspect finds no class of a notebook.
        text = (_class_source(definition) if isinstance(definition, type) else None) or ""
    return textwrap.dedent(text) or None


def _class_source(definition: type) -> str | None:
    lines = {
        member.__code__.co_filename: member.__code__.co_firstlineno
        for member in map(_function, vars(definition).values())
        if member is not None and member.__qualname__.startswith(f"{definition.__qualname__}.")
    }
    for name, line in lines.items():
        found = _class_in(name, definition.__qualname__, line)
        if found is not None:
            return found
    for name in _cells():
        found = _class_in(name, definition.__qualname__)
        if found is not None:
            return found
    return None


def _function(member: Any) -> FunctionType | None:
    """Return the function of a method, or None."""
    for name in ("__func__", "fget", "func"):
        member = read_attribute(member, name) or member
    member = inspect.unwrap(member) if callable(member) else member
    return member if isinstance(member, FunctionType) else None


def _cells() -> Iterator[str]:
    """Yield the names of the cells that were run, the last one first."""
    yield from (name for name in reversed([*linecache.cache]) if any(c in name for c in _CELL))


def _class_in(file: str, qualname: str, line: int | None = None) -> str | None:
    """Return the source of the class of a name, in which a line is."""
    text = "".join(linecache.getlines(file))
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    found = None
    for node, name in _classes(tree, ""):
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        if name == qualname and (line is None or first <= line <= (node.end_lineno or line)):
            found = "".join(text.splitlines(keepends=True)[first - 1 : node.end_lineno])
    return found


def _classes(node: ast.AST, prefix: str) -> Iterator[tuple[ast.ClassDef, str]]:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.ClassDef):
            yield child, f"{prefix}{child.name}"
            inner = f"{prefix}{child.name}."
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{prefix}{child.name}.<locals>."
        yield from _classes(child, inner)
