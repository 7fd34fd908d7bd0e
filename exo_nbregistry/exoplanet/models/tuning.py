"""Tuning of the Kepler classifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.data.features import refuse_leaks
from exo_nbregistry.exoplanet.data.stars import STARS
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS
from exo_nbregistry.exoplanet.models.search_space import search_space
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.training import TuningResult
from exo_nbregistry.training import tune as tune_estimator


def tune(
    model: Any,
    X: Any,
    y: ArrayLike,
    groups: ArrayLike,
    *,
    space: Mapping[str, Any] | None = None,
    n_trials: int = 20,
    method: str = "random",
    folds: int = 5,
    metric: str = "roc_auc",
    random_state: int = 42,
    n_jobs: int | None = None,
    progress: bool = True,
    allow_leakage: str | Iterable[str] = (),
) -> TuningResult:
    """Search for the hyperparameters with the best score over stars in other folds.

    Parameters
    ----------
    model : str or estimator
        Name of a classifier, such as ``"SVM"`` or ``"HistGradientBoosting"``, or an unfitted
        classifier.
    X, y, groups : array-like
        Training rows, their labels, and the star of each row, such as its kepid.
    space : mapping of str to list or distribution, optional
        Search space. The default is `search_space` of the classifier.
    random_state : int, default=42
        Seed of choices, folds and a classifier given by name.
    n_trials, method, folds, metric, n_jobs, progress
        As for `exo_nbregistry.training.tune`.
    allow_leakage : str or iterable of str, default=()
        Columns to allow although they leak the label, to show their effect.

    Returns
    -------
    TuningResult
        The best model, fitted on all rows, and every trial.

    Raises
    ------
    NotFoundError
        If the classifier, the method or a default search space does not exist.
    LeakageError
        If a column leaks the label and `allow_leakage` does not name it.
    TrainingError
        If every trial failed.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi, tune
    >>> koi = load_koi("five")
    >>> rows = slice(None, None, 8)
    >>> X, y, stars = koi.data[rows], koi.target[rows], koi.groups[rows]
    >>> found = tune("SVM", X, y, stars, n_trials=3, folds=3, progress=False)
    >>> sorted(found.best_params), len(found.trials), found.best_score > 0.85
    (['C', 'gamma'], 3, True)
    """
    algorithm, estimator = _estimator(model, random_state)
    allowed = refuse_leaks(column_names(X), allow_leakage=allow_leakage)
    found = tune_estimator(
        estimator,
        X,
        y,
        groups,
        space=search_space(algorithm) if space is None else space,
        n_trials=n_trials,
        method=method,
        folds=folds,
        metric=metric,
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
        algorithm=algorithm,
        grouping=STARS,
    )
    return replace(found, allowed_leakage=tuple(allowed))


def _estimator(model: Any, random_state: int) -> tuple[str, Any]:
    if not isinstance(model, str):
        names = [name for name, kind in CLASSIFIERS.items() if type(model) is kind]
        return (names or [type(model).__name__])[0], model
    if model not in CLASSIFIERS:
        raise NotFoundError(f"Unknown model {model!r}.", name=model, known=CLASSIFIERS)
    return model, CLASSIFIERS[model](random_state=random_state)
