"""Arguments that a model passes to functions and to its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.check_arguments import check_arguments, check_depth
from exo_nbregistry.restricted.rejection import Rejection


@pytest.mark.parametrize(
    "arguments",
    [
        {"memory": None, "model__memory": [None]},
        {"memory": 17, "out": 3},
        {"memory": np.float64(0.5)},
        {"n_jobs": -1, "model__n_jobs": (1, 2), "n_threads": range(1, 4)},
        {"Y_norm_squared": None},
        {1: "a", ("memory",): "b"},
    ],
)
def test_words_and_plain_parameters_are_allowed(arguments: dict[Any, Any]) -> None:
    """A vocabulary may have these words, and a search may try plain numbers."""
    check_arguments(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"memory": "folder"},
        {np.str_("memory"): "folder"},
        {"model__memory": ("folder",)},
        {"memory": np.array(["folder"])},
        {"memory": {"folder": 1}},
        {"n_jobs": 1 << 20},
        {"n_jobs": range(1 << 40)},
        {"model__n_threads": np.array([1 << 20])},
        {"n_jobs": "many"},
        {"out": np.zeros(2)},
        {"out": (np.zeros(2),)},
        {"X_norm_squared": np.zeros(2)},
    ],
    ids=repr,
)
def test_arguments_that_do_harm_are_rejected(arguments: dict[Any, Any]) -> None:
    """A cache folder, many workers, results in an array of the model, and norms are rejected."""
    with pytest.raises(Rejection, match="has the argument"):
        check_arguments(arguments)


def test_deep_tuples_are_rejected() -> None:
    """The hash of a deep tuple would end the process; shared tuples are visited once."""
    deep: Any = ()
    for _ in range(1_200):
        deep = (deep, deep)
    with pytest.raises(Rejection, match="inside each other"):
        check_depth(deep)
    check_depth([((1, 2), (3, (4,)))])
