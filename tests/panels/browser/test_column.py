"""Titles, sort expressions and cells of columns."""

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
from exo_nbregistry.records.later_metrics import LaterMetrics
from tests.panels.browser.test_state import version
from tests.panels.many_models import NOW

CONTEXT = Context(NOW)


def cell_of(name: str, **fields: Any) -> Cell:
    """Return the cell of a version."""
    return cell(name, Row("rf:1", version(**fields)), CONTEXT)


@given(st.sampled_from(["metrics", "hyperparameters", "tags"]), st.text(min_size=1))
def test_any_field_has_an_expression(group: str, name: str) -> None:
    """An expression with dots, quotes or line breaks parses to the field, or is rejected."""
    try:
        order = compile_order(f"-{expression(f'{group}.{name}')}")
    except QueryError:
        assert any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in name)
    else:
        assert (order.field, order.descending) == (f"{group}.{name}", True)


@pytest.mark.parametrize("name", [*PLAIN, "metrics.auc", "hyperparameters.svc.C", "tags.a b"])
def test_a_column_has_a_title(name: str) -> None:
    """Each column has a title, and a cell for a version without a value."""
    assert is_column(name)
    assert title(name)
    assert cell_of(name).text or cell_of(name).live is not None


@pytest.mark.parametrize("name", ["", "metrics", "metrics.", "nothing", "signature.x", "worth"])
def test_other_names_are_rejected(name: str) -> None:
    """A group without a name, or an unknown field, is not a column."""
    assert not is_column(name)


def test_nested_parameters_are_found() -> None:
    """A dot can be part of a name or join two names."""
    nested = {"svc": {"C": 2}, "a.b": 3, "none": None, "list": [1, 2]}
    assert cell_of("hyperparameters.svc.C", hyperparameters=nested).text == "2"
    assert cell_of("hyperparameters.a.b", hyperparameters=nested).text == "3"
    assert cell_of("hyperparameters.none", hyperparameters=nested).text == "None"
    assert cell_of("hyperparameters.missing", hyperparameters=nested).text == "-"
    assert cell_of("hyperparameters.list", hyperparameters=nested).text == "[1, 2]"
    assert cell_of("hyperparameters.svc.C.x", hyperparameters=nested).text == "-"


def test_values_are_formatted_as_in_other_tables() -> None:
    """Numbers have four digits, booleans are words, and missing values are dashes."""
    assert cell_of("metrics.auc", metrics={"auc": 0.123456}).text == "0.1235"
    assert cell_of("metrics.auc", metrics={"auc": float("nan")}).text == "NaN"
    assert cell_of("hyperparameters.x", hyperparameters={"x": True}).text == "True"
    assert cell_of("tags", tags={"reviewed": True, "team": "a"}).text == "reviewed, team=a"
    assert cell_of("aliases", aliases=("a", "b", "c")).text == "a, b, +1"
    assert cell_of("description").text == "-"


def test_an_unreadable_row_has_empty_cells() -> None:
    """A row without a version has empty cells."""
    assert cell("aliases", Row("", error="unreadable"), CONTEXT) == Cell("")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("results.verdict", "good"),
        ("results.report.planet", "0.5000"),
        ("training_info.mission", "Kepler"),
        ("training_info.dataset", "koi"),
        ("later_metrics.f1_score", "0.7000"),
        ("results.nothing", "-"),
    ],
)
def test_everything_that_was_passed_can_be_a_column(name: str, shown: str) -> None:
    """Results, training info and the newest later metrics are columns."""
    additional = {
        "verdict": "good",
        "report": {"planet": 0.5},
        "training_info": {"mission": "Kepler"},
    }
    later = [LaterMetrics({"f1_score": value}, NOW, "", "ada") for value in (0.8, 0.7)]
    found = cell_of(
        name, additional_metrics=additional, training_dataset="koi", later_metrics=tuple(later)
    )
    assert is_column(name)
    assert (found.text, title(name)) == (shown, name.partition(".")[2])
