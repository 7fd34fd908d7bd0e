"""Evaluation of Kepler classifiers over stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from exo_nbregistry.evaluation import Grouping, PairedComparison
from exo_nbregistry.evaluation import ModelEvaluator as GroupEvaluator
from exo_nbregistry.evaluation import compare_versions as compare_over_groups
from exo_nbregistry.exoplanet.data.stars import STARS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from exo_nbregistry.registry.facade import ModelRegistry


class ModelEvaluator(GroupEvaluator):
    """An `exo_nbregistry.evaluation.ModelEvaluator` whose groups are stars.

    The names of KOIs in the index of `X_test` determine the stars; otherwise pass the star of
    each row as `groups`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> names = ["K00001.01", "K00001.02", "K00007.01", "K00008.01"]
    >>> X, y = pd.DataFrame({"koi_depth": [1.0, 2.0, 3.0, 4.0]}, index=names), [0, 1, 0, 1]
    >>> evaluator = ModelEvaluator(X, y, n_resamples=100, progress=False)
    >>> found = evaluator.intervals(LogisticRegression().fit(X, y))
    >>> found.unit, found.n_units
    ('star', 3)
    """

    grouping: ClassVar[Grouping] = STARS


def compare_versions(
    registry: ModelRegistry,
    first: str,
    second: str,
    *,
    groups: ArrayLike | None = None,
    metric: str | None = None,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
) -> PairedComparison:
    """Compare two registered versions over stars by their stored predictions.

    `groups` is the star of each test row. Other arguments, result and errors are as for
    `exo_nbregistry.evaluation.compare_versions`.
    """
    return compare_over_groups(
        registry,
        first,
        second,
        groups=groups,
        metric=metric,
        grouping=STARS,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
        progress=progress,
    )
