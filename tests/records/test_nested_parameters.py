"""Hyperparameters of an estimator that contains another one."""

from __future__ import annotations

from exo_nbregistry.records.nested_parameters import flatten_params

RIDGE = {"class": "Ridge", "params": {"alpha": 2.0, "solver": None}}


def test_nested_estimators_are_flat() -> None:
    """An estimator is its class, followed by its parameters, at any depth."""
    given = {"regressor": {"class": "Search", "params": {"estimator": RIDGE, "cv": 3}}, "n": 1}
    assert flatten_params(given) == {
        "regressor": "Search",
        "regressor__estimator": "Ridge",
        "regressor__estimator__alpha": 2.0,
        "regressor__estimator__solver": None,
        "regressor__cv": 3,
        "n": 1,
    }


def test_other_dicts_are_values() -> None:
    """A dict that is not an estimator is not changed."""
    given = {"grid": {"alpha": [1, 2]}, "params": {"class": "a", "params": 3}}
    assert flatten_params(given) == given
