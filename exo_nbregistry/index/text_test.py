"""Tests of the beginning, the end or a part of a text, in SQL."""

from __future__ import annotations

import ast

from exo_nbregistry.index.sql_condition import ANYWHERE, Condition, Field, contains, present
from exo_nbregistry.spelling import either

TEXT_METHODS = ("contains", "startswith", "endswith", "like")
ESCAPE = "\\"
# SQLite rejects a pattern of more than 50,000 bytes.
MAX_PATTERN = 10_000
# {} is the text. Values that are not text are excluded before.
_TESTS = {
    "contains": "instr({}, ?)",
    # As bytes, because the functions on text stop at a NUL. Of no bytes, substr is NULL.
    "startswith": "coalesce(substr(CAST({} AS BLOB), 1, ?), '') = ?",
    "endswith": "coalesce(substr(CAST({} AS BLOB), -?), '') = ?",
    "like": f"{{}} LIKE ? ESCAPE '{ESCAPE}'",
}


def text_test(field: Field, method: str, text: str) -> Condition:
    """Return the condition that a field, or a member of a collection, has a text.

    Parameters
    ----------
    field : Field
        A field that can be text.
    method : {'contains', 'startswith', 'endswith', 'like'}
        Kind of the test.
    text : str
        The text, or the pattern of ``like``.

    Returns
    -------
    Condition
        The SQL condition.

    Examples
    --------
    >>> text_test(Field("algorithm", "v.algorithm", "text"), "contains", "Forest")
    Condition(sql='(v.algorithm IS NOT NULL AND instr(v.algorithm, ?))', params=('Forest',))
    """
    if field.name == ANYWHERE:
        return contains(field, text)
    # In a mixed column, text sorts after numbers.
    guard = "{} >= '' AND " if field.column is None else ""
    if method not in ("startswith", "endswith"):
        return present(field, guard + _TESTS[method], [text])
    if not text:  # substr(x, -0) would be all of x
        return present(field, f"{guard}1", [])
    data = text.encode()
    return present(field, guard + _TESTS[method], [len(data), data])


def check_pattern(text: str) -> str:
    r"""Return why a pattern of ``like`` is invalid, or an empty text.

    Examples
    --------
    >>> check_pattern("100\\%"), bool(check_pattern("100\\"))
    ('', True)
    """
    if len(text) > MAX_PATTERN:
        return f"A pattern may have at most {MAX_PATTERN} characters, got {len(text)}."
    escaped = text.replace(ESCAPE * 2, "")
    if escaped.endswith(ESCAPE):
        return "A pattern cannot end with one backslash; write two for a literal backslash."
    return ""


def example(method: str) -> str:
    """Return an example of a method.

    Examples
    --------
    >>> example("like"), example("startswith")
    ("description.like('%x%')", "description.startswith('x')")
    """
    return f"description.{method}({'%x%' if method == 'like' else 'x'!r})"


def unknown_call(called: ast.expr) -> str:
    """Return the error about a call that is not one of the methods."""
    if isinstance(called, ast.Name) and called.id in TEXT_METHODS:
        return f"Write {called.id} after the field, such as {example(called.id)}."
    name = called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
    return f"Unknown method {name!r:.60}; choose {either(TEXT_METHODS)}."
