"""Definitions of a notebook that a cell uses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from exo_nbregistry.introspection import definitions
from exo_nbregistry.introspection.definitions import (
    MAX_DEFINITIONS_CHARACTERS,
    read_definitions,
)

CLASS = "class Scaler:\n    def transform(self, x):\n        return double(x)"
DOUBLE = "def double(x):\n    return 2 * x"


def read(*cells: str, last: str = "") -> str | None:
    """Run cells as a notebook does; return the definitions that the last cell uses."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        exec(cell, variables)
    history = SimpleNamespace(input_hist_parsed=["", *cells, last])
    shell = SimpleNamespace(history_manager=history, user_ns=variables)
    return read_definitions(shell, len(cells) + 1)


def test_a_called_function_is_kept_with_what_it_calls() -> None:
    """The source of a called function is kept, with the functions that it calls."""
    cells = (DOUBLE, "def build():\n    return double(1)", "def unused(): pass")
    assert read(*cells, last="build()") == f"{DOUBLE}\n\n\n{cells[1]}"


def test_the_class_of_a_used_object_is_kept() -> None:
    """The class of an object that the cell uses is kept, with the functions of its methods."""
    assert read(DOUBLE, CLASS, "s = Scaler()", last="register(s)") == f"{DOUBLE}\n\n\n{CLASS}"


def test_the_latest_definition_is_kept() -> None:
    """A function that was redefined is kept as it is now."""
    assert read("def f(): return 1", "def f(): return 2", last="f()") == "def f(): return 2"


@pytest.mark.parametrize(
    "cell",
    ["square = lambda x: x * x", "import functools\n@functools.lru_cache\ndef square(x): return x"],
    ids=["lambda", "decorated"],
)
def test_every_kind_of_function_is_kept(cell: str) -> None:
    """Lambdas and decorated functions are kept, with their decorators."""
    assert read(cell, last="square(2)") == cell.removeprefix("import functools\n")


@pytest.mark.parametrize(
    "last",
    ["x = 1", "data", "import json; json.dumps(1)", "def double(x): return x\ndouble(1)", "f("],
    ids=["no name", "plain data", "library", "defined in the cell", "invalid"],
)
def test_other_names_are_not_kept(last: str) -> None:
    """Data, libraries and definitions in the cell itself are not kept."""
    assert read("data = [1]\nimport json", last=last) is None


def test_functions_that_call_each_other_are_kept_once() -> None:
    """Functions that call each other are kept once."""
    both = "def f(): g()\ndef g(): f()"
    assert read(both, last="f") == "def f(): g()\n\n\ndef g(): f()"


def test_long_definitions_are_only_named() -> None:
    """A definition above the size limit is named in a comment, and the others are kept."""
    large = f'def large():\n    """{"x" * MAX_DEFINITIONS_CHARACTERS}"""'
    kept = read(large, DOUBLE, last="large(double)")
    assert kept == f"{DOUBLE}\n\n\n# Not kept, because they are too long: large"


def test_an_object_that_fails_does_not_stop_the_registration() -> None:
    """An object whose attributes raise errors is ignored."""
    cell = (
        "class Odd:\n    def __getattribute__(self, name): raise OSError('disk')\n"
        "    __call__ = None\nodd = Odd()"
    )
    assert read(cell, last="odd") is None or "class Odd" in str(read(cell, last="odd"))


def test_a_script_has_no_definitions() -> None:
    """Outside a cell there are no definitions."""
    assert read_definitions(None, None) is None


def test_only_cells_that_can_define_a_used_name_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many cells, only those that can define a used name are parsed."""
    parsed: list[str] = []
    parse = definitions._parse
    monkeypatch.setattr(definitions, "_parse", lambda text: parsed.append(text) or parse(text))
    cells = [f"def step{n}(): return {f'step{n - 1}()' if n else 0}" for n in range(300)]
    assert str(read(*cells, last="step9()")).count("def") == 10
    assert len(parsed) <= 2 * 10 + 1
