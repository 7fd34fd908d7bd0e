"""Metrics: which way is better, for all that scikit-learn names, and which are read first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_HIGHER = """
    accuracy adjusted_mutual_info adjusted_rand auc average_precision ap balanced_accuracy
    calinski_harabasz cohen_kappa kappa completeness consensus d2_absolute_error d2_brier
    d2_log_loss d2_pinball d2_tweedie dcg explained_variance f1 f2 fbeta fowlkes_mallows gini
    homogeneity jaccard label_ranking_average_precision map matthews_corrcoef mcc mutual_info
    ndcg normalized_mutual_info positive_likelihood_ratio pr_auc precision r2 rand recall
    roc_auc score sensitivity silhouette specificity tnr top_k_accuracy tpr v_measure
    """
_LOWER = """
    brier brier_score_loss coverage_error cross_entropy davies_bouldin ece error error_rate
    fit_time fnr fpr hamming_loss hinge_loss label_ranking_loss log_loss logloss loss mae mape
    max_error mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance
    mean_pinball_loss mean_poisson_deviance mean_squared_error mean_squared_log_error
    mean_tweedie_deviance median_absolute_error mse msle negative_likelihood_ratio nll
    perplexity rmse rmsle root_mean_squared_error root_mean_squared_log_error score_time
    zero_one_loss
    """
_DIRECTIONS = dict.fromkeys(_HIGHER.split(), True) | dict.fromkeys(_LOWER.split(), False)
# Where, over what and how a metric was taken changes its name and not its direction.
_PREFIXES = """
    avg_ best_ cv_ eval_ holdout_ mean_ median_ oof_ test_ train_ training_ val_ valid_
    validation_
    """
_SUFFIXES = "_macro _mean _micro _ovo _ovr _samples _score _weighted"

# The order in which people read metrics; others follow by name.
METRIC_ORDER = (
    "f1_score",
    "precision",
    "recall",
    "accuracy",
    "balanced_accuracy",
    "roc_auc",
    "average_precision",
    "log_loss",
    "r2",
    "rmse",
    "mae",
)


def higher_is_better(metric: str) -> bool | None:
    """Say whether a larger value of a metric is the better one.

    Parameters
    ----------
    metric : str
        A scorer or function name of scikit-learn, a name that `evaluate` gives, or a usual
        short name; prefixes such as ``val_``, ``test_``, ``cv_`` or ``mean_`` and suffixes
        such as ``_macro`` or ``_score`` are seen through, and ``neg_`` turns the direction.

    Returns
    -------
    bool or None
        None if the metric is not known.

    Examples
    --------
    >>> higher_is_better("f1_score"), higher_is_better("val_log_loss")
    (True, False)
    >>> higher_is_better("neg_log_loss"), higher_is_better("sharpness")
    (True, None)
    """
    return _direction(metric.strip().lower().replace("-", "_").replace(" ", "_"))


def _direction(name: str) -> bool | None:
    # The whole name comes first: mean_absolute_error is no mean_ of anything.
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
    rank = {name: place for place, name in enumerate(METRIC_ORDER)}
    return sorted(metrics, key=lambda name: (rank.get(name, len(rank)), str(name)))


def most_frequent(counts: Mapping[str, int]) -> str | None:
    """Return the metric that most versions have; of equal ones the first in reading order.

    Examples
    --------
    >>> most_frequent({"accuracy": 3, "f1_score": 3, "brier": 1}), most_frequent({})
    ('f1_score', None)
    """
    return max(ordered(counts), key=counts.__getitem__, default=None)
