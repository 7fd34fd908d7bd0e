"""What a search for hyperparameters tries."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from exo_nbregistry.errors import NotFoundError


def search_space(algorithm: str) -> dict[str, Any]:
    """Return what is searched of a classifier by default.

    Parameters
    ----------
    algorithm : {"RandomForest", "NeuralNetwork", "SVM"}
        Which classifier.

    Returns
    -------
    dict of str to list or distribution
        As scikit-learn's RandomizedSearchCV takes it.

    Raises
    ------
    NotFoundError
        If there is no space for it.

    Examples
    --------
    >>> sorted(search_space("SVM"))
    ['C', 'gamma']
    """
    from scipy.stats import loguniform, randint

    spaces: dict[str, dict[str, Any]] = {
        "RandomForest": {
            "n_estimators": randint(100, 501),
            "max_depth": [None, 8, 12, 20],
            "min_samples_split": randint(2, 17),
            "min_samples_leaf": randint(1, 9),
        },
        "NeuralNetwork": {
            "hidden_layers": [(64,), (128, 64), (128, 64, 32), (256, 128)],
            "learning_rate": loguniform(1e-4, 1e-2),
            "batch_size": [32, 64, 128, 256],
        },
        "SVM": {"C": loguniform(0.1, 100), "gamma": loguniform(1e-3, 1)},
    }
    if algorithm not in spaces:
        raise NotFoundError(
            f"There is no search space for {algorithm!r}: pass space=.",
            name=algorithm,
            known=spaces,
        )
    return spaces[algorithm]


def choices(space: Mapping[str, Any], n_trials: int, random_state: int) -> list[dict[str, Any]]:
    """Return what a search at random will try, in its order.

    Parameters
    ----------
    space : mapping of str to list or distribution
        What is searched.
    n_trials : int
        How many choices are tried.
    random_state : int
        The search's seed.

    Returns
    -------
    list of dict
        As many, or as many as there are.

    Examples
    --------
    >>> sorted(choice["C"] for choice in choices({"C": [1, 2]}, 2, 0))
    [1, 2]
    """
    from sklearn.model_selection import ParameterSampler

    with warnings.catch_warnings():
        # A space of fewer choices than trials: the search itself says so.
        warnings.simplefilter("ignore", UserWarning)
        return list(ParameterSampler(dict(space), n_trials, random_state=random_state))
