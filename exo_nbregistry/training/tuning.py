"""Search for hyperparameters, by cross-validation that keeps groups together."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.text.names import short_error
from exo_nbregistry.training.folds import default_scorer, find_scorer, make_folds
from exo_nbregistry.training.parallel import shares_memory
from exo_nbregistry.training.progress import show_progress
from exo_nbregistry.training.search_fit import fit_search
from exo_nbregistry.training.trial_log import TrialWatch
from exo_nbregistry.training.trials import Trial, TuningResult

logger = logging.getLogger("exo_nbregistry")
METHODS = ("random", "halving")
_ELSEWHERE = "Fits run in other processes; their results appear at the end."


def tune(
    model: Any,
    X: Any,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    space: Mapping[str, Any],
    n_trials: int = 20,
    method: str = "random",
    folds: int = 5,
    metric: str | None = None,
    random_state: int = 42,
    n_jobs: int | None = None,
    progress: bool = True,
    algorithm: str | None = None,
    grouping: Grouping | None = None,
    pos_label: Any = None,
) -> TuningResult:
    """Search for the hyperparameters with the best score in cross-validation.

    Parameters
    ----------
    model : estimator
        An unfitted classifier or regressor.
    X : array-like of shape (n_samples, n_features)
        Training rows, without the test set.
    y : array-like of shape (n_samples,)
        Labels, or numbers for a regressor.
    groups : array-like of shape (n_samples,), optional
        Group of each row. Each group is in one fold.
    space : mapping of str to list or distribution
        Values of each hyperparameter, as for scikit-learn's RandomizedSearchCV.
    n_trials : int, default=20
        Number of choices to try.
    method : {"random", "halving"}, default="random"
        ``"random"`` tries every choice on all rows. ``"halving"`` tries all on few rows, then
        the best third on three times as many rows, and so on.
    folds : int, default=5
        Number of folds, stratified by label for a classifier.
    metric : str, optional
        A scorer of scikit-learn; larger is better. The default is ``roc_auc`` for two classes,
        ``roc_auc_ovr_weighted`` for more, ``accuracy`` without ``predict_proba``, and ``r2`` for
        a regressor.
    random_state : int, default=42
        Seed of choices and folds.
    n_jobs : int or None, default=None
        Number of parallel fits. None means one, unless ``joblib.parallel_config`` sets another
        number. It also chooses the backend, such as processes or a Dask cluster.
    progress : bool, default=True
        Whether to show the progress: a panel in a notebook, a progress bar elsewhere. Results of
        other processes appear at the end.
    algorithm : str, optional
        Name of the algorithm. The default is the name of the class.
    grouping : Grouping, optional
        Name of the groups, and how to infer those of a test set.
    pos_label : object, optional
        The positive class of a score such as ``f1``, ``recall`` or ``average_precision``.

    Returns
    -------
    TuningResult
        The best model, fitted on all rows, and every trial.

    Raises
    ------
    TrainingError
        If every trial failed, the model cannot be sent to the workers, or a worker was killed. A
        single failure is reported and does not stop the search.
    NotFoundError
        If the method is unknown.
    InvalidInputError
        If `n_trials` is below 1.

    Notes
    -----
    Source: Bergstra & Bengio 2012, JMLR 13, 281; Jamieson & Talwalkar 2016, AISTATS, 240.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> X, y = load_diabetes(return_X_y=True)
    >>> space = {"alpha": [0.01, 0.1, 1.0]}
    >>> found = tune(Ridge(), X, y, space=space, n_trials=3, progress=False)
    >>> found.metric, found.best_params["alpha"] < 1
    ('r2', True)
    """
    _check_options(method, n_trials)
    algorithm = algorithm or type(model).__name__
    metric = metric or default_scorer(model, y)
    search = _search(
        method,
        model,
        dict(space),
        n_trials=n_trials,
        cv=make_folds(model, folds, grouped=groups is not None, random_state=random_state),
        random_state=random_state,
        n_jobs=n_jobs,
    )
    with _watched(search, algorithm, metric, progress) as watch:
        search.set_params(scoring=_ReportingScorer(metric, list(space), watch, pos_label))
        fit_search(search, algorithm, X, y, None if groups is None else np.asarray(groups))
        trials = _trials(search, model, X, y, len(X))
        watch.end(trials)
    return TuningResult(
        best_model=search.best_estimator_,
        best_params=_plain(search.best_params_),
        best_score=float(search.best_score_),
        algorithm=algorithm,
        metric=metric,
        method=method,
        random_state=random_state,
        trials=trials,
        grouped=groups is not None,
        grouping=grouping or Grouping(),
        pos_label=pos_label,
    )


def _check_options(method: str, n_trials: int) -> None:
    if method not in METHODS:
        raise NotFoundError(f"Unknown method {method!r}.", name=method, known=METHODS)
    if n_trials < 1:
        raise InvalidInputError(f"n_trials must be a positive integer, got {n_trials}.")


def _search(
    method: str,
    estimator: Any,
    space: dict[str, Any],
    *,
    n_trials: int,
    cv: Any,
    random_state: int,
    n_jobs: int | None,
) -> Any:
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingRandomSearchCV, RandomizedSearchCV

    shared: dict[str, Any] = {
        "cv": cv,
        "random_state": random_state,
        "n_jobs": n_jobs,
        "error_score": np.nan,
        "return_train_score": False,
    }
    if method == "random":
        return RandomizedSearchCV(estimator, space, n_iter=n_trials, **shared)
    # The last round has all rows, and the first one enough of each label.
    return HalvingRandomSearchCV(
        estimator, space, n_candidates=n_trials, min_resources="exhaust", **shared
    )


@contextmanager
def _watched(search: Any, algorithm: str, metric: str, shown: bool) -> Iterator[TrialWatch]:
    """Show the trials of a search while the block runs."""
    from joblib import effective_n_jobs

    folds, is_local = search.cv.n_splits, shares_memory(search.n_jobs)
    in_order = is_local and effective_n_jobs(search.n_jobs) == 1
    known: list[dict[str, Any]] = []
    if hasattr(search, "n_iter"):  # Halving chooses during the search.
        known = _choices(search.param_distributions, search.n_iter, search.random_state)
    with show_progress(
        f"Tuning {algorithm}",
        total=len(known) * folds or None,
        unit="fit",
        shown=shown,
        metric=metric,
        note="" if is_local else _ELSEWHERE,
    ) as listener:
        yield TrialWatch(listener, folds, known, in_order=in_order)


class _ReportingScorer:
    """A scorer that reports each score, except in another process."""

    def __init__(
        self, metric: str, names: Sequence[str], watch: TrialWatch | None, pos_label: Any = None
    ) -> None:
        self.scorer = find_scorer(metric, pos_label)
        self.names = names
        self.watch = watch

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        from joblib import parallel_config

        # Threads add the votes of a forest in any order, which changes the last digit.
        with parallel_config(backend="sequential"):
            score = float(self.scorer(estimator, X, y))
        if self.watch is not None:
            params = estimator.get_params()
            self.watch.record_score({name: params[name] for name in self.names}, score)
        return score

    def __getstate__(self) -> dict[str, Any]:
        return {"scorer": self.scorer, "names": self.names, "watch": None}


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
    """Return why a trial failed, by fitting it again; a search does not keep the errors."""
    from sklearn.base import clone

    where = f"in {failed} of {folds} folds"
    try:
        clone(estimator).set_params(**params).fit(X, y)
    except Exception as error:  # noqa: BLE001 - any error of a model is reported
        return f"{short_error(error)} ({where})"
    return f"no score {where}; the fit on all rows succeeds"


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters with numpy scalars as Python numbers."""
    return {name: getattr(value, "item", lambda v=value: v)() for name, value in params.items()}


def _choices(space: Mapping[str, Any], n_trials: int, random_state: int) -> list[dict[str, Any]]:
    """Return the choices of a random search, in its order."""
    from sklearn.model_selection import ParameterSampler

    with warnings.catch_warnings():
        # The search itself warns about a space of fewer choices than trials.
        warnings.simplefilter("ignore", UserWarning)
        return list(ParameterSampler(dict(space), n_trials, random_state=random_state))
