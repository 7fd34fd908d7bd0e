"""The filter language: a small subset of Python, compiled to parameterized SQL.

::

    metrics.f1_score > 0.9 and "reviewed" in tags
    0.8 <= metrics.recall < 0.9 or algorithm in ("SVC", "MLP")
    "kepler" in model_name and not hyperparameters["svc__C"] is None

A field is compared with constants: numbers, text, True and False (equal to 1 and 0), and None.

- A comparison with a missing field, or of a number with text, is False; ``not`` negates it.
  ``a != b`` means ``not a == b``, ``a not in b`` means ``not a in b``.
- ``is None`` and ``== None`` test for missing values, NaN, and values other than numbers and text.
- ``'a' in tags``, ``aliases`` or ``feature_columns`` tests for membership; ``'a' in`` a text
  field tests for a substring. Model names are not case-sensitive.
- ``'a' in anywhere`` tests for a substring of any text, alias or tag, ignoring ASCII case.
- ``created_at`` is compared with ISO 8601 text: UTC without an offset, midnight without a time.

The text never becomes SQL: column names come from a fixed table, all values are parameters.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.sql_condition import (
    COLLECTIONS,
    COLUMNS,
    GROUPS,
    Condition,
    Constant,
    Field,
    contains,
    join,
    matches,
    microseconds,
    real,
)
from exo_nbregistry.spelling import close_matches

# SQLite may reject more than 999 parameters, or a parser stack deeper than 100.
MAX_PARTS = 500
MAX_DEPTH = 20
RULE = (
    "A filter compares fields with constants, such as metrics.f1_score > 0.9 and 'reviewed' in "
    "tags. Operators: < <= > >= == (not =) != in, is None, and, or, not, parentheses."
)

_CANNOT = "Cannot read the filter: "
_USUAL = ("metrics.accuracy", "metrics.precision", "metrics.recall", "metrics.f1_score")
_KINDS = {"number": "numbers", "instant": "ISO 8601 text such as '2026-01-31T12:00'"}

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "==",
    ast.IsNot: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED = {"!=": "==", "not in": "in"}


@dataclass(frozen=True, slots=True)
class Order:
    """A field to sort by.

    Attributes
    ----------
    field, column : str, str or None
        Full name, such as ``metrics.f1_score``; column of ``v``, or None for a field in ``facts``.
    descending : bool
        Whether the largest value comes first. Missing values always come last.
    """

    field: str
    descending: bool
    column: str | None = None


def compile_filter(text: str) -> Condition:
    """Compile a filter.

    Parameters
    ----------
    text : str
        The expression.

    Returns
    -------
    Condition
        The SQL condition.

    Raises
    ------
    QueryError
        If the filter is invalid; ``position`` is the column of the error.

    Examples
    --------
    >>> compile_filter("version >= 2").sql
    '(v.number IS NOT NULL AND v.number >= ?)'
    >>> compile_filter("metrics.f1 > 0.9 and rank < 3")
    Traceback (most recent call last):
    exo_nbregistry.errors.QueryError: Unknown field 'rank'. ...
    """
    expression, compiler = _parse(text)
    return compiler.condition(expression, 0)


def compile_order(text: str) -> Order:
    """Compile a sort order: a field, preceded by ``-`` to sort descending.

    Raises
    ------
    QueryError
        If the field is unknown or has several values.

    Examples
    --------
    >>> compile_order("-metrics.f1_score")
    Order(field='metrics.f1_score', descending=True, column=None)
    """
    expression, compiler = _parse(text)
    descending = isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub)
    operand = expression.operand if descending else expression  # type: ignore[attr-defined]
    field = compiler.field(operand)
    if field.kind == "collection":
        compiler.fail(f"Cannot sort by {field.name}, because it has several values.", operand)
    return Order(field.name, descending, field.column)


def _parse(text: str) -> tuple[ast.expr, _Compiler]:
    if not isinstance(text, str):
        raise QueryError(f"A filter must be text, got {type(text).__name__}. {RULE}")
    indent = len(text) - len(text.lstrip())
    compiler = _Compiler(text, indent)
    try:
        expression = ast.parse(text.lstrip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        # Python does not report a column for text that ends too early.
        line = getattr(error, "lineno", None) or 1
        column = getattr(error, "offset", None) or len(text) + 1
        position = min(compiler.position(line, column - 1), len(text))
        reason = getattr(error, "msg", None) or str(error) or "it is nested too deeply"
        raise QueryError(f"{_CANNOT}{reason}. {RULE}", text=text, position=position) from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(expression)) > MAX_PARTS:
        compiler.fail(f"A filter may have at most {MAX_PARTS} parts.", expression)
    return expression, compiler


class _Compiler:
    def __init__(self, text: str, indent: int) -> None:
        self.text = text
        self._indent = indent

    def position(self, line: int, column: int) -> int:
        lines = self.text[self._indent :].splitlines(keepends=True)
        return self._indent + sum(map(len, lines[: line - 1])) + column

    def fail(self, message: str, node: ast.expr) -> NoReturn:
        # ast counts bytes within the line; the caret requires characters.
        lines = self.text[self._indent :].splitlines() or [""]
        before = lines[node.lineno - 1].encode()[: node.col_offset]
        position = self.position(node.lineno, len(before.decode(errors="ignore")))
        raise QueryError(message, text=self.text, position=position)

    def condition(self, node: ast.expr, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            self.fail(f"A filter may be nested at most {MAX_DEPTH} levels deep.", node)
        if isinstance(node, ast.BoolOp):
            word = "AND" if isinstance(node.op, ast.And) else "OR"
            return join(word, [self.condition(value, depth + 1) for value in node.values])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.condition(node.operand, depth + 1)
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            triples = zip(operands, node.ops, operands[1:], strict=False)
            return join("AND", [self._compare(*triple) for triple in triples])
        self.fail(f"{_CANNOT}a comparison is missing here. {RULE}", node)

    def field(self, node: ast.expr) -> Field:
        parts: list[str] = []
        base = node
        while isinstance(base, ast.Attribute | ast.Subscript):
            part = base.attr if isinstance(base, ast.Attribute) else self._key(base.slice)
            parts.insert(0, part)
            base = base.value
        if not isinstance(base, ast.Name):
            self.fail(f"{_CANNOT}a field is missing here. {RULE}", node)
        name = ".".join([base.id, *parts])
        if parts and base.id in GROUPS:
            return Field(name, None, "any")
        if not parts and base.id in COLLECTIONS:
            return Field(name, None, "collection")
        if not parts and base.id in COLUMNS:
            return Field(name, *COLUMNS[base.id])
        return self._unknown(name, node)

    def _key(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.fail("Write a quoted name between [ and ].", node)

    def _unknown(self, name: str, node: ast.expr) -> NoReturn:
        if name in GROUPS:
            self.fail(f"{name} is a group of fields; choose one, such as {name}.x.", node)
        close = close_matches(name, [*COLUMNS, *COLLECTIONS, *_USUAL])
        hint = f"Did you mean {' or '.join(close)}?" if close else _fields()
        self.fail(f"Unknown field {name!r}. {hint}", node)

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
        sign = _OPERATORS[type(op)]
        if isinstance(op, ast.Is | ast.IsNot) and not _is_none(right):
            self.fail("'is' can only be used with None; write == or !=.", right)
        if sign in _NEGATED:
            return ~self._test(left, _NEGATED[sign], right)
        return self._test(left, sign, right)

    def _test(self, left: ast.expr, sign: str, right: ast.expr) -> Condition:
        if sign == "in":
            return self._membership(left, right)
        if _is_constant(left):
            left, sign, right = right, _MIRRORED[sign], left
        field = self.field(left)
        if field.kind == "collection":
            self._fail_collection(field, left)
        if sign != "==" and _is_none(right):
            self.fail("None can only be compared with is, ==, != and in.", right)
        return matches(field, sign, [self._constant(right, field)])

    def _membership(self, left: ast.expr, right: ast.expr) -> Condition:
        if isinstance(right, ast.Tuple | ast.List | ast.Set):
            field = self.field(left)
            if field.kind == "collection":
                self._fail_collection(field, left)
            return matches(field, "==", [self._constant(item, field) for item in right.elts])
        if _is_constant(right):
            self.fail("Write a field or a list such as ('a', 'b') after 'in'.", right)
        field = self.field(right)
        if field.kind in ("number", "instant"):
            self.fail(f"{field.name} is not text; compare it with < <= > >= or ==.", right)
        if not (isinstance(left, ast.Constant) and isinstance(left.value, str)):
            self.fail(f"Only quoted text can be searched in {field.name}.", left)
        return contains(field, str(self._constant(left, field)))

    def _constant(self, node: ast.expr, field: Field) -> Constant:
        value = self._literal(node)
        if value is None:
            return None
        if field.kind == "instant" and isinstance(value, str):
            with suppress(ValueError, OverflowError):
                return microseconds(datetime.fromisoformat(value))
        elif field.kind == "any" or isinstance(value, str) == (field.kind != "number"):
            return value.lower() if field.kind == "name" and isinstance(value, str) else value
        expected = _KINDS.get(field.kind, "text")
        self.fail(f"{field.name} must be compared with {expected}, got {value!r}.", node)

    def _literal(self, node: ast.expr) -> Constant:
        flip: Callable[[Any], Any] = operator.pos
        inner = node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            flip = operator.neg if isinstance(node.op, ast.USub) else operator.pos
            inner = node.operand
        value = inner.value if isinstance(inner, ast.Constant) else ...
        if isinstance(value, int | float):
            return real(flip(value))
        if inner is node and isinstance(value, str | None):
            if value is not None and any("\ud800" <= letter <= "\udfff" for letter in value):
                self.fail("The text is not valid Unicode.", node)
            return value
        self.fail("Write a constant here: a number, quoted text, True, False or None.", node)

    def _fail_collection(self, field: Field, node: ast.expr) -> NoReturn:
        self.fail(f"{field.name} has several values; write 'x' in {field.name}.", node)


def _fields() -> str:
    open_ended = [f"{group}.<name>" for group in GROUPS]
    return f"Fields are {', '.join([*COLUMNS, *COLLECTIONS, *open_ended])}."


def _is_none(node: ast.expr) -> bool:  # prose: ok, None of Python
    return isinstance(node, ast.Constant) and node.value is None


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.UnaryOp | ast.Tuple | ast.List | ast.Set)
