"""Conversion of search text to a filter."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.registry.facade import ModelRegistry

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
    """A valid filter is not parsed as words."""
    phrase = parse_search(text)
    assert (phrase.where, phrase.is_words) == (text.strip(), False)
    compile_filter(phrase.where)


@pytest.mark.parametrize("text", SLIPS)
def test_an_invalid_filter_is_not_parsed_as_words(text: str) -> None:
    """Text with a comparison that does not compile raises the error of the filter language."""
    assert not parse_search(text).is_words
    with pytest.raises(QueryError):
        compile_filter(parse_search(text).where)


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_words(text: str) -> None:
    """Other text is searched word by word."""
    phrase = parse_search(text)
    assert phrase.is_words
    assert phrase.where.count(" in anywhere") == len(text.split())
    compile_filter(phrase.where)


def test_empty_text_is_an_empty_filter() -> None:
    """Blank text gives an empty filter."""
    assert parse_search(" \t ").where == ""


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Any text either compiles or raises a QueryError."""
    phrase = parse_search(text)
    if phrase.where:
        with contextlib.suppress(QueryError):
            compile_filter(phrase.where)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"<>=@'), min_size=1).filter(
    lambda text: not text.isspace() and len(text.split()) == 1 and text.strip() == text
)


@given(WORDS)
def test_a_word_is_looked_for_as_it_is_written(word: str) -> None:
    """A word of any characters is searched unchanged."""
    phrase = parse_search(word)
    if not phrase.is_words:
        return
    condition = compile_filter(phrase.where)
    assert set(condition.params) == {word}


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
    assert set(registry.list_models(where=parse_search(text).where).ids) == found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("churn version > 1 and rank < 3", "rank"),
        ("churn and version > 'a'", "'a'"),
        ("a b metrics.f1 > x", "x"),
    ],
)
def test_an_error_after_words_has_its_position(text: str, wrong: str) -> None:
    """An invalid filter after words marks the same place as in the whole text."""
    with pytest.raises(QueryError) as caught:
        compile_filter(parse_search(text).where)
    assert caught.value.position == text.rindex(wrong)


@pytest.mark.parametrize("text", ["churn or version > 1", "not churn version > 1"])
def test_words_with_operators_are_an_invalid_filter(text: str) -> None:
    """Words that are joined with anything but `and` are not guessed."""
    with pytest.raises(QueryError):
        compile_filter(parse_search(text).where)


def test_anywhere_is_for_parts_of_text_alone() -> None:
    """The field `anywhere` accepts only a test for a part of a text."""
    for wrong in ("anywhere == 'a'", "anywhere is None", "1 in anywhere"):
        with pytest.raises(QueryError):
            compile_filter(wrong)


def test_a_registry_elsewhere_gives_the_same(registry: ModelRegistry) -> None:
    """A search for words gives the same result in another process."""
    other = ModelRegistry(Path(registry.location))
    where = parse_search("kepler").where
    assert other.list_models(where=where).ids == registry.list_models(where=where).ids
