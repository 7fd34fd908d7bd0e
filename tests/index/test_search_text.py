"""Conversion of search text to a filter."""

from __future__ import annotations

import contextlib
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter
from exo_nbregistry.index.index import Index
from exo_nbregistry.index.search_text import MAX_WORDS, parse_search, word_hints
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from tests.index_source import MemorySource

FILTERS = [
    "version > 2",
    "metrics.f1_score>=.5 and not 'a' in tags",
    "algorithm in ('SVC', 'MLP')",
    "'a'in tags",
    "('a') in tags",
    "'a' not in aliases",
    "description is None",
    "tags.team is not None or version == 1",
    "  version == 1  ",
    "description is (None)",
]
SLIPS = ["version >", "f1 > 0.9", "algorithm in (", "'a' in", "version = 3", "x is None or"]
PLAIN = [
    "forest",
    "random forest in production",
    "is this it",
    "not x",
    "kepler_rf:3",
    "a.b",
    "é ß",
]


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_is_unchanged(text: str) -> None:
    """A valid expression is not parsed as words."""
    parts = parse_search(text)
    assert (parts.words, parts.expression) == ((), text.strip())


@pytest.mark.parametrize("text", SLIPS)
def test_an_invalid_filter_is_not_parsed_as_words(text: str) -> None:
    """Text with a comparison that does not compile raises the error of the filter language."""
    assert parse_search(text).words == ()
    with pytest.raises(QueryError):
        compile_filter(text)


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_words(text: str) -> None:
    """Other text is searched word by word."""
    assert parse_search(text).words == tuple(text.split())
    assert compile_filter(text) == compile_filter(parse_search(text).expression)


def test_empty_text_is_an_empty_filter() -> None:
    """Blank text matches every version."""
    assert parse_search(" \t ").expression == ""
    assert compile_filter(" \t ").sql == "1"


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Any text either compiles or raises a QueryError."""
    with contextlib.suppress(QueryError):
        compile_filter(text)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"<>=@'), min_size=1).filter(
    lambda text: not text.isspace() and len(text.split()) == 1 and text.strip() == text
)


@given(WORDS)
def test_a_word_is_looked_for_as_it_is_written(word: str) -> None:
    """A word of any characters is searched unchanged."""
    assume(parse_search(word).words)
    assert set(compile_filter(word).params) == {word}


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry that has each kind of text once."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({}, "Kepler_RF", algorithm="RandomForest", description="Über alles")
    registry.register_model({}, "kepler_svm", algorithm="SVC", tags={"Team": "Vetting Group"})
    registry.register_model(
        {}, "plain", training_info={"dataset": "koi 2026"}, tags={"O'Neil": True}
    )
    registry.set_alias("kepler_svm", "champion", 1)
    return registry


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kepler", {"kepler_rf:1", "kepler_svm:1"}),
        ("KEPLER forest", {"kepler_rf:1"}),
        ("randomforest", {"kepler_rf:1"}),
        ("svm:1", {"kepler_svm:1"}),
        ("champ", {"kepler_svm:1"}),
        ("@champion", {"kepler_svm:1"}),
        ("Kepler@Champion", {"kepler_svm:1"}),
        ("rf@champion", set()),
        ("vetting", {"kepler_svm:1"}),
        ('"vetting group"', {"kepler_svm:1"}),
        ('"group vetting"', set()),
        ("team", {"kepler_svm:1"}),
        ("koi", {"plain:1"}),
        ("o'neil", {"plain:1"}),
        ("Über", {"kepler_rf:1"}),
        ("%", set()),
        ("kepler absent", set()),
        ("'kepler' not in anywhere", {"plain:1"}),
        ("kepler algorithm == 'SVC'", {"kepler_svm:1"}),
        ("kepler and algorithm == 'SVC'", {"kepler_svm:1"}),
        ("rf algorithm == 'SVC' or version == 1", {"kepler_rf:1"}),
        ("kepler 'Team' in tags", {"kepler_svm:1"}),
        ('"vetting group" not version > 1', {"kepler_svm:1"}),
    ],
)
def test_words_are_found_in_any_text(registry: ModelRegistry, text: str, found: set[str]) -> None:
    """All words must occur in the name, algorithm, description, data set, aliases or tags."""
    assert set(registry.list_models(where=text).ids) == found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("churn version > 1 and rank < 3", "rank"),
        ("churn and version > 'a'", "'a'"),
        ("a b metrics.f1 > x", "x"),
        ("kepler f1>0.8", "f1>"),
        ("kepler name version > x", "x"),
    ],
)
def test_an_error_after_words_has_its_position(text: str, wrong: str) -> None:
    """An invalid filter after words marks its place in the whole text."""
    with pytest.raises(QueryError) as caught:
        compile_filter(text)
    assert (caught.value.text, caught.value.position) == (text, text.rindex(wrong))


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("churn or version > 1", "Write 'churn' in anywhere to combine a word with or and not."),
        ("not churn version > 1", "Write 'churn' in anywhere to combine a word with or and not."),
        ("version > 1 churn", "Write words before the filter: churn version > 1"),
        ('version > 1 "a b" c', 'Write words before the filter: "a b" c version > 1'),
    ],
)
def test_the_error_shows_how_to_write_words_and_a_filter(text: str, correction: str) -> None:
    """Words after a filter, or joined by anything but `and`, are not guessed."""
    with pytest.raises(QueryError) as caught:
        compile_filter(text)
    assert str(caught.value).partition("\n")[0] == correction


def test_a_word_that_is_a_field_may_precede_a_filter() -> None:
    """The expression begins where it compiles, not at the first name of a field."""
    assert parse_search("group algorithm tags.Team == 'Vetting Group'").words == (
        "group",
        "algorithm",
    )


def test_the_number_of_words_is_limited() -> None:
    """One word too many is marked."""
    compile_filter("a " * MAX_WORDS)
    with pytest.raises(QueryError, match="at most 50 words, got 51") as caught:
        compile_filter("a " * MAX_WORDS + "b")
    assert caught.value.position == 2 * MAX_WORDS


def test_anywhere_is_for_parts_of_text_alone() -> None:
    """The field `anywhere` accepts only a test for a part of a text."""
    for wrong in ("anywhere == 'a'", "anywhere is None", "1 in anywhere"):
        with pytest.raises(QueryError):
            compile_filter(wrong)


def test_a_registry_elsewhere_gives_the_same(registry: ModelRegistry) -> None:
    """A search for words gives the same result in another process."""
    other = ModelRegistry(Path(registry.location))
    assert other.list_models(where="kepler").ids == registry.list_models(where="kepler").ids


TEXTS = st.text("aBc' é.:@%", max_size=4)
VERSIONS = st.fixed_dictionaries(
    {
        "algorithm": TEXTS,
        "description": TEXTS,
        "tags": st.dictionaries(st.sampled_from(["a", "Bc"]), TEXTS, max_size=1),
    }
)
ASCII_LOWER = str.maketrans({letter: letter.lower() for letter in string.ascii_uppercase})


def texts_of(version: ModelMetadata) -> list[str]:
    """Return the texts of a version in which words are searched, without ASCII case."""
    tags = [*version.tags, *map(str, version.tags.values())]
    texts = [version.model_id, version.algorithm or "", version.description or "", *tags]
    return [text.translate(ASCII_LOWER) for text in texts]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(VERSIONS, min_size=1, max_size=4),
    st.lists(st.sampled_from(["a", "B", "c", "é", "m:1", "'", "%", ".", "ab"]), max_size=3),
    st.none() | st.integers(0, 3),
)
def test_words_equal_a_plain_search(
    versions: list[dict[str, Any]], words: list[str], above: int | None
) -> None:
    """A version matches if each word is in one of its texts, and the expression is true."""
    source = MemorySource()
    known = [source.add("m", **fields) for fields in versions]
    text = " ".join([*words, *([] if above is None else [f"version > {above}"])])
    expected = [
        version.model_id
        for version in known
        if all(
            any(word.translate(ASCII_LOWER) in one for one in texts_of(version)) for word in words
        )
        and version.version > (above or 0)
    ]
    index = Index(source, progress=False)
    assert [version.model_id for version in index.search(text).items] == expected
    index.close()


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("kepler", []),
        ("metrics.f1 > 0.5", []),
        ("metrics.f1", ["To filter by metrics.f1, compare it, such as metrics.f1 > 0.9."]),
        (
            "x or y",
            ["Each word is searched, also 'or'; for the operator, write 'x' in anywhere or ..."],
        ),
    ],
)
def test_words_that_are_probably_a_filter_have_a_hint(text: str, hints: list[str]) -> None:
    """A field or an operator that is searched as a word is explained."""
    assert word_hints(text) == hints
