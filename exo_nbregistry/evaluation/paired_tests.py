"""Paired tests of two models on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.evaluation.bootstrap import bootstrap, percentile_interval
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.metric_choice import check_direction, choose_metric
from exo_nbregistry.evaluation.model_predictions import (
    ModelPredictions,
    read_predictions,
    require_predictions,
)
from exo_nbregistry.evaluation.paired_comparison import PairedComparison
from exo_nbregistry.evaluation.test_set import DifferentTestSetsError, Holdout, read_test_set
from exo_nbregistry.evaluation.weighted_metrics import Floats
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.introspection.scoring import choose_scoring
from exo_nbregistry.records.measurement import is_comparable, label_of
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry


def compare_predictions(
    predictions: Mapping[str, ModelPredictions],
    groups: NDArray[Any],
    *,
    metric: str | None = None,
    scoring: Scoring | None = None,
    unit: str = "group",
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
) -> PairedComparison:
    """Compare two models on the same rows.

    Parameters
    ----------
    predictions : mapping of str to ModelPredictions
        Predictions of the two models by name.
    groups : ndarray of shape (n_samples,)
        Group of each row; empty to draw single rows.
    metric : str, optional
        Metric that decides which is better, as for `ModelEvaluator.compare`.
    scoring : Scoring, optional
        Positive class or average of both, for the text of the result.
    unit : str, default="group"
        Name of a group.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.

    Returns
    -------
    PairedComparison
        Differences are the second model minus the first.

    Notes
    -----
    Source: McNemar 1947, Psychometrika 12, 153; exact as the binomial test of Edwards 1948.
    """
    (first, one), (second, two) = predictions.items()
    metric, scores = _scores(one, two, metric)
    units = groups if len(groups) else np.arange(one.n_rows)
    unit = unit if len(groups) else "row"

    def difference(weights: Floats) -> Floats:
        values = [each.measure(weights, [metric])[metric] for each in (one, two)]
        return (values[1] - values[0])[:, None]

    drawn = bootstrap(
        difference,
        units,
        n_resamples=n_resamples,
        random_state=random_state,
        progress=progress,
        unit=unit,
    )[:, 0]
    low, high = percentile_interval(drawn, confidence)
    only_first, only_second, p_accuracy = _mcnemar(one.correct, two.correct)
    return PairedComparison(
        first=first,
        second=second,
        metric=metric,
        scores=scores,
        difference=scores[metric][1] - scores[metric][0],
        low=low,
        high=high,
        p_value=_two_sided(drawn[~np.isnan(drawn)]),
        only_first_right=only_first,
        only_second_right=only_second,
        p_accuracy=p_accuracy,
        n_rows=one.n_rows,
        n_units=len(np.unique(units)),
        n_resamples=n_resamples,
        unit=unit,
        confidence=confidence,
        scoring=scoring,
    )


def compare_versions(
    registry: ModelRegistry,
    first: str,
    second: str,
    *,
    groups: ArrayLike | None = None,
    metric: str | None = None,
    pos_label: Any = None,
    grouping: Grouping | None = None,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
) -> PairedComparison:
    """Compare two registered versions by their stored predictions.

    No model is loaded, so the signers of the versions need not be trusted.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    first, second : str
        References.
    groups : array-like of shape (n_samples,), optional
        Group of each test row. The default is the groups that were stored with the versions.
    metric : str, optional
        Metric that decides which is better, as for `ModelEvaluator.compare`.
    pos_label : object, optional
        The positive class of both versions. The default is the one of their metrics.
    grouping : Grouping, optional
        Name of the groups in the result.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.

    Returns
    -------
    PairedComparison
        The versions are named by their model_ids.

    Raises
    ------
    DifferentTestSetsError
        If the versions were not tested on the same rows.
    RegistryError
        If both references are one version, if a version has no predictions on a test set, or if
        the metrics of the versions refer to different classes.
    """
    versions = [registry.get_metadata(ref) for ref in (first, second)]
    names = [version.model_id for version in versions]
    if names[0] == names[1]:
        raise RegistryError(f"{first} and {second} are both {names[0]}; pass two versions.")
    arrays = [registry.load_evaluation(name) for name in names]
    for each, name in zip(arrays, names, strict=True):
        require_predictions(each, name)
    test_sets = [read_test_set(registry, name) for name in names]
    _check_same_rows(names, arrays, test_sets)
    scoring = common_scoring(versions, arrays, metric, pos_label)
    predictions = {
        name: read_predictions(each, name, scoring)
        for name, each in zip(names, arrays, strict=True)
    }
    units = np.asarray(groups) if groups is not None else _stored_groups(test_sets)
    n_rows = len(arrays[0]["y_true"])
    if len(units) not in (0, n_rows):
        raise InvalidInputError(
            f"groups must have a value for each of the {n_rows} test rows, got {len(units)}."
        )
    return compare_predictions(
        predictions,
        units,
        metric=metric,
        scoring=scoring,
        unit=(grouping or Grouping()).unit,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
        progress=progress,
    )


def common_scoring(
    versions: Sequence[ModelMetadata],
    arrays: Sequence[Mapping[str, Any]],
    metric: str | None = None,
    pos_label: Any = None,
) -> Scoring | None:
    """Return the positive class or the average of two versions; None for regressors.

    Parameters
    ----------
    versions : sequence of ModelMetadata
        The versions.
    arrays : sequence of mapping
        Their predictions.
    metric : str, optional
        The metric that decides.
    pos_label : object, optional
        The positive class; by default the one of the metrics of the versions.

    Raises
    ------
    RegistryError
        If the metric refers to different classes or averages.
    """
    classes = arrays[0].get("classes")
    if classes is None:
        return None
    if pos_label is not None:
        return choose_scoring(classes.tolist(), pos_label=pos_label)
    known = [version for version in versions if version.scoring is not None]
    if len(known) > 1 and metric and not is_comparable(known[0], known[1], metric):
        measured = " and ".join(f"{each.model_id} ({label_of(each, metric)})" for each in known)
        raise RegistryError(
            f"{metric} of {measured} is not measured alike; pass pos_label= to compare both by "
            "one class."
        )
    return known[0].scoring if known else choose_scoring(classes.tolist())


def _check_same_rows(
    names: Sequence[str], arrays: Sequence[Mapping[str, Any]], test_sets: Sequence[Holdout | None]
) -> None:
    """Raise DifferentTestSetsError if fingerprints differ, or labels if a version has none."""
    digests = [each.sha256 for each in test_sets if each is not None]
    if len(digests) < 2:
        digests = [fingerprint(each["y_true"]) for each in arrays]
    what = "test sets" if digests[0] != digests[1] else ""
    for key, name in (("sample_weight", "sample weights"), ("classes", "classes")):
        if not np.array_equal(*(each.get(key, ()) for each in arrays)):
            what = name
    if what:
        raise DifferentTestSetsError(
            f"{names[0]} and {names[1]} have different {what}, so their scores cannot be compared. "
            "Evaluate both on one test set with ModelEvaluator(X_test, y_test)"
            ".compare(first, second).",
            first=digests[0],
            second=digests[1],
        )


def _stored_groups(test_sets: Sequence[Holdout | None]) -> NDArray[Any]:
    return next((each.groups for each in test_sets if each is not None), np.array([]))


def _scores(
    one: ModelPredictions, two: ModelPredictions, metric: str | None
) -> tuple[str, dict[str, tuple[float, float]]]:
    """Return the metric that decides, and its values; for classifiers also the accuracy."""
    further = [metric] if metric else []
    values = [each.measure(np.ones((1, each.n_rows)), further) for each in (one, two)]
    metric = choose_metric(metric, [name for name in values[0] if name in values[1]])
    check_direction(metric)
    are_classifiers = one.correct is not None and two.correct is not None
    shown = dict.fromkeys([metric, "accuracy"] if are_classifiers else [metric])
    return metric, {name: (float(values[0][name][0]), float(values[1][name][0])) for name in shown}


def _mcnemar(
    one: NDArray[np.bool_] | None, two: NDArray[np.bool_] | None
) -> tuple[int | None, int | None, float | None]:
    """Return the numbers of rows that only one has right, and the p-value of McNemar's test."""
    if one is None or two is None:
        return None, None, None

    from scipy.stats import binomtest

    only_one, only_two = int((one & ~two).sum()), int((two & ~one).sum())
    split = only_one + only_two
    return only_one, only_two, float(binomtest(only_one, split).pvalue) if split else 1.0


def _two_sided(drawn: Floats) -> float:
    """Return twice the smaller tail beyond zero, with the observed sample as one draw.

    Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, section 4.2.
    """
    tails = [(1 + int((side * drawn >= 0).sum())) / (1 + len(drawn)) for side in (1, -1)]
    return min(1.0, 2 * min(tails))
