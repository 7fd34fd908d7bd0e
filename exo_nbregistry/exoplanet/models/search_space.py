"""Default search spaces of the Kepler classifiers."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import NotFoundError


def search_space(algorithm: str) -> dict[str, Any]:
    """Return the default search space of a classifier.

    Parameters
    ----------
    algorithm : {"RandomForest", "NeuralNetwork", "SVM", "HistGradientBoosting"}
        Name of the classifier.

    Returns
    -------
    dict of str to list or distribution
        Search space for scikit-learn's RandomizedSearchCV.

    Raises
    ------
    NotFoundError
        If the algorithm has no search space.

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
        "HistGradientBoosting": {
            "learning_rate": loguniform(0.02, 0.2),
            "max_iter": randint(100, 501),
            "max_leaf_nodes": [7, 15, 31],
            "min_samples_leaf": randint(5, 51),
            "l2_regularization": loguniform(0.01, 10),
        },
    }
    if algorithm not in spaces:
        raise NotFoundError(
            f"There is no search space for {algorithm!r}; pass space=.",
            name=algorithm,
            known=spaces,
        )
    return spaces[algorithm]
