"""How columns are called and written, and what stands in their cells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_order
from exo_nbregistry.panels.browser.column import (
    PLAIN,
    Cell,
    Context,
    cell,
    expression,
    is_column,
    title,
)
from exo_nbregistry.panels.browser.page import Row
from tests.panels.browser.test_state import version
from tests.panels.many_models import NOW

CONTEXT = Context(NOW)


def told(name: str, **fields: Any) -> Cell:
    """Return the cell of a version."""
    return cell(name, Row("rf:1", version(**fields)), CONTEXT)


@given(st.sampled_from(["metrics", "hyperparameters", "tags"]), st.text(min_size=1))
def test_any_name_of_a_field_is_written_in_the_language(group: str, name: str) -> None:
    """Dots, quotes, keywords, line breaks: the order means the field itself, or is refused."""
    try:
        order = compile_order(f"-{expression(f'{group}.{name}')}")
    except QueryError:
        assert any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in name)
    else:
        assert (order.field, order.descending) == (f"{group}.{name}", True)


@pytest.mark.parametrize("name", [*PLAIN, "metrics.auc", "hyperparameters.svc.C", "tags.a b"])
def test_a_column_has_a_title(name: str) -> None:
    """Each column is called something, and a version without it has its cell."""
    assert is_column(name)
    assert title(name)
    assert told(name).text or told(name).live is not None


@pytest.mark.parametrize("name", ["", "metrics", "metrics.", "nothing", "signature.x", "value"])
def test_other_names_are_no_columns(name: str) -> None:
    """A group without a name in it, or what no version has, is none."""
    assert not is_column(name)


def test_nested_parameters_are_found_as_the_index_names_them() -> None:
    """Names are joined by dots, whether the dot is in a name or between two."""
    nested = {"svc": {"C": 2}, "a.b": 3, "none": None, "list": [1, 2]}
    assert told("hyperparameters.svc.C", hyperparameters=nested).text == "2"
    assert told("hyperparameters.a.b", hyperparameters=nested).text == "3"
    assert told("hyperparameters.none", hyperparameters=nested).text == "-"
    assert told("hyperparameters.list", hyperparameters=nested).text == "[1, 2]"
    assert told("hyperparameters.svc.C.x", hyperparameters=nested).text == "-"


def test_values_are_written_as_in_all_tables() -> None:
    """Numbers have four digits, truth is a word, what is missing a dash."""
    assert told("metrics.auc", metrics={"auc": 0.123456}).text == "0.1235"
    assert told("metrics.auc", metrics={"auc": float("nan")}).text == "NaN"
    assert told("hyperparameters.x", hyperparameters={"x": True}).text == "True"
    assert told("tags", tags={"reviewed": True, "team": "a"}).text == "reviewed, team=a"
    assert told("aliases", aliases=("a", "b", "c")).text == "a, b, +1"
    assert told("description").text == "-"


def test_what_cannot_be_read_has_empty_cells() -> None:
    """A row without a version has nothing in any column."""
    assert cell("aliases", Row("", error="unreadable"), CONTEXT) == Cell("")
