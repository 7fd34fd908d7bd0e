"""The filter language: parsing, results and errors."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_compiler import MAX_DEPTH, compile_expression
from exo_nbregistry.index.filter_language import (
    Order,
    compile_filter,
    compile_order,
    filter_fields,
    unknown_fields,
)
from exo_nbregistry.index.filter_text import MAX_PARTS
from exo_nbregistry.index.index import Index
from tests.index_source import AT, MemorySource


@pytest.fixture(scope="module")
def index() -> Index:
    """Return an index over five versions; a:3 was deleted, a:2 is the champion."""
    source = MemorySource()
    source.add(
        "a",
        algorithm="RandomForest",
        description="first try, 100% honest",
        metrics={"f1_score": 0.5, "auc": 0.9},
        hyperparameters={"C": 1, "kernel": "rbf", "svc__C": None, "deep": {"er": 3}},
        feature_columns=("period", "depth"),
        tags={"reviewed": True, "team": "vetting"},
        training_samples=100,
    )
    source.add(
        "a",
        algorithm="SVC",
        metrics={"f1_score": 0.95, "auc": math.nan},
        hyperparameters={"C": 10.0, "kernel": None, "flag": True},
        feature_columns=("period",),
        created_at=AT + timedelta(days=1),
        parent="a:1",
    )
    source.add("a", metrics={"f1_score": 1.0})
    source.add("b", algorithm="MLP", metrics={"f1_score": -1.0, "loss": math.inf}, version=7)
    source.add("c.d", algorithm="Élan vital", metrics={"odd name": 1.0, "f1": 0.1})
    source.happen("a", "alias", alias="champion", version=2, target="")
    source.happen("a", "tag", version=2, tags={"team": "survey", "score": 3})
    source.happen("a", "delete", version=3)
    return Index(source, progress=False)


def found(index: Index, where: str, **options: Any) -> list[str]:
    """Return the IDs of the matching versions."""
    return [item.model_id for item in index.search(where, **options).items]


A1, A2, B1, C1 = "a:1", "a:2", "b:1", "c.d:1"


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        # numbers
        ("metrics.f1_score < 0.5", [B1]),
        ("metrics.f1_score <= 0.5", [A1, B1]),
        ("metrics.f1_score > 0.5", [A2]),
        ("metrics.f1_score >= 0.5", [A1, A2]),
        ("metrics.f1_score == 0.5", [A1]),
        ("metrics.f1_score != 0.5", [A2, B1, C1]),
        ("0.5 < metrics.f1_score", [A2]),
        ("0 < metrics.f1_score < 0.9", [A1]),
        ("metrics.f1_score == -1", [B1]),
        ("metrics.f1_score > +0.5", [A2]),
        ("metrics.loss > 1e300", [B1]),
        ("metrics['odd name'] == 1", [C1]),
        ("version >= 2", [A2]),
        ("training_samples == 100", [A1]),
        ("hyperparameters.flag == True", [A2]),
        ("hyperparameters.C == 1", [A1]),
        ("hyperparameters.deep.er == 3", [A1]),
        ("metrics.f1_score < 10 ** 0", None),
        (f"metrics.f1_score < {10**400}", [A1, A2, B1]),
        # text
        ("algorithm == 'SVC'", [A2]),
        ("algorithm != 'SVC'", [A1, B1, C1]),
        ("algorithm > 'RandomForest'", [A2, C1]),
        ("'Forest' in algorithm", [A1]),
        ("'forest' in algorithm", []),
        ("'lan v' in algorithm", [C1]),
        ("'100%' in description", [A1]),
        ("'_' in description", []),
        ("parent == 'a:1'", [A2]),
        ("model_name == 'A'", [A1, A2]),
        ("'D' in name", [C1]),
        ("model_id == 'A:2'", [A2]),
        ("hyperparameters.kernel == 'rbf'", [A1]),
        ("'b' in hyperparameters.kernel", [A1]),
        # membership
        ("algorithm in ('SVC', 'MLP')", [A2, B1]),
        ("algorithm in ['SVC']", [A2]),
        ("algorithm in {'SVC'}", [A2]),
        ("algorithm in ()", []),
        ("algorithm not in ('SVC', 'MLP')", [A1, C1]),
        ("metrics.f1_score in (0.5, -1)", [A1, B1]),
        ("training_samples in (None, 100) and name == 'a'", [A1, A2]),
        ("'reviewed' in tags", [A1]),
        ("'reviewed' not in tags", [A2, B1, C1]),
        ("'champion' in aliases", [A2]),
        ("'depth' in feature_columns", [A1]),
        ("'period' in feature_columns", [A1, A2]),
        ("tags.team == 'survey'", [A2]),
        ("tags.team is not None", [A1, A2]),
        ("tags.score > 2", [A2]),
        # missing
        ("metrics.auc is None", [A2, B1, C1]),
        ("metrics.auc is not None", [A1]),
        ("metrics.auc == None", [A2, B1, C1]),
        ("metrics.auc != None", [A1]),
        ("None == metrics.auc", [A2, B1, C1]),
        ("not metrics.auc > 0", [A2, B1, C1]),
        ("hyperparameters['svc__C'] is None", [A1, A2, B1, C1]),
        ("hyperparameters.kernel in (None, 'rbf')", [A1, A2, B1, C1]),
        ("parent is None", [A1, B1, C1]),
        # a number is neither below nor above a text
        ("hyperparameters.C < 'z'", []),
        ("hyperparameters.C > 'a'", []),
        ("hyperparameters.kernel > 0", []),
        ("hyperparameters.kernel < 0", []),
        ("hyperparameters.C == '1'", []),
        ("'' in hyperparameters.C", []),
        # time
        ("created_at > '2026-01-01'", [A2]),
        ("created_at == '2026-01-01'", [A1, B1, C1]),
        ("created_at >= '2026-01-02T01:00+01:00'", [A2]),
        ("created_at < '2026-01-01T00:00:00.000001'", [A1, B1, C1]),
        ("created_at in ('2026-01-02',)", [A2]),
        # words and parentheses
        ("name == 'a' and version == 1", [A1]),
        ("name == 'b' or version == 2", [A2, B1]),
        ("not name == 'a'", [B1, C1]),
        ("name == 'b' or name == 'a' and version == 1", [A1, B1]),
        ("(name == 'b' or name == 'a') and version == 1", [A1, B1]),
        ("not (name == 'b' or version == 2)", [A1, C1]),
        ("not not name == 'b'", [B1]),
        ("  name == 'b'  ", [B1]),
        ("(name ==\n'b')", [B1]),
        ("", [A1, A2, B1, C1]),
        ("status == 'deleted'", []),
    ],
)
def test_a_filter_finds_the_matching_versions(
    index: Index, where: str, ids: list[str] | None
) -> None:
    """Each operator keeps exactly the versions for which it is true; None marks an error."""
    if ids is None:
        with pytest.raises(QueryError):
            found(index, where)
    else:
        assert found(index, where) == ids


def test_deleted_versions_are_found_if_asked_for(index: Index) -> None:
    """A status can be searched for if deleted versions are included."""
    assert found(index, "status == 'deleted'", include_deleted=True) == ["a:3"]


@pytest.mark.parametrize(
    ("where", "position", "word"),
    [
        ("metrics.f1 > 0.9 and rank < 3", 21, "rank"),
        ("metric.f1 > 0.9", 0, "metrics"),
        ("metrics > 0.9", 0, "choose one, such as metrics.x"),
        ("version >", 9, "is missing or wrong here"),
        ("version = 1", 8, "== (not =)"),
        ("version > 1)", 11, "')' has no opening bracket; remove it"),
        ("  version > 'two'", 12, "numbers"),
        ("algorithm == 2", 13, "text"),
        ("algorithm == 'é' and vversion > 1", 21, "vversion"),
        ("(version > 1 and\nversion > rank)", 27, "constant"),
        (
            "(version > 1 and\nversion > > 2)",
            27,
            "is missing or wrong here",
        ),
        ("(version > 1 and\nalgorithm == 'é' and vversion > 1)", 38, "vversion"),
        (
            "  (version > 1 and\n  version > > 2)",
            31,
            "is missing or wrong here",
        ),
        ("version > 1 and algorithm", 16, "a comparison is missing here"),
        ("1 > 2", 4, "a field is missing here"),
        ("version > version", 10, "Write a constant here"),
        ("version > 1 + 1", 10, "Write a constant here"),
        ("version > 1j", 10, "Write a constant here"),
        ("version > b'1'", 10, "Write a constant here"),
        ("version > ...", 10, "Write a constant here"),
        ("algorithm > -'a'", 12, "Write a constant here"),
        ("version > None", 10, "None can only be compared with is"),
        ("version is 1", 11, "'is' can only be used with None"),
        ("tags == 'reviewed'", 0, "in tags"),
        ("tags in ('a', 'b')", 0, "in tags"),
        ("'a' in 'abc'", 7, "Write a field or a list"),
        ("'1' in version", 7, "version is not text; compare it"),
        ("'1' in created_at", 7, "created_at is not text; compare it"),
        ("2 in algorithm", 0, "Only quoted text can be searched in algorithm"),
        ("version in algorithm", 0, "Only quoted text can be searched in algorithm"),
        ("metrics[0] > 1", 8, "Write a quoted name between [ and ]"),
        ("created_at > 'yesterday'", 13, "2026"),
        ("created_at > 5", 13, "ISO"),
        ("algorithm == '\\ud800'", 13, "The text is not valid Unicode"),
        (
            "version == 1; DROP TABLE versions",
            12,
            "is missing or wrong here",
        ),
        ("__import__('os').system('true')", 0, "Unknown method 'system'; choose contains"),
        ("version.__class__ == 1", 0, "version.__class__"),
        ("(lambda: 1)() == 1", 0, "field"),
        ("[v for v in version] == 1", 0, "field"),
        ("f'{version}' == '1'", 0, "field"),
        ("version == (x := 1)", 12, "Write a constant here"),
        (
            "like(description, '%x%')",
            0,
            "Write like after the field, such as desc",
        ),
        ("algorithm.startwith('R')", 0, "Unknown method 'startwith'; choose contains, startswith"),
        ("open('x')", 0, "Unknown method 'open'"),
        ("version.contains('1')", 0, "version is not text; compare it"),
        ("created_at.startswith('2026')", 0, "created_at is not text; compare it"),
        ("anywhere.startswith('x')", 0, "anywhere has only the method contains"),
        ("description.like()", 0, "like requires one text, such as description.like('%x%')"),
        ("description.like('x', 'y')", 0, "like requires one text"),
        ("description.like(text='x')", 0, "like requires one text"),
        ("description.contains(algorithm)", 21, "contains requires quoted text"),
        ("description.contains(1)", 21, "contains requires quoted text"),
        ("description.startswith(('a', 1))", 29, "startswith requires quoted text"),
        ("description.startswith(())", 23, "startswith requires quoted text"),
        ("description.like('a\\\\')", 17, "cannot end with one backslash"),
        (f"description.like('{'x' * 10_001}')", 17, "at most 10000 characters, got 10001"),
        ("rank.contains('x')", 0, "Unknown field 'rank'"),
        ("description.contains('x') == True", 0, "a field is missing here"),
    ],
)
def test_what_is_outside_the_language_is_pointed_at(where: str, position: int, word: str) -> None:
    """An error has the text, the position and the fix."""
    with pytest.raises(QueryError, match=r"(?s).+") as caught:
        compile_filter(where)
    assert caught.value.text == where
    assert caught.value.position == position
    assert word in str(caught.value)


@pytest.mark.parametrize("sign", ["-", "not "])
def test_an_error_without_a_column_points_to_the_end(sign: str) -> None:
    """Python rejects a very deep expression without a column, and may give no reason."""
    where = sign * 20_000 + "version"
    with pytest.raises(QueryError, match=r"^Cannot read the filter: [\w(']") as caught:
        compile_expression(where)
    assert caught.value.position == len(where)


@pytest.mark.parametrize("where", [5, None, b"version > 1", ["version > 1"]])
def test_a_filter_is_text(where: Any) -> None:
    """A filter that is not text is rejected."""
    with pytest.raises(QueryError, match="must be text"):
        compile_filter(where)


@pytest.mark.parametrize(
    "where",
    [
        " or ".join(["version == 1"] * MAX_PARTS),
        "not " * (MAX_DEPTH + 1) + "version == 1",
        "(" * 300 + "version == 1" + ")" * 300,
        "version == " + "9" * 5000,
        "version == 1\0",
    ],
)
def test_a_filter_has_bounds(where: str) -> None:
    """A filter that is too long, too deep or invalid is rejected before it is run."""
    with pytest.raises(QueryError):
        compile_filter(where)


def test_as_much_as_is_allowed_is_answered(index: Index) -> None:
    """SQLite accepts the longest and the deepest valid filter."""
    ids = ", ".join(f"'a:{n}'" for n in range(MAX_PARTS - 5))
    assert found(index, f"model_id in ({ids})") == [A1, A2]
    leaf, half = "metrics.f1_score not in (0.5, None)", MAX_DEPTH // 2
    never = "name == 'x' or ("
    for head, tail in (("not not ", ""), ("name != 'x' and not (", ")"), (never * 2, "))")):
        where = head * half + leaf + tail * half
        assert found(index, where, order_by="metrics.f1_score") == [B1, A2]


@pytest.mark.parametrize(
    "text",
    ["' OR 1=1 --", '" OR ""="', "x'); DROP TABLE versions; --", "%", "_", "*", "?", "\0", "$1"],
)
def test_text_never_becomes_sql(index: Index, text: str) -> None:
    """The content of a constant or a name is only data, and finds no version."""
    where = f"algorithm == {text!r} or {text!r} in tags or metrics[{text!r}] == {text!r}"
    condition = compile_filter(where)
    plain = compile_filter("algorithm == 'a' or 'a' in tags or metrics.a == 'a'")
    assert condition.sql == plain.sql
    assert {text, f"metrics.{text}"} < set(condition.params)
    assert found(index, where) == []
    assert found(index, "") == [A1, A2, B1, C1]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("version", Order("version", False, "v.number")),
        ("-version", Order("version", True, "v.number")),
        (" -metrics.f1_score ", Order("metrics.f1_score", True)),
        ("hyperparameters['svc__C']", Order("hyperparameters.svc__C", False)),
    ],
)
def test_an_order_is_a_field(text: str, order: Order) -> None:
    """A leading minus sorts in descending order."""
    assert compile_order(text) == order


@pytest.mark.parametrize(
    ("text", "position"), [("-tags", 1), ("version + 1", 0), ("-'a'", 1), ("", 0), ("--version", 1)]
)
def test_what_cannot_be_sorted_by_is_pointed_at(text: str, position: int) -> None:
    """A sort order is one field with a single value; the error has the position."""
    with pytest.raises(QueryError) as caught:
        compile_order(text)
    assert caught.value.position == position


def test_names_that_are_close_are_named() -> None:
    """The error about a misspelled field suggests close names, or lists all fields."""
    with pytest.raises(QueryError, match=r"Did you mean algorithm\?"):
        compile_filter("algoritm == 'SVC'")
    with pytest.raises(QueryError, match=r"Did you mean training_samples or test_samples\?"):
        compile_filter("train_samples == 1")
    with pytest.raises(QueryError, match=r"Fields are model_name, .*metrics\.<name>"):
        compile_filter("zzz == 'SVC'")


def test_an_instant_beyond_the_calendar_is_refused() -> None:
    """A date out of range is an error at its column, with any offset."""
    assert compile_filter(f"created_at < {datetime.max.replace(tzinfo=UTC).isoformat()!r}").params
    with pytest.raises(QueryError):
        compile_filter("created_at < '10000-01-01'")


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("algorithm.startswith('Random')", [A1]),
        ("algorithm.startswith('random')", []),
        ("algorithm.startswith(('MLP', 'SV'))", [A2, B1]),
        ("algorithm.endswith('Forest') or algorithm.endswith('tal')", [A1, C1]),
        ("algorithm.contains('an')", [A1, C1]),
        ("description.contains('100%')", [A1]),
        ("description.contains('100_')", []),
        ("description.like('%100\\\\%%')", [A1]),
        ("description.like('FIRST try%')", [A1]),
        ("description.like('first try')", []),
        ("algorithm.like('m_p')", [B1]),
        ("model_name.startswith('A')", [A1, A2]),
        ("model_id.endswith(':2')", [A2]),
        ("hyperparameters.kernel.startswith('r')", [A1]),
        ("hyperparameters['C'].contains('1')", []),
        ("tags.team.endswith('ing')", [A1]),
        ("tags.contains('view')", [A1]),
        ("aliases.startswith('champ')", [A2]),
        ("feature_columns.like('dep%')", [A1]),
        ("anywhere.contains('SURVEY')", [A2]),
        ("not algorithm.contains('S') and model_name.contains('a')", [A1]),
        ("algorithm.endswith('') and version == 1", [A1, B1, C1]),
        ("description.contains('é')", []),
        ("algorithm.startswith('Élan')", [C1]),
    ],
)
def test_text_methods_find_versions(index: Index, where: str, ids: list[str]) -> None:
    """The beginning, the end, a part and a pattern of a text are tested as documented."""
    assert found(index, where) == ids


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("not metrics.f1_score > 0.9 or 'a' in tags", ("metrics.f1_score", "tags")),
        ("hyperparameters.deep.er == 3", ("hyperparameters.deep.er",)),
        ("-metrics['odd name']", ("metrics.odd name",)),
        ("created_at", ("created_at",)),
        ("metrics.a is None and not metrics.b == None and metrics.c > 1", ("metrics.c",)),
    ],
)
def test_the_fields_of_a_text_are_named(text: str, fields: tuple[str, ...]) -> None:
    """The fields of a filter or sort order have their full names."""
    assert filter_fields(text) == fields


def test_a_misspelled_part_of_the_scoring_is_unknown() -> None:
    """The parts are known even if no version has them, unlike names of metrics."""
    text = "scoring.treshold == 0.3 or scoring.threshold == 0.3 or scoring.task == 'binary'"
    assert unknown_fields(text, {}) == {"scoring.treshold": ["scoring.threshold"]}


@pytest.mark.parametrize("text", ["-", "--version", "version desc", "3", "version,"])
def test_an_unreadable_sort_order_is_not_called_a_filter(text: str) -> None:
    """A sort order that cannot be read raises an error that shows how to write one."""
    with pytest.raises(QueryError, match=r"^Cannot read the sort order[.] Sort by") as caught:
        compile_order(text)
    assert "filter" not in str(caught.value).lower()
