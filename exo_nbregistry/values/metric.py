"""Directions and reading order of metrics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from exo_nbregistry.values.metric_table import METRICS

# Metrics that other code computes, by the names of scikit-learn and by usual short names.
_HIGHER = """
    adjusted_mutual_info adjusted_rand auc ap balanced_accuracy calinski_harabasz cohen_kappa
    kappa completeness consensus d2_absolute_error d2_brier d2_log_loss d2_pinball d2_tweedie
    dcg explained_variance f1 f2 fbeta fowlkes_mallows gini homogeneity jaccard
    label_ranking_average_precision map matthews_corrcoef mcc mutual_info ndcg
    normalized_mutual_info positive_likelihood_ratio pr_auc rand score sensitivity silhouette
    specificity tnr top_k_accuracy tpr v_measure
    """
_LOWER = """
    brier_score_loss coverage_error cross_entropy davies_bouldin ece error error_rate fit_time
    fnr fpr hamming_loss hinge_loss label_ranking_loss logloss loss mape max_error
    mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance mean_pinball_loss
    mean_poisson_deviance mean_squared_error mean_squared_log_error mean_tweedie_deviance
    median_absolute_error mse msle negative_likelihood_ratio nll perplexity rmsle
    root_mean_squared_error root_mean_squared_log_error score_time zero_one_loss
    """
_DIRECTIONS = {
    **dict.fromkeys(_HIGHER.split(), True),
    **dict.fromkeys(_LOWER.split(), False),
    **{name: metric.higher_is_better for name, metric in METRICS.items()},
}
# These change the name of a metric but not its direction.
_PREFIXES = """
    avg_ best_ cv_ eval_ holdout_ mean_ median_ oof_ test_ train_ training_ val_ valid_
    validation_
    """
_SUFFIXES = "_macro _mean _micro _ovo _ovr _samples _score _weighted"

_ORDER = {name: metric.order for name, metric in METRICS.items() if metric.order is not None}
_ORDER["balanced_accuracy"] = 5


def higher_is_better(metric: str) -> bool | None:
    """Return whether higher values of a metric are better.

    Parameters
    ----------
    metric : str
        Name of a scikit-learn scorer or function, a name of `METRICS`, or a usual short name.
        Prefixes such as ``val_`` or ``mean_`` and suffixes such as ``_macro`` are ignored;
        ``neg_`` reverses the direction.

    Returns
    -------
    bool or None
        None if the metric is unknown.

    Examples
    --------
    >>> higher_is_better("f1_score"), higher_is_better("val_log_loss")
    (True, False)
    >>> higher_is_better("neg_log_loss"), higher_is_better("sharpness")
    (True, None)
    """
    return _direction(metric.strip().lower().replace("-", "_").replace(" ", "_"))


def _direction(name: str) -> bool | None:
    # Look up the whole name first: mean_absolute_error is not the mean of absolute_error.
    if name in _DIRECTIONS:
        return _DIRECTIONS[name]
    if name.startswith("neg_"):
        opposite = _direction(name.removeprefix("neg_"))
        return None if opposite is None else not opposite
    shorter = [name.removeprefix(prefix) for prefix in _PREFIXES.split() if name.startswith(prefix)]
    shorter += [name.removesuffix(suffix) for suffix in _SUFFIXES.split() if name.endswith(suffix)]
    return next((found for s in shorter if (found := _direction(s)) is not None), None)


def ordered(metrics: Iterable[str]) -> list[str]:
    """Return metric names in reading order.

    Examples
    --------
    >>> ordered(["brier", "accuracy", "f1_score"])
    ['f1_score', 'accuracy', 'brier']
    """
    return sorted(metrics, key=lambda name: (_ORDER.get(name, math.inf), str(name)))


def most_frequent(counts: Mapping[str, int]) -> str | None:
    """Return the most frequent metric; ties are resolved by reading order.

    Examples
    --------
    >>> most_frequent({"accuracy": 3, "f1_score": 3, "brier": 1}), most_frequent({})
    ('f1_score', None)
    """
    return max(ordered(counts), key=counts.__getitem__, default=None)
