"""Search for hyperparameters over folds that keep each star on one side."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS
from exo_nbregistry.training.fitting import TrainingError
from exo_nbregistry.training.progress import show_progress
from exo_nbregistry.training.search_space import choices, search_space
from exo_nbregistry.training.trial_log import TrialWatch
from exo_nbregistry.training.trials import Trial, Tuning

logger = logging.getLogger("exo_nbregistry")
METHODS = ("random", "halving")
_MANY = "Several fits at once: those in other processes are known when all are back."


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
) -> Tuning:
    """Search for the hyperparameters that do best on stars that were not learnt from.

    Parameters
    ----------
    model : str or estimator
        ``"RandomForest"``, ``"NeuralNetwork"`` or ``"SVM"``, or an unfitted classifier.
    X : array-like of shape (n_samples, n_features)
        Training rows; the test part takes no part.
    y : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,)
        The star of each row, such as its kepid.
    space : mapping of str to list or distribution, optional
        What to search; by default `search_space` of the classifier.
    n_trials : int, default=20
        How many choices are tried.
    method : {"random", "halving"}, default="random"
        Every choice on all rows; or all on few rows, and the best third of them on three times
        as many, and so on.
    folds : int, default=5
        Folds, stratified by label, each star in one.
    metric : str, default="roc_auc"
        A scorer of scikit-learn; larger is better.
    random_state : int, default=42
        Seed of choices and folds.
    n_jobs : int or None, default=None
        How many fits at once; None means one, unless ``joblib.parallel_config`` says otherwise.
    progress : bool, default=True
        Whether to show how it goes on: a panel in a notebook, a progress bar elsewhere. What fits
        in other processes find is known when all are back.

    Returns
    -------
    Tuning
        The best model, fitted on all rows, and every trial.

    Raises
    ------
    TrainingError
        If every trial failed. One that fails is reported, and the others go on.
    NotFoundError
        If there is no such classifier, method or search space.
    RegistryError
        If `n_trials` is below 1.

    Notes
    -----
    Source: Bergstra & Bengio 2012, JMLR 13, 281; Jamieson & Talwalkar 2016, AISTATS, 240.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi, split_by_star, tune
    >>> koi = load_koi("five")
    >>> rows = slice(None, None, 8)
    >>> X, y, stars = koi.data[rows], koi.target[rows], koi.groups[rows]
    >>> found = tune("SVM", X, y, stars, n_trials=3, folds=3, progress=False)
    >>> sorted(found.best_params), len(found.trials), found.best_score > 0.85
    (['C', 'gamma'], 3, True)
    """
    if method not in METHODS:
        raise NotFoundError(f"There is no method {method!r}.", name=method, known=METHODS)
    if n_trials < 1:
        raise RegistryError(f"n_trials is a whole number from 1, not {n_trials}.")
    algorithm, estimator = _estimator(model, random_state)
    space = search_space(algorithm) if space is None else dict(space)
    search = _search(
        method,
        estimator,
        space,
        n_trials=n_trials,
        folds=folds,
        random_state=random_state,
        n_jobs=n_jobs,
    )
    with _watched(search, algorithm, metric, progress) as watch:
        search.set_params(scoring=_ReportingScorer(metric, list(space), watch))
        _fit(search, algorithm, X, y, np.asarray(groups))
        trials = _trials(search, estimator, X, y, len(X))
        watch.end(trials)
    return Tuning(
        best_model=search.best_estimator_,
        best_params=_plain(search.best_params_),
        best_score=float(search.best_score_),
        algorithm=algorithm,
        metric=metric,
        method=method,
        random_state=random_state,
        trials=trials,
    )


def _estimator(model: Any, random_state: int) -> tuple[str, Any]:
    if not isinstance(model, str):
        names = [name for name, kind in CLASSIFIERS.items() if type(model) is kind]
        return (names or [type(model).__name__])[0], model
    if model not in CLASSIFIERS:
        raise NotFoundError(f"There is no model {model!r}.", name=model, known=CLASSIFIERS)
    return model, CLASSIFIERS[model](random_state=random_state)


def _search(
    method: str,
    estimator: Any,
    space: dict[str, Any],
    *,
    n_trials: int,
    folds: int,
    random_state: int,
    n_jobs: int | None,
) -> Any:
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import (
        HalvingRandomSearchCV,
        RandomizedSearchCV,
        StratifiedGroupKFold,
    )

    shared: dict[str, Any] = {
        "cv": StratifiedGroupKFold(folds, shuffle=True, random_state=random_state),
        "random_state": random_state,
        "n_jobs": n_jobs,
        "error_score": np.nan,
        "return_train_score": False,
    }
    if method == "random":
        return RandomizedSearchCV(estimator, space, n_iter=n_trials, **shared)
    # So that the last round has all rows, and the first one not too few of either label.
    return HalvingRandomSearchCV(
        estimator, space, n_candidates=n_trials, min_resources="exhaust", **shared
    )


def _fit(search: Any, algorithm: str, X: Any, y: ArrayLike, groups: Any) -> None:
    try:
        with _quiet():
            search.fit(X, y, groups=groups)
    except ValueError as error:
        if "fits failed" not in str(error):
            raise
        reason = str(error).strip().splitlines()[-1]
        raise TrainingError(
            f"All trials of {algorithm} failed: {reason}", failures={algorithm: str(error)}
        ) from None
    if math.isnan(search.best_score_):
        raise TrainingError(f"No trial of {algorithm} has a score: each failed in some fold.")


@contextmanager
def _watched(search: Any, algorithm: str, metric: str, shown: bool) -> Iterator[TrialWatch]:
    """Show the trials of a search, as long as the block runs."""
    from joblib import effective_n_jobs

    folds, in_order = search.cv.n_splits, effective_n_jobs(search.n_jobs) == 1
    known: list[dict[str, Any]] = []
    if hasattr(search, "n_iter"):  # a search by halving decides as it goes
        known = choices(search.param_distributions, search.n_iter, search.random_state)
    with show_progress(
        f"Tuning {algorithm}",
        total=len(known) * folds or None,
        unit="fit",
        shown=shown,
        metric=metric,
        note="" if in_order else _MANY,
    ) as listener:
        yield TrialWatch(listener, folds, known, in_order=in_order)


class _ReportingScorer:
    """A scorer that tells of each score; in another process there is nobody to tell."""

    def __init__(self, metric: str, names: Sequence[str], watch: TrialWatch | None) -> None:
        from sklearn.metrics import get_scorer

        self.scorer = get_scorer(metric)
        self.names = names
        self.watch = watch

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        score = float(self.scorer(estimator, X, y))
        if self.watch is not None:
            params = estimator.get_params()
            self.watch.record_score({name: params[name] for name in self.names}, score)
        return score

    def __getstate__(self) -> dict[str, Any]:
        return {"scorer": self.scorer, "names": self.names, "watch": None}


@contextmanager
def _quiet() -> Iterator[None]:
    """Ignore what scikit-learn says of failed fits: each is reported with its reason."""
    from sklearn.exceptions import FitFailedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        warnings.filterwarnings("ignore", "One or more of the test scores are non-finite")
        yield


def _trials(search: Any, estimator: Any, X: Any, y: Any, rows: int) -> tuple[Trial, ...]:
    found = search.cv_results_
    names = [f"split{fold}_test_score" for fold in range(search.n_splits_)]
    resources = found.get("n_resources", np.full(len(found["params"]), rows))
    trials = []
    for place, params in enumerate(found["params"]):
        scores = tuple(float(found[name][place]) for name in names)
        failed = sum(map(math.isnan, scores))
        error = _reason(estimator, params, X, y, failed, len(scores)) if failed else ""
        if error:
            logger.warning("A trial failed with %s: %s", _plain(params), error)
        mean, spread = (float(found[f"{name}_test_score"][place]) for name in ("mean", "std"))
        trials.append(Trial(_plain(params), mean, spread, scores, int(resources[place]), error))
    return tuple(trials)


def _reason(
    estimator: Any, params: Mapping[str, Any], X: Any, y: Any, failed: int, folds: int
) -> str:
    """Return why a trial failed, by failing again: a search does not say it of each."""
    from sklearn.base import clone

    where = f"in {failed} of {folds} folds"
    try:
        clone(estimator).set_params(**params).fit(X, y)
    except Exception as error:  # noqa: BLE001 - whatever a model raises is reported
        return f"{type(error).__name__}: {error} ({where})"
    return f"no score {where}, though it can be fitted on all rows"


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters with Python's numbers for numpy's."""
    return {name: getattr(value, "item", lambda v=value: v)() for name, value in params.items()}
