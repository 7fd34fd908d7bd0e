"""Compiler of the expressions of the filter language to SQL conditions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NoReturn

from exo_nbregistry.index.filter_text import CANNOT_READ, FilterText, parse_expression
from exo_nbregistry.index.sql_condition import (
    ANYWHERE,
    COLLECTIONS,
    COLUMNS,
    GROUPS,
    TRAINING_FIELDS,
    Condition,
    Constant,
    Field,
    contains,
    join,
    matches,
    microseconds,
    real,
)
from exo_nbregistry.index.syntax_problem import COMPARISONS
from exo_nbregistry.index.text_test import (
    TEXT_METHODS,
    check_pattern,
    example,
    text_test,
    unknown_call,
)
from exo_nbregistry.spelling import close_matches

# SQLite may reject a parser stack deeper than 100.
MAX_DEPTH = 20
_USUAL = ("metrics.accuracy", "metrics.precision", "metrics.recall", "metrics.f1_score")
# Arguments and attributes whose values are in a group of another name.
_OTHER_NAMES = {"additional_metrics": "results", "evaluation_results": "results"}
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


class Compiler:
    """Compiles the expressions of one text.

    Parameters
    ----------
    source : FilterText
        The text, which raises errors.

    Attributes
    ----------
    fields : list of Field
        The fields that were compiled, without those that are tested for missing values.
    """

    def __init__(self, source: FilterText) -> None:
        self.fail = source.fail
        self.fields: list[Field] = []

    def condition(self, node: ast.expr, depth: int) -> Condition:
        """Return the condition of an expression that is nested `depth` levels deep."""
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
        if isinstance(node, ast.Call):
            return self._call(node)
        self.fail(f"{CANNOT_READ}a comparison is missing here, such as {COMPARISONS}.", node)

    def field(self, node: ast.expr) -> Field:
        """Return the field that an expression names."""
        parts: list[str] = []
        base = node
        while isinstance(base, ast.Attribute | ast.Subscript):
            part = base.attr if isinstance(base, ast.Attribute) else self._key(base.slice)
            parts.insert(0, part)
            base = base.value
        if not isinstance(base, ast.Name):
            self.fail(f"{CANNOT_READ}a field is missing here, such as metrics.f1_score.", node)
        name = ".".join([base.id, *parts])
        if name in TRAINING_FIELDS:
            name = TRAINING_FIELDS[name]
            self.fields.append(Field(name, *COLUMNS[name]))
        elif parts and base.id in GROUPS:
            self.fields.append(Field(name, None, "any"))
        elif not parts and base.id in COLLECTIONS:
            self.fields.append(Field(name, None, "collection"))
        elif not parts and base.id in COLUMNS:
            self.fields.append(Field(name, *COLUMNS[base.id]))
        else:
            self._unknown(name, node)
        return self.fields[-1]

    def _key(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.fail("Write a quoted name between [ and ].", node)

    def _unknown(self, name: str, node: ast.expr) -> NoReturn:
        if name in GROUPS:
            self.fail(f"{name} is a group of fields; choose one, such as {name}.x.", node)
        close = _in_group(name) or close_matches(name, [*COLUMNS, *COLLECTIONS, *_USUAL])
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
        if _is_none(right):
            self.fields.pop()  # a field that no version has is missing too
        if sign != "==" and _is_none(right):
            self.fail("None can only be compared with is, ==, != and in.", right)
        return matches(field, sign, [self._constant(right, field)])

    def _call(self, node: ast.Call) -> Condition:
        method = node.func
        if not isinstance(method, ast.Attribute) or method.attr not in TEXT_METHODS:
            self.fail(unknown_call(method), method)
        field = self.field(method.value)
        if field.kind in ("number", "instant"):
            self.fail(f"{field.name} is not text; compare it with < <= > >= or ==.", method.value)
        if field.name == ANYWHERE and method.attr != "contains":
            self.fail(f"{ANYWHERE} has only the method contains.", method)
        if len(node.args) != 1 or node.keywords:
            self.fail(f"{method.attr} requires one text, such as {example(method.attr)}.", node)
        given = node.args[0]
        items = given.elts if isinstance(given, ast.Tuple) and given.elts else [given]
        return join("OR", [self._text_test(field, method.attr, item) for item in items])

    def _text_test(self, field: Field, method: str, node: ast.expr) -> Condition:
        text = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(text, str):
            self.fail(f"{method} requires quoted text, such as {example(method)}.", node)
        problem = check_pattern(text) if method == "like" else ""
        if problem:
            self.fail(problem, node)
        return text_test(field, method, str(self._constant(node, field)))

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


def compile_expression(text: str, start: int = 0) -> tuple[Condition, list[Field]]:
    """Return the condition and the fields of the expression that starts at a position of a text.

    Raises
    ------
    QueryError
        If the expression is invalid; ``position`` is the place of the error in the text.
    """
    expression, source = parse_expression(text, start)
    compiler = Compiler(source)
    return compiler.condition(expression, 0), compiler.fields


def _in_group(name: str) -> list[str]:
    """Return a field whose group is misspelled, or has its name as an argument or attribute."""
    group, dot, rest = name.partition(".")
    known = [_OTHER_NAMES[group]] if group in _OTHER_NAMES else get_close_matches(group, GROUPS, 1)
    return [f"{other}.{rest}" for other in known if dot and other != group]


def _fields() -> str:
    open_ended = [f"{group}.<name>" for group in GROUPS]
    return f"Fields are {', '.join([*COLUMNS, *COLLECTIONS, *open_ended])}."


def _is_none(node: ast.expr) -> bool:  # prose: ok, None of Python
    return isinstance(node, ast.Constant) and node.value is None


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.UnaryOp | ast.Tuple | ast.List | ast.Set)
