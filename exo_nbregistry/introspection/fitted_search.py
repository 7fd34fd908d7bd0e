"""Facts of a fitted hyperparameter search: best score, best parameters and trials."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.introspection.estimator import plain_parameter
from exo_nbregistry.introspection.structure import (
    MAX_NESTING,
    is_kind,
    is_pipeline,
    last_step,
)
from exo_nbregistry.introspection.trials import finish_trials, from_cv_results, read_trials
from exo_nbregistry.records.trials import is_finite
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.attribute import read_attribute

log = logging.getLogger("exo_nbregistry")
# Attributes and parameters by which an estimator keeps the estimator that predicts.
_INNER = ("best_estimator_", "regressor_", "estimator_")
_FROZEN = "FrozenEstimator"
# The method `score` of scikit-learn's estimators, by its qualified name.
_DEFAULT_SCORERS = {"ClassifierMixin.score": "accuracy", "RegressorMixin.score": "r2"}


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """Facts of a fitted search, each empty if it is unknown.

    Attributes
    ----------
    metrics : dict of str to float
        ``cv_score``: the best mean score over the folds, without a change of sign.
    best_params : dict of str to object
        The hyperparameters that the search chose.
    summary : dict of str to object
        Class, scorer and number of trials, for ``additional_metrics["search"]``.
    trials : dict or None
        All trials, in the form of the attachment.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    best_params: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    trials: dict[str, Any] | None = None


def read_search(model: Any) -> SearchFacts:
    """Return the facts of the fitted search that a model is or contains.

    Parameters
    ----------
    model : object
        Any model. A search can be the last step of a pipeline, also of another library, if it has
        ``best_params_`` or ``cv_results_``.

    Returns
    -------
    SearchFacts
        Empty for other models. Facts that cannot be read are omitted with a message.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1]}, cv=2)
    >>> found = read_search(search.fit([[0], [1], [0], [1]], [0, 1, 0, 1]))
    >>> found.metrics, found.best_params, found.summary["scorer"]
    ({'cv_score': 1.0}, {'max_depth': 1}, 'accuracy')
    """
    search = find_search(model)
    if search is None:
        return SearchFacts()
    try:
        return _facts(search)
    except Exception as error:  # noqa: BLE001 - the results of a search of any library
        log.warning(
            "The trials of %s cannot be read: %s. Pass them as trials=.",
            type(search).__name__,
            short_error(error),
        )
        return SearchFacts()


def find_search(model: Any) -> Any:
    """Return the fitted search that a model is or contains, or None."""
    for _ in range(MAX_NESTING):
        if is_fitted_search(model):
            return model
        inner = next_inner(model)
        if inner is None:
            return None
        model = inner
    return None


def next_inner(model: Any) -> Any:
    """Return the fitted estimator that predicts for a pipeline, search or wrapper, or None."""
    if is_pipeline(model):
        return last_step(model)
    if type(model).__name__ == _FROZEN:
        return read_attribute(model, "estimator")
    fitted = getattr(model, "__dict__", {})
    return next((fitted[name] for name in _INNER if fitted.get(name) is not None), None)


def is_fitted_search(model: Any) -> bool:
    """Return whether a model has the results of a search."""
    # A frozen estimator has the attributes of its inner one.
    if isinstance(model, type) or type(model).__name__ == _FROZEN:
        return False
    if not callable(read_attribute(model, "get_params")):
        return False
    return _has_results(model) or (
        isinstance(read_attribute(model, "best_params_"), Mapping) and _study(model) is not None
    )


def _has_results(search: Any) -> bool:
    results = read_attribute(search, "cv_results_")
    return isinstance(results, Mapping) and "params" in results


def _study(search: Any) -> Any:
    study = read_attribute(search, "study_")
    return study if isinstance(read_attribute(study, "trials"), list | tuple) else None


def _facts(search: Any) -> SearchFacts:
    scorer = _scorer(search)
    best = read_attribute(search, "best_params_")
    if _has_results(search):
        metric = _ranking_score(search)
        found = finish_trials(from_cv_results(search.cv_results_, metric))
        found["metric"] = scorer if metric == "score" else metric
        scorer = found["metric"]
    else:
        found = read_trials(_study(search))
        found["metric"] = scorer
    score = _best_score(search)
    found.pop("best_params", None)
    found.pop("best_score", None)
    summary = {"method": type(search).__name__, "scorer": scorer, "n_trials": found["n_trials"]}
    chosen: dict[str, Any] = {}
    if isinstance(best, Mapping):
        chosen = {str(name): plain_parameter(value) for name, value in best.items()}
        found["best_params"] = chosen
    if score is not None:
        found["best_score"] = score
    failed = sum(not is_finite(trial["mean"]) for trial in found["trials"])
    if failed:
        summary["n_failed"] = failed
    trials = {"method": summary["method"], **found}
    metrics = {} if score is None else {"cv_score": score}
    return SearchFacts(metrics, chosen, summary, trials)


def _ranking_score(search: Any) -> str:
    """Return the name of the score in ``cv_results_`` that ranks the trials."""
    refit = read_attribute(search, "refit")
    names = [
        str(name).removeprefix("mean_test_")
        for name in search.cv_results_
        if str(name).startswith("mean_test_")
    ]
    if "score" in names or not isinstance(refit, str) or refit not in names:
        return "score" if "score" in names else names[0]
    return refit


def _best_score(search: Any) -> float | None:
    """Return the mean score of the chosen trial; None if the search did not choose one."""
    score = read_attribute(search, "best_score_")
    if score is None and _has_results(search):
        # A function as `refit` chooses a trial without a best score.
        place, results = read_attribute(search, "best_index_"), search.cv_results_
        if place is not None and "mean_test_score" in results:
            score = results["mean_test_score"][place]
    number = score.item() if hasattr(score, "item") else score
    return float(number) if is_finite(number) else None


def _scorer(search: Any) -> str:
    """Return the name of the scorer of a search."""
    scoring = read_attribute(search, "scoring")
    refit = read_attribute(search, "refit")
    if isinstance(scoring, str):
        return scoring
    if isinstance(scoring, Mapping | list | tuple | set) and isinstance(refit, str):
        return refit
    scorer = read_attribute(search, "scorer_") if scoring is None else scoring
    function = read_attribute(scorer, "_score_func")
    if function is not None:
        return _signed_name(scorer, function)
    if scoring is not None and callable(scoring):
        name = read_attribute(scoring, "__name__") or read_attribute(scoring, "metric")
        return name if isinstance(name, str) and name != "<lambda>" else "score"
    return _default_scorer(read_attribute(search, "estimator"))


def _signed_name(scorer: Any, function: Any) -> str:
    """Return the name of a scorer of ``make_scorer``; a loss has the prefix ``neg_``."""
    name = str(read_attribute(function, "__name__") or "score")
    return f"neg_{name}" if read_attribute(scorer, "_sign", 1) < 0 else name


def _default_scorer(estimator: Any) -> str:
    """Return the metric that the method ``score`` of an estimator computes, or ``score``."""
    for _ in range(MAX_NESTING):
        if not is_pipeline(estimator):
            break
        estimator = last_step(estimator)
    method = read_attribute(type(estimator), "score")
    name = _DEFAULT_SCORERS.get(str(read_attribute(method, "__qualname__")), "score")
    kind = {"accuracy": "classifier", "r2": "regressor"}.get(name)
    return name if kind and is_kind(estimator, kind) else "score"
