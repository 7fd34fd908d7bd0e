"""Directions and reading order of metrics."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.values.metric_table import METRICS

# Metrics that other code computes, by the names of scikit-learn and by usual short names.
_HIGHER = """
    adj_r2 adjusted_mutual_info adjusted_r2 adjusted_rand auc ap auprc auroc balanced_accuracy bleu
    c_index calinski_harabasz cohen_kappa completeness concordance_index consensus
    d2_absolute_error d2_brier d2_log_loss d2_pinball d2_tweedie dcg dice elbo explained_variance
    f1 f2 fbeta fowlkes_mallows geometric_mean gini gmean hit_rate homogeneity iou jaccard kappa ks
    label_ranking_average_precision lift llf log_likelihood loglik loglikelihood map
    matthews_corrcoef mcc miou mrr mutual_info ndcg normalized_mutual_info npv
    positive_likelihood_ratio ppv pr_auc psnr r2_adj r_squared rand rouge rsquared rsquared_adj
    score sensitivity silhouette specificity ssim tnr top_k_accuracy tpr v_measure
    """
_LOWER = """
    aic aicc bic brier_score_loss calibration_error cer coverage_error cross_entropy crps
    davies_bouldin deviance distortion duration ece eer error error_rate fdr fid fit_time fnr fpr
    gap hamming_loss hinge_loss hqic inertia kl_divergence label_ranking_loss latency logloss loss
    mape mase max_error mce mdape mean_absolute_error mean_absolute_percentage_error
    mean_gamma_deviance mean_pinball_loss mean_poisson_deviance mean_squared_error
    mean_squared_log_error mean_tweedie_deviance median_absolute_error mse msle
    negative_likelihood_ratio negative_log_likelihood nll nrmse optimality_gap perplexity
    pinball_loss quantile_loss rmsle rmspe rmsse root_mean_squared_error
    root_mean_squared_log_error rss score_time smape sse time wape wcss wer wmape zero_one_loss
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

DEFAULT_METRICS = ("f1_score", "r2", "silhouette")
_ORDER = {name: metric.order for name, metric in METRICS.items() if metric.order is not None}
_ORDER["balanced_accuracy"] = 5
# Of a clustering, measures that compare different numbers of clusters come before the inertia.
_ORDER |= {"silhouette": 12, "silhouette_score": 13, "calinski_harabasz": 14, "davies_bouldin": 15}


def higher_is_better(metric: str) -> bool | None:
    """Return whether higher values of a metric are better.

    Parameters
    ----------
    metric : str
        Name of a scikit-learn scorer or function, a name of `METRICS`, or a usual short name.
        Prefixes such as ``val_`` or ``mean_`` and suffixes such as ``_macro`` are ignored;
        ``neg_`` reverses the direction. ``recall.planet`` is the recall of one class.

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
    >>> higher_is_better("recall.planet"), higher_is_better("aic")
    (True, False)
    """
    name, _, label = metric.strip().lower().replace("-", "_").replace(" ", "_").partition(".")
    found = _direction(f"{name}.{label}") if label else None
    return _direction(name) if found is None else found


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


def unknown_direction(metric: str) -> RegistryError:
    """Return the error for a metric whose direction is neither known nor passed."""
    return RegistryError(
        f"Cannot tell whether a higher {metric} is better; pass higher_is_better=True or False."
    )


def default_metric(measured: str | Collection[str]) -> str | None:
    """Return the metric that ranks models unless another one is chosen.

    Parameters
    ----------
    measured : str or collection of str
        Task, as in `exo_nbregistry.records.scoring.Scoring`, or the names of the known metrics.

    Returns
    -------
    str or None
        ``f1_score`` for classifiers and outlier detectors, ``r2`` for regressors and
        ``silhouette`` for clusterings. If none of these is known, the first metric in reading
        order whose direction is known; None without one.

    Examples
    --------
    >>> default_metric("multiclass"), default_metric("regression")
    ('f1_score', 'r2')
    >>> default_metric(["rmse", "mae"]), default_metric(["sharpness"])
    ('rmse', None)
    """
    if isinstance(measured, str):
        return {"regression": "r2", "clustering": "silhouette"}.get(measured, "f1_score")
    if chosen := next((name for name in DEFAULT_METRICS if name in measured), None):
        return chosen
    return next((n for n in ordered(measured) if higher_is_better(n) is not None), None)


def main_metric(measured: Collection[str]) -> str | None:
    """Return the metric by which one version is shown: its default metric, or the first one.

    Examples
    --------
    >>> main_metric(["recall", "f1_score"]), main_metric(["sharpness"]), main_metric([])
    ('f1_score', 'sharpness', None)
    """
    return default_metric(measured) or next(iter(ordered(measured)), None)


def ordered(metrics: Iterable[str]) -> list[str]:
    """Return metric names in reading order; metrics of single classes come last.

    Examples
    --------
    >>> ordered(["brier", "recall.planet", "sharpness", "f1_score"])
    ['f1_score', 'brier', 'sharpness', 'recall.planet']
    """
    return sorted(
        metrics, key=lambda name: (_ORDER.get(name, math.inf), is_of_class(str(name)), str(name))
    )


def is_of_class(metric: str) -> bool:
    """Return whether a metric belongs to a single class, such as ``recall.planet``.

    Examples
    --------
    >>> is_of_class("recall.planet"), is_of_class("recall")
    (True, False)
    """
    name, dot, label = metric.partition(".")
    return name in METRICS and bool(dot and label)


def most_frequent(counts: Mapping[str, int]) -> str | None:
    """Return the most frequent metric; ties are resolved by reading order.

    Examples
    --------
    >>> most_frequent({"accuracy": 3, "f1_score": 3, "brier": 1}), most_frequent({})
    ('f1_score', None)
    """
    return max(ordered(counts), key=counts.__getitem__, default=None)


def usual_metric(counts: Mapping[str, int]) -> str | None:
    """Return the metric that several versions are judged by.

    Parameters
    ----------
    counts : mapping of str to int
        Number of versions that have each metric.

    Returns
    -------
    str or None
        The default metric of most versions, or the most frequent metric if it has more than twice
        as many versions.

    Examples
    --------
    >>> usual_metric({"mae": 4, "r2": 4}), usual_metric({"accuracy": 9, "f1_score": 1})
    ('r2', 'accuracy')
    """
    frequent = most_frequent(counts)
    default = most_frequent({name: counts[name] for name in DEFAULT_METRICS if name in counts})
    if default is None or frequent is None:
        return frequent
    return default if 2 * counts[default] >= counts[frequent] else frequent
