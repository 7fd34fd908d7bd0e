"""Feature sets and the check for leaks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from exo_nbregistry.errors import InvalidInputError, NotFoundError, RegistryError
from exo_nbregistry.exoplanet.data.features import (
    FEATURE_SETS,
    LEAKS,
    refuse_leaks,
    resolve_features,
)
from exo_nbregistry.exoplanet.data.table_roles import KEPLER, TESS, TableRoles
from exo_nbregistry.training.leakage import LeakageError

TABLE = [*FEATURE_SETS["diagnostic38"], "koi_score", "koi_disposition"]


@pytest.mark.parametrize(
    ("name", "size"), [("five", 5), ("core12", 12), ("honest22", 22), ("diagnostic38", 38)]
)
def test_a_set_has_the_size_of_its_name(name: str, size: int) -> None:
    """Each feature set has as many columns as its name states, and none leaks."""
    columns = resolve_features(name, available=TABLE)
    assert len(set(columns)) == len(columns) == size
    refuse_leaks(columns)


def test_each_set_contains_the_smaller_ones() -> None:
    """Each larger set starts with the columns of the smaller one."""
    sizes = sorted(FEATURE_SETS.values(), key=len)
    for small, large in pairwise(sizes):
        assert large[: len(small)] == small


@pytest.mark.parametrize("column", LEAKS)
def test_a_leak_is_rejected_with_its_reason(column: str) -> None:
    """The error has the name and the reason of a leaking column, which can be allowed."""
    with pytest.raises(LeakageError, match=column) as caught:
        refuse_leaks(["koi_period", column])
    assert LEAKS[column] in str(caught.value)
    assert caught.value.columns == (column,)
    refuse_leaks(["koi_period", column], allow_leakage=column)


@pytest.mark.parametrize("roles", [KEPLER, TESS])
def test_the_roles_of_the_archives_tables_leak(roles: TableRoles) -> None:
    """Label, identifier and star of both tables are leaks for trainer, tune and retrain too."""
    assert {roles.label, roles.identifier, roles.star} <= set(LEAKS)


def test_all_leaks_are_reported_together() -> None:
    """One error names both leaking columns, and allowing one still rejects the other."""
    wanted = ["koi_score", "koi_period", "koi_disposition"]
    with pytest.raises(LeakageError) as both:
        resolve_features(wanted, available=TABLE)
    assert both.value.columns == ("koi_score", "koi_disposition")
    with pytest.raises(LeakageError) as one:
        resolve_features(wanted, available=TABLE, allow_leakage=["koi_score"])
    assert one.value.columns == ("koi_disposition",)


def test_a_leak_is_a_value_error_of_the_registry() -> None:
    """A leak can be caught as a registry error and as a ValueError."""
    assert issubclass(LeakageError, RegistryError)
    assert issubclass(LeakageError, ValueError)


@pytest.mark.parametrize(
    ("features", "meant"),
    [("honest2", "honest22"), (["koi_periode"], "koi_period"), (["koi_period", "koi_dept"], "")],
)
def test_an_unknown_name_gets_close_matches(features: str | list[str], meant: str) -> None:
    """The error for an unknown feature set or column suggests close names."""
    with pytest.raises(NotFoundError) as caught:
        resolve_features(features, available=TABLE)
    assert (meant or "koi_depth") in caught.value.known


def test_an_unknown_allowed_column_is_rejected() -> None:
    """A misspelled name in allow_leakage is an error."""
    with pytest.raises(NotFoundError, match="koi_scor"):
        resolve_features("five", available=TABLE, allow_leakage="koi_scor")


def test_an_empty_list_is_rejected() -> None:
    """An empty list of columns is an error."""
    with pytest.raises(InvalidInputError, match="features is empty"):
        resolve_features([], available=TABLE)


def test_columns_keep_their_order_without_duplicates() -> None:
    """A list keeps its order, and duplicates are removed."""
    wanted = ["koi_teq", "koi_period", "koi_teq"]
    assert resolve_features(iter(wanted), available=TABLE) == ["koi_teq", "koi_period"]
