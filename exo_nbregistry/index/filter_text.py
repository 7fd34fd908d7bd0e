"""The text of a filter: its expression, and errors that mark a position."""

from __future__ import annotations

import ast
from typing import NoReturn

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.syntax_problem import COMPARISONS, syntax_problem

# SQLite may reject more than 999 parameters.
MAX_PARTS = 500
CANNOT_READ = "Cannot read the filter: "


class FilterText:
    """The text of a filter.

    Parameters
    ----------
    text : str
        The text.
    start : int
        Where the expression starts, after words.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self._indent = len(text) - len(text[start:].lstrip())

    @property
    def expression(self) -> str:
        """The expression, without the words and blanks before it."""
        return self.text[self._indent :]

    def position(self, line: int, column: int) -> int:
        """Return the position of a line and a column of the expression in the text."""
        lines = self.expression.splitlines(keepends=True)
        return self._indent + sum(map(len, lines[: line - 1])) + column

    def fail(self, message: str, node: ast.expr) -> NoReturn:
        """Raise QueryError at the position of an expression."""
        # ast counts bytes within the line; the caret requires characters.
        lines = self.expression.splitlines() or [""]
        before = lines[node.lineno - 1].encode()[: node.col_offset]
        position = self.position(node.lineno, len(before.decode(errors="ignore")))
        raise QueryError(message, text=self.text, position=position)


def check_text(text: object) -> str:
    """Return the text of a filter; raise QueryError if it is not text."""
    if not isinstance(text, str):
        given = type(text).__name__
        raise QueryError(f'A filter must be text such as "{COMPARISONS}", got {given}.')
    return text


def parse_expression(text: str, start: int = 0) -> tuple[ast.expr, FilterText]:
    """Parse the expression of a filter.

    Parameters
    ----------
    text : str
        The text.
    start : int
        Where the expression starts, after words.

    Returns
    -------
    expression : ast.expr
        The expression.
    source : FilterText
        Raises errors at a position of the text.

    Raises
    ------
    QueryError
        If the text is not an expression of Python, or has too many parts.
    """
    source = FilterText(text, start)
    try:
        expression = ast.parse(source.expression, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        # Python does not report a column for text that ends too early.
        line = getattr(error, "lineno", None) or 1
        column = getattr(error, "offset", None) or len(text) + 1
        position = min(source.position(line, column - 1), len(text))
        reason = getattr(error, "msg", None) or str(error)
        problem = syntax_problem(reason, text, position)
        raise QueryError(f"{CANNOT_READ}{problem}.", text=text, position=position) from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(expression)) > MAX_PARTS:
        source.fail(f"A filter may have at most {MAX_PARTS} parts.", expression)
    return expression, source
