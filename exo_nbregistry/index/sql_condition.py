"""SQL conditions of the filter language.

The index has a row ``v`` for each version, and a row in ``facts`` for each metric, result,
hyperparameter, tag, alias and feature column: ``field`` (a number), ``value`` (a float or text)
and ``owner``, sorted in this order. Each test and each ranking is a range of one tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

# Fields of the language, with their column in the table `versions` (as v) and their kind.
COLUMNS = {
    "model_name": ("v.model", "name"),
    "name": ("v.model", "name"),
    "model_id": ("(v.model || ':' || v.number)", "name"),
    "version": ("v.number", "number"),
    "created_at": ("v.created_at", "instant"),
    "status": ("v.status", "text"),
    "algorithm": ("v.algorithm", "text"),
    "description": ("v.description", "text"),
    "parent": ("v.parent", "text"),
    "training_dataset": ("v.training_dataset", "text"),
    "training_samples": ("v.training_samples", "number"),
    "test_samples": ("v.test_samples", "number"),
}
# Parts of ``training_info`` that have a field of their own.
TRAINING_FIELDS = {
    "training_info.dataset": "training_dataset",
    "training_info.training_samples": "training_samples",
    "training_info.test_samples": "test_samples",
}
GROUPS = (
    "metrics",
    "hyperparameters",
    "tags",
    "scoring",
    "dataset",
    "results",
    "training_info",
    "later_metrics",
)
ANYWHERE = "anywhere"
COLLECTIONS = ("tags", "aliases", "feature_columns", ANYWHERE)
_FACT = "SELECT f.owner FROM facts f WHERE f.field = (SELECT id FROM fields WHERE name = ?)"
_TEXTS = ("(v.model || ':' || v.number)", "v.algorithm", "v.description", "v.training_dataset")
_TAGS_AND_ALIASES = """
    SELECT f.owner FROM facts f WHERE f.field IN (
        SELECT id FROM fields
        WHERE name IN ('tags', 'aliases') OR (name >= 'tags.' AND name < 'tags/'))
    AND f.value >= '' AND instr(lower(f.value), lower(?))
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Constant: TypeAlias = str | float | None


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that evaluates to 1 or 0 for a row ``v`` of the index, never to NULL.

    Attributes
    ----------
    sql : str
        The SQL, with ``?`` for each parameter.
    params : tuple
        Values of the parameters.
    """

    sql: str
    params: tuple[Any, ...] = ()

    def __invert__(self) -> Condition:
        """Return the negated condition."""
        return Condition(f"NOT ({self.sql})", self.params)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the language.

    Attributes
    ----------
    name : str
        Full name, such as ``metrics.f1_score``.
    column : str or None
        The column of ``v``; None if the field is in ``facts``.
    kind : {'name', 'text', 'number', 'instant', 'any', 'collection'}
        Kind of its values.
    """

    name: str
    column: str | None
    kind: str


def microseconds(instant: datetime) -> int:
    """Return an instant in microseconds since 1970; a naive instant is in UTC.

    Examples
    --------
    >>> microseconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def real(number: float) -> float:
    """Return a number as a float, which is infinite if the number is too large.

    Examples
    --------
    >>> real(True), real(-(10**400))
    (1.0, -inf)
    """
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def join(word: str, conditions: Sequence[Condition]) -> Condition:
    """Return the conditions joined by AND or OR."""
    if len(conditions) == 1:
        return conditions[0]
    sql = f" {word} ".join(f"({condition.sql})" for condition in conditions)
    return Condition(sql, tuple(value for part in conditions for value in part.params))


def matches(field: Field, sign: str, values: Sequence[Constant]) -> Condition:
    """Return the condition that a field compares to any of the values."""
    given = [value for value in values if value is not None]
    conditions = [_missing(field)] if len(given) < len(values) else []
    if sign == "==" and (given or not values):
        test = f"IN ({', '.join('?' * len(given))})"
        conditions.append(present(field, f"{{}} {test}", given))
    elif given:
        # In a mixed column numbers sort before text, so the other kind is excluded by a bound.
        other = ""
        if field.kind == "any" and isinstance(given[0], str) != (sign in (">", ">=")):
            other = " AND {} >= ''" if isinstance(given[0], str) else " AND {} < ''"
        conditions.append(present(field, f"{{}} {sign} ?{other}", given))
    return join("OR", conditions)


def owner(field: str) -> str:
    """Return the column of ``v`` that owns the facts of a field.

    Examples
    --------
    >>> owner("metrics.f1_score"), owner("hyperparameters.C")
    ('v.id', 'v.hyperparameters')
    """
    group = field.partition(".")[0]
    return f"v.{group}" if group in ("hyperparameters", "feature_columns") else "v.id"


def present(field: Field, test: str, params: Sequence[Any]) -> Condition:
    """Return the condition that a value of a field passes a test, in which it is ``{}``."""
    if field.column is None:
        sql = f"{owner(field.name)} IN ({_FACT} AND {test.replace('{}', 'f.value')})"
        return Condition(sql, (field.name, *params))
    sql = f"({field.column} IS NOT NULL AND {test.replace('{}', field.column)})"
    return Condition(sql, tuple(params))


def _missing(field: Field) -> Condition:
    if field.column is None:
        return Condition(f"{owner(field.name)} NOT IN ({_FACT})", (field.name,))
    return Condition(f"{field.column} IS NULL")


def contains(field: Field, text: str) -> Condition:
    """Return the condition that text is a member of a collection, or a substring."""
    if field.name == ANYWHERE:
        return _anywhere(text)
    if field.kind == "collection":
        return Condition(f"{owner(field.name)} IN ({_FACT} AND f.value = ?)", (field.name, text))
    if field.column is None:
        return present(field, "{} >= '' AND instr({}, ?)", [text])
    return present(field, "instr({}, ?)", [text])


def _anywhere(text: str) -> Condition:
    """Return the condition that any text of a version has a substring, ignoring case."""
    columns = [f"instr(lower(coalesce({column}, '')), lower(?)) > 0" for column in _TEXTS]
    tests = [*columns, f"v.id IN ({_TAGS_AND_ALIASES})"]
    return Condition(" OR ".join(tests), (text,) * len(tests))
