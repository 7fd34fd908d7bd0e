"""Filters have the same result in SQL as in plain Python."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.index.index import Index
from exo_nbregistry.index.sql_condition import (
    Condition,
    Field,
    contains,
    join,
    matches,
    microseconds,
    owner,
    real,
)
from exo_nbregistry.index.text_test import TEXT_METHODS
from exo_nbregistry.records.metadata import ModelMetadata
from tests.index_source import AT, MemorySource

NAMES = ("C", "odd name")
TEXTS = ("", "a", "ab", "é", "1", "a\0b", "🪐")
FLOATS = (-math.inf, -1.5, -0.0, 0.0, 1.0, 1e-300, 0.1 + 0.2, 2.0**60, math.inf)
NUMBERS = st.sampled_from(FLOATS) | st.integers(-2, 2) | st.integers(-(10**400), 10**400)
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from(TEXTS) | st.just(math.nan)
INSTANTS = st.sampled_from([AT + timedelta(hours=hours) for hours in (-30, 0, 1, 24)])


def versions() -> st.SearchStrategy[dict[str, Any]]:
    """Return the arguments for registering a version."""
    return st.fixed_dictionaries(
        {"created_at": INSTANTS},
        optional={
            "algorithm": st.sampled_from(TEXTS),
            "training_samples": st.integers(0, 3),
            "feature_columns": st.lists(st.sampled_from(TEXTS), max_size=3).map(tuple),
            "metrics": st.dictionaries(
                st.sampled_from(NAMES), st.sampled_from([*FLOATS, math.nan]), max_size=2
            ),
            "hyperparameters": st.dictionaries(st.sampled_from(NAMES), SCALARS, min_size=1),
            "tags": st.dictionaries(st.sampled_from(NAMES), SCALARS, max_size=2),
        },
    )


@dataclass
class Filter:
    """A filter as text, and as a Python function of the metadata."""

    text: str
    keeps: Callable[[ModelMetadata], bool]


def lookup(field: str) -> Callable[[ModelMetadata], Any]:
    """Return how a field is read from metadata: a number, a text, or None."""
    group, _, name = field.partition("[")

    def value(item: ModelMetadata) -> Any:
        found = getattr(item, group)
        return _plain(found.get(name[1:-2])) if name else _plain(found)

    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool | int | float):
        return None if math.isnan(real(value)) else real(value)
    return value if isinstance(value, str) else None


SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def compared(field: str, sign: str, constant: Any) -> Filter:
    """Return a comparison; one of a number with a text is False, and so is one with nothing."""
    of = lookup(field)

    def keeps(item: ModelMetadata) -> bool:
        value, other = of(item), constant
        if isinstance(other, int | float):
            other = real(other)
        if type(value) is not type(other):
            return False
        return bool(SIGNS[sign](value, other))

    shown = constant.isoformat() if isinstance(constant, datetime) else constant
    return Filter(f"{field} {sign} {_written(shown)}", keeps)


def _written(constant: Any) -> str:
    if isinstance(constant, float) and math.isinf(constant):
        return "1e999" if constant > 0 else "-1e999"
    return repr(constant)


def missing(field: str) -> Filter:
    """Return the condition for a missing value."""
    of = lookup(field)
    return Filter(f"{field} is None", lambda item: of(item) is None)


def member(text: str, field: str) -> Filter:
    """Return the test for a member of a collection."""
    return Filter(f"{text!r} in {field}", lambda item: text in getattr(item, field))


def part(text: str, field: str) -> Filter:
    """Return the test for a part of a text."""
    of = lookup(field)
    keeps: Callable[[ModelMetadata], bool] = lambda item: text in (of(item) or "")  # noqa: E731
    return Filter(f"{text!r} in {field}", lambda item: isinstance(of(item), str) and keeps(item))


def text_method(text: str, method: str, field: str) -> Filter:
    """Return the test for the beginning, the end, a part or a pattern of a text."""
    of = lookup(field)
    if method == "like" and "\0" in text:
        method = "contains"  # LIKE stops at a NUL
    if method == "like":
        escaped = re.escape(text.replace("\\", "")).replace("%", ".*").replace("_", ".")
        pattern = re.compile(escaped, re.DOTALL | re.IGNORECASE | re.ASCII)
        text = text.replace("\\", "")
        keeps: Callable[[str], bool] = lambda value: bool(pattern.fullmatch(value))  # noqa: E731
    else:
        name = {"contains": "__contains__"}.get(method, method)
        keeps = lambda value: bool(getattr(value, name)(text))  # noqa: E731
    end = "\0" if method == "like" else "\0" * 9
    return Filter(
        f"{field}.{method}({text!r})",
        lambda item: isinstance(of(item), str) and keeps(of(item).split(end)[0]),
    )


def any_of(field: str, constants: list[Any]) -> Filter:
    """Return the test for being one of several values."""
    tests = [
        missing(field) if constant is None else compared(field, "==", constant)
        for constant in constants
    ]
    text = ", ".join(map(_written, constants))
    return Filter(f"{field} in [{text}]", lambda item: any(test.keeps(item) for test in tests))


def either(one: Filter, other: Filter) -> Filter:
    """Return the filter that accepts a version if either filter does."""
    return Filter(
        f"({one.text} or {other.text})", lambda item: one.keeps(item) or other.keeps(item)
    )


def both(one: Filter, other: Filter) -> Filter:
    """Return the filter that accepts a version if both filters do."""
    return Filter(
        f"({one.text} and {other.text})", lambda item: one.keeps(item) and other.keeps(item)
    )


def opposite(one: Filter) -> Filter:
    """Return the negated filter."""
    return Filter(f"not ({one.text})", lambda item: not one.keeps(item))


def _filters() -> st.SearchStrategy[Filter]:
    grouped = st.sampled_from(
        [f"{group}[{name!r}]" for group in ("metrics", "hyperparameters", "tags") for name in NAMES]
    )
    texts = st.just("algorithm")
    signs, words = st.sampled_from(list(SIGNS)), st.sampled_from(TEXTS)
    numbers = NUMBERS.filter(lambda value: abs(value) < 10**401)
    constants = numbers | st.booleans() | words
    leaves = st.one_of(
        st.builds(compared, grouped, signs, constants),
        st.builds(compared, texts, signs, words),
        st.builds(compared, st.just("training_samples"), signs, numbers),
        st.builds(compared, st.just("created_at"), signs, INSTANTS),
        st.builds(missing, grouped | texts | st.just("training_samples")),
        st.builds(part, words, grouped | texts),
        st.builds(text_method, words, st.sampled_from(TEXT_METHODS), grouped | texts),
        st.builds(any_of, grouped, st.lists(constants | st.none(), max_size=3)),
        st.builds(any_of, texts, st.lists(words | st.none(), max_size=3)),
        st.builds(member, words, st.just("feature_columns")),
        st.builds(member, st.sampled_from(NAMES), st.just("tags")),
        st.builds(member, st.just("champion"), st.just("aliases")),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(either, inner, inner), st.builds(both, inner, inner), inner.map(opposite)
        ),
        max_leaves=5,
    )


@given(st.lists(versions(), min_size=3, max_size=6), st.lists(_filters(), min_size=8, max_size=16))
def test_sql_and_python_agree(registered: list[dict[str, Any]], filters: list[Filter]) -> None:
    """A filter in SQL finds the versions that the same filter in Python accepts."""
    source = MemorySource()
    for fields in registered:
        source.add("m", **fields)
    source.happen("m", "alias", alias="champion", version=1, target="")
    index = Index(source, progress=False)
    every = list(index.search().items)
    assert len(every) == len(registered)
    for one in filters:
        found = [item.version for item in index.search(one.text).items]
        assert found == [item.version for item in every if one.keeps(item)], one.text


@pytest.mark.parametrize("method", TEXT_METHODS)
def test_an_empty_text_has_no_letter(method: str) -> None:
    """An empty text fails each test for a letter, and the negated test finds it."""
    source = MemorySource()
    source.add("m", algorithm="")
    index = Index(source, progress=False)
    assert not index.search(f"algorithm.{method}('a')").items
    assert len(index.search(f"not algorithm.{method}('a')").items) == 1


def test_conditions_are_joined_with_their_parameters_in_order() -> None:
    """One condition is unchanged; several conditions are put in parentheses."""
    one, other = Condition("a = ?", (1,)), Condition("b = ?", (2,))
    assert join("AND", [one]) is one
    assert join("OR", [one, ~other]) == Condition("(a = ?) OR (NOT (b = ?))", (1, 2))


FACT = "SELECT f.owner FROM facts f WHERE f.field = (SELECT id FROM fields WHERE name = ?)"
AUC, VERSION = Field("metrics.auc", None, "any"), Field("version", "v.number", "number")


@pytest.mark.parametrize(
    ("field", "sign", "values", "expected"),
    [
        (VERSION, ">=", [2], Condition("(v.number IS NOT NULL AND v.number >= ?)", (2,))),
        (
            *(VERSION, "==", [1, None, 2]),
            Condition(
                "(v.number IS NULL) OR ((v.number IS NOT NULL AND v.number IN (?, ?)))", (1, 2)
            ),
        ),
        (VERSION, "==", [None], Condition("v.number IS NULL")),
        (AUC, "<", [1], Condition(f"v.id IN ({FACT} AND f.value < ?)", (AUC.name, 1))),
        (
            *(AUC, ">", [1]),
            Condition(f"v.id IN ({FACT} AND f.value > ? AND f.value < '')", (AUC.name, 1)),
        ),
        (
            *(AUC, "<=", ["a"]),
            Condition(f"v.id IN ({FACT} AND f.value <= ? AND f.value >= '')", (AUC.name, "a")),
        ),
        (AUC, ">=", ["a"], Condition(f"v.id IN ({FACT} AND f.value >= ?)", (AUC.name, "a"))),
        (AUC, ">", ["a"], Condition(f"v.id IN ({FACT} AND f.value > ?)", (AUC.name, "a"))),
        (AUC, "==", [None], Condition(f"v.id NOT IN ({FACT})", (AUC.name,))),
    ],
)
def test_a_comparison_tests_a_column_or_a_range_of_facts(
    field: Field, sign: str, values: list[Any], expected: Condition
) -> None:
    """The SQL is never NULL and has one parameter for each constant."""
    assert matches(field, sign, values) == expected


@pytest.mark.parametrize(
    ("field", "sql", "params"),
    [
        (AUC, f"v.id IN ({FACT} AND f.value >= '' AND instr(f.value, ?))", (AUC.name, "a")),
        (
            Field("status", "v.status", "text"),
            "(v.status IS NOT NULL AND instr(v.status, ?))",
            ("a",),
        ),
        (
            Field("tags", None, "collection"),
            f"v.id IN ({FACT} AND f.value = ?)",
            ("tags", "a"),
        ),
    ],
)
def test_a_search_tests_a_column_or_facts(field: Field, sql: str, params: tuple[str, ...]) -> None:
    """Only text has a substring; a collection has members."""
    assert contains(field, "a") == Condition(sql, params)


def test_nothing_is_one_of_nothing() -> None:
    """No value is in an empty list, and neither is a missing value."""
    assert matches(Field("version", "v.number", "number"), "==", []).params == ()
    source = MemorySource()
    source.add("m")
    index = Index(source, progress=False)
    assert len(index.search("not algorithm in ()").items) == 1
    assert len(index.search("algorithm in ()").items) == 0


def test_a_search_anywhere_reads_each_text() -> None:
    """The id, texts, tag names, text tags and aliases are searched, ignoring ASCII case."""
    source = MemorySource()
    source.add("by_algorithm", algorithm="Random Forest")
    source.add("by_description", description="a First Try")
    source.add("by_dataset", training_dataset="Kepler DR25")
    source.add("by_tag", tags={"team": "Vetting", "Reviewed": True, "score": 3})
    source.add("by_alias")
    source.happen("by_alias", "alias", alias="champion", version=1, target="")
    source.add("other", hyperparameters={"kernel": "vetting"}, metrics={"champion": 1.0})
    index = Index(source, progress=False)
    for text, name in (
        ("BY_ALG", "by_algorithm"),
        ("dataset:1", "by_dataset"),
        ("dom f", "by_algorithm"),
        ("FIRST t", "by_description"),
        ("dr25", "by_dataset"),
        ("vetting", "by_tag"),
        ("reviewed", "by_tag"),
        ("CHAMP", "by_alias"),
    ):
        condition = contains(Field("anywhere", None, "collection"), text)
        assert condition.params == (text,) * condition.sql.count("?")
        found = [item.model_name for item in index.search(f"{text!r} in anywhere").items]
        assert found == [name], text
    assert len(index.search("'' in anywhere").items) == 6
    assert len(index.search("'absent' in anywhere").items) == 0


@pytest.mark.parametrize(
    ("number", "value"),
    [(True, 1.0), (10**400, math.inf), (-(10**400), -math.inf), (0.5, 0.5)],
    ids=["bool", "large", "small", "float"],
)
def test_a_number_is_a_float(number: float, value: float) -> None:
    """A number that is too large for a float is infinite, with its sign."""
    assert real(number) == value
    assert type(real(number)) is float


def test_hyperparameters_and_columns_have_their_own_owner() -> None:
    """Versions share hyperparameters and feature columns, so these have an owner of their own."""
    names = ("hyperparameters.a.b", "feature_columns", "metrics.f1", "tags", "aliases")
    assert [owner(name) for name in names] == [
        "v.hyperparameters",
        "v.feature_columns",
        "v.id",
        "v.id",
        "v.id",
    ]


@pytest.mark.parametrize(
    ("instant", "value"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1), 0),  # noqa: DTZ001
        (datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime.max.replace(tzinfo=UTC), 253_402_300_799_999_999),
    ],
)
def test_instants_are_kept_to_the_microsecond(instant: datetime, value: int) -> None:
    """Instants are exact to the microsecond, before and after 1970."""
    assert microseconds(instant) == value
