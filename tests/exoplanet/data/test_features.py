"""Feature sets by name, and the guard against leaks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.exoplanet.data.features import (
    FEATURE_SETS,
    LEAKS,
    LeakageError,
    refuse_leaks,
    resolve_features,
)

TABLE = [*FEATURE_SETS["diagnostic38"], "koi_score", "koi_disposition"]


@pytest.mark.parametrize(
    ("name", "size"), [("five", 5), ("core12", 12), ("honest22", 22), ("diagnostic38", 38)]
)
def test_a_set_has_the_size_of_its_name(name: str, size: int) -> None:
    """Each feature set holds as many different columns as it says, and none leaks."""
    columns = resolve_features(name, available=TABLE)
    assert len(set(columns)) == len(columns) == size
    refuse_leaks(columns)


def test_the_sets_grow_from_each_other() -> None:
    """Each larger set starts with the columns of the smaller one."""
    sizes = sorted(FEATURE_SETS.values(), key=len)
    for small, large in pairwise(sizes):
        assert large[: len(small)] == small


@pytest.mark.parametrize("column", LEAKS)
def test_a_leak_is_refused_with_its_reason(column: str) -> None:
    """Each leaking column is refused by name and reason, and passes when allowed by name."""
    with pytest.raises(LeakageError, match=column) as refusal:
        refuse_leaks(["koi_period", column])
    assert LEAKS[column] in str(refusal.value)
    assert refusal.value.columns == (column,)
    refuse_leaks(["koi_period", column], allow_leakage=column)


def test_all_leaks_are_reported_at_once() -> None:
    """Two leaking columns are named in one error, and allowing one still refuses the other."""
    wanted = ["koi_score", "koi_period", "koi_disposition"]
    with pytest.raises(LeakageError) as both:
        resolve_features(wanted, available=TABLE)
    assert both.value.columns == ("koi_score", "koi_disposition")
    with pytest.raises(LeakageError) as one:
        resolve_features(wanted, available=TABLE, allow_leakage=["koi_score"])
    assert one.value.columns == ("koi_disposition",)


def test_a_refusal_is_a_value_error_of_the_registry() -> None:
    """A leak can be caught as a registry error and as a ValueError."""
    assert issubclass(LeakageError, RegistryError)
    assert issubclass(LeakageError, ValueError)


@pytest.mark.parametrize(
    ("features", "meant"),
    [("honest2", "honest22"), (["koi_periode"], "koi_period"), (["koi_period", "koi_dept"], "")],
)
def test_an_unknown_name_gets_close_matches(features: str | list[str], meant: str) -> None:
    """A set or column that does not exist is refused with the names that were perhaps meant."""
    with pytest.raises(NotFoundError) as refusal:
        resolve_features(features, available=TABLE)
    assert (meant or "koi_depth") in refusal.value.known


def test_an_allowance_for_nothing_is_refused() -> None:
    """A misspelt name in allow_leakage is an error, not a silent pass."""
    with pytest.raises(NotFoundError, match="koi_scor"):
        resolve_features("five", available=TABLE, allow_leakage="koi_scor")


def test_no_feature_is_refused() -> None:
    """An empty list of columns is an error."""
    with pytest.raises(ValueError, match="No feature"):
        resolve_features([], available=TABLE)


def test_columns_come_once_in_the_order_asked() -> None:
    """A list keeps its order and loses its repeats."""
    wanted = ["koi_teq", "koi_period", "koi_teq"]
    assert resolve_features(iter(wanted), available=TABLE) == ["koi_teq", "koi_period"]
