"""Sources of definitions are found in notebooks and files, and a missing one is named."""

from __future__ import annotations

import pytest

from exo_nbregistry.persistence.code_sources import sources_of, sources_py
from tests.persistence.cells import run_cell, written

CELL = (
    "from dataclasses import dataclass\nfrom enum import Enum\n\n\n"
    "class Other:\n    def first(self):\n        return 0\n\n\n"
    "@dataclass\nclass Config:\n    factor: float = 2.0\n\n\n"
    "class Mode(Enum):\n    FAST = 1\n\n\n"
    "class Scaler:\n    class Inner:\n        def deep(self): ...\n\n"
    "    @property\n    def factor(self):\n        return 2\n\n\n"
    "def double(x):\n    return 2 * x\n\n\n"
    "def make():\n    class Local:\n        def f(self): ...\n    return Local\n\n\n"
    "triple = lambda x: 3 * x\n"
)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("Scaler", "class Scaler:\n    class Inner:", "return 2\n"),
        ("Config", "@dataclass\nclass Config:", "factor: float = 2.0\n"),
        ("Mode", "class Mode(Enum):", "FAST = 1\n"),
        ("double", "def double(x):", "return 2 * x\n"),
        ("triple", "triple = lambda x: 3 * x", "triple = lambda x: 3 * x\n"),
    ],
)
def test_a_definition_of_a_cell_has_its_source(name: str, start: str, end: str) -> None:
    """Classes, also without methods, functions and lambdas of a cell have their source."""
    source = sources_of({name: run_cell(CELL)[name]})[name]
    assert source.startswith(start)
    assert source.endswith(end)


def test_a_class_inside_a_function_has_its_source() -> None:
    """The source of a local class is without indentation."""
    source = sources_of({"Local": run_cell(CELL)["make"]()})["Local"]
    assert source == "class Local:\n    def f(self): ...\n"


def test_the_source_belongs_to_the_definition_that_is_stored() -> None:
    """If a cell was run again with a change, each class has the source that it was made from."""
    old = run_cell("class Scaler:\n    def f(self):\n        return 1\n")["Scaler"]
    new = run_cell("class Scaler:\n    def f(self):\n        return 2\n")["Scaler"]
    assert "return 1" in sources_of({"Scaler": old})["Scaler"]
    assert "return 2" in sources_of({"Scaler": new})["Scaler"]


def test_a_missing_source_is_named() -> None:
    """A definition without a source has a comment with its name."""
    assert sources_of({"__main__.f": eval("lambda x: x")}) == {
        "__main__.f": "# The source of __main__.f is not available.\n"
    }


def test_sources_are_kept_with_a_written_model() -> None:
    """Writing a model returns the source of each outermost definition."""
    sources = written(run_cell(CELL)["Scaler"]())[1].sources
    assert [*sources] == ["__main__.Scaler"]


def test_a_hostile_title_stays_in_the_comment() -> None:
    """A line break in the name of a model does not end the comment."""
    text = sources_py("a\nimport os", {"b\nimport os": "x = 1"})
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["", "x = 1"]
