"""The filter language: words, and a small subset of Python, compiled to parameterized SQL.

::

    metrics.f1_score > 0.9 and "reviewed" in tags
    0.8 <= metrics.recall < 0.9 or algorithm in ("SVC", "MLP")
    "kepler" in model_name and not hyperparameters["svc__C"] is None
    kepler "random forest" metrics.f1_score > 0.9

A filter is an expression, words, or words before an expression, also with ``and`` between them:
a version must match all of them. Each word is searched ``anywhere``; ``"two words"`` in double
quotes count as one word; ``name@alias`` is a part of a name and an alias.

A field is compared with constants: numbers, text, True and False (equal to 1 and 0), and None.
``results`` has the results that are not metrics, ``training_info`` all facts on the training, and
``later_metrics`` the newest value of each metric that was measured after registration.

- A comparison with a missing field, or of a number with text, is False; ``not`` negates it.
  ``a != b`` means ``not a == b``, ``a not in b`` means ``not a in b``.
- ``is None`` and ``== None`` test for missing values, NaN, and values other than numbers and text.
- ``'a' in tags``, ``aliases`` or ``feature_columns`` tests for membership; ``'a' in`` a text
  field tests for a substring. Model names are not case-sensitive.
- ``'a' in anywhere`` tests for a substring of any text, alias or tag, ignoring ASCII case.
- ``field.contains('a')``, ``.startswith('a')`` and ``.endswith('a')`` test text, with case, as in
  Python; they accept a tuple. ``field.like('%a_')`` is SQL's LIKE: it ignores ASCII case, ``%`` is
  any text, ``_`` any character, and a backslash before them is literal. A collection
  matches if one of its members does.
- ``created_at`` is compared with ISO 8601 text: UTC without an offset, midnight without a time.

The text never becomes SQL: column names come from a fixed table, all values are parameters.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_compiler import Compiler, compile_expression
from exo_nbregistry.index.filter_text import CANNOT_READ, check_text, parse_expression
from exo_nbregistry.index.search_text import (
    SearchText,
    correction,
    parse_search,
    word_expression,
)
from exo_nbregistry.index.sql_condition import Condition, Field, join
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.spelling import close_matches

NAMED_GROUPS = ("metrics", "hyperparameters", "results", "training_info", "later_metrics")
"""Groups whose names come from the versions, so that a misspelled one matches no version."""
_NO_ORDER = (
    "Cannot read the sort order. Sort by a field, such as metrics.f1_score; with '-' before it, "
    "the largest value comes first."
)
_SCORING = tuple(field.name for field in dataclasses.fields(Scoring))


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
        The filter.

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
    return _compile(text)[0]


def narrowed_filter(text: str, expression: str) -> str:
    """Return a filter for the versions that match a filter and an expression.

    Raises
    ------
    QueryError
        If `text` is invalid.

    Examples
    --------
    >>> narrowed_filter("kepler version > 2", "model_name == 'kepler_rf'")
    "('kepler' in anywhere and (version > 2)) and model_name == 'kepler_rf'"
    """
    _compile(text)
    parts = parse_search(text)
    return f"({parts.expression}) and {expression}" if parts.expression else expression


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
    try:
        return _compiled_order(text)
    except QueryError as error:
        if str(error).startswith(CANNOT_READ):
            raise QueryError(_NO_ORDER, text=error.text, position=error.position) from None
        raise


def _compiled_order(text: str) -> Order:
    expression, compiler = _parse(text)
    descending = isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub)
    operand = expression.operand if descending else expression  # type: ignore[attr-defined]
    field = compiler.field(operand)
    if field.kind == "collection":
        compiler.fail(f"Cannot sort by {field.name}, because it has several values.", operand)
    return Order(field.name, descending, field.column)


def filter_fields(text: str) -> tuple[str, ...]:
    """Return the names of the fields in a filter or sort order, such as ``metrics.f1_score``.

    A field that is tested for missing values (``is None``) need not exist and is omitted.

    Raises
    ------
    QueryError
        If the text is invalid.

    Examples
    --------
    >>> filter_fields("kepler metrics.f1_score > 0.9 and tags['a b'].contains('x')")
    ('metrics.f1_score', 'tags.a b')
    >>> filter_fields("kepler forest"), filter_fields("-metrics.f1_score")
    ((), ('metrics.f1_score',))
    """
    parts, fields = _compile(text)[1:]
    if parts.start is None and parts.words:
        with suppress(QueryError):
            return (compile_order(text).field,)
    return tuple(dict.fromkeys(field.name for field in fields))


def unknown_fields(text: str, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the fields of a filter or sort order that no version has.

    The names in `NAMED_GROUPS` are compared with those of the versions, parts of ``scoring`` with
    the fields of `Scoring`.

    Parameters
    ----------
    text : str
        A filter or a sort order.
    known : mapping of str to sequence of str
        Names in each of `NAMED_GROUPS` of all versions. In a group without names, no field is
        unknown.

    Returns
    -------
    dict of str to list of str
        Close matches of each unknown field.

    Examples
    --------
    >>> known = {"metrics": ["f1_score", "recall"], "hyperparameters": []}
    >>> unknown_fields("metrics.f1_scor > 0.9 and hyperparameters.C == 1", known)
    {'metrics.f1_scor': ['metrics.f1_score']}
    >>> unknown_fields("scoring.treshold == 0.3 and scoring.average == 'macro'", known)
    {'scoring.treshold': ['scoring.threshold']}
    """
    found = {}
    for field in filter_fields(text):
        group, _, name = field.partition(".")
        names = _SCORING if group == "scoring" else known.get(group, ())
        if group in ("scoring", *NAMED_GROUPS) and names and name not in names:
            found[field] = [f"{group}.{other}" for other in close_matches(name, names)]
    return found


def _compile(text: str) -> tuple[Condition, SearchText, list[Field]]:
    """Return the condition, the parts and the fields of the expression of a filter."""
    parts = parse_search(check_text(text))
    conditions = [compile_expression(word_expression(word))[0] for word in parts.words]
    fields: list[Field] = []
    if parts.start is not None:
        try:
            condition, fields = compile_expression(text, parts.start)
        except QueryError as error:
            if better := correction(text):
                raise QueryError(better, text=text, position=error.position) from None
            raise
        conditions.append(condition)
    return join("AND", conditions) if conditions else Condition("1"), parts, fields


def _parse(text: str) -> tuple[ast.expr, Compiler]:
    expression, source = parse_expression(check_text(text))
    return expression, Compiler(source)
