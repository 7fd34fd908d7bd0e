"""Compare two classifiers on the same test set by tests that pair their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.bootstrap import bootstrap, interval
from exo_nbregistry.evaluation.test_set import DifferentTestSetsError, Holdout, read_test_set
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions, measure
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.text.markup import count, number, text_table

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry


@dataclass(frozen=True, repr=False)
class PairedComparison:
    """Two classifiers on the same rows.

    Attributes
    ----------
    first, second : str
        Their names.
    roc_auc, accuracy : tuple of float
        Of the first and of the second.
    difference, low, high : float
        ROC AUC of the second minus that of the first, with its bootstrap interval.
    p_value : float
        How often stars of the same kind would show so large a difference if there were none.
    only_first_right, only_second_right : int
        Rows that only one of them labels rightly.
    p_accuracy : float
        McNemar's exact test on these; it takes rows as independent.
    n_rows, n_units, n_resamples : int
        Rows of the test set, units that were drawn, and how often.
    unit : {'star', 'row'}
        What was drawn.
    confidence : float
        Of the interval.
    """

    first: str
    second: str
    roc_auc: tuple[float, float]
    accuracy: tuple[float, float]
    difference: float
    low: float
    high: float
    p_value: float
    only_first_right: int
    only_second_right: int
    p_accuracy: float
    n_rows: int
    n_units: int
    n_resamples: int
    unit: str
    confidence: float

    @property
    def better(self) -> str | None:
        """The one whose ROC AUC is better; None if the interval holds a difference of zero."""
        if self.low > 0:
            return self.second
        return self.first if self.high < 0 else None

    @property
    def verdict(self) -> str:
        """The finding in one sentence."""
        span = f"{self.low:+.4f} to {self.high:+.4f}"
        told = (
            f"the difference in ROC AUC is {self.difference:+.4f} ({self.confidence:.0%}: {span})"
        )
        if self.better is None:
            return f"Neither is shown to be better: {told}."
        return f"{self.better} is better: {told}."

    def to_dict(self) -> dict[str, Any]:
        """Return every figure, ``better`` and ``verdict`` as plain values."""
        return asdict(self) | {"better": self.better, "verdict": self.verdict}

    def to_frame(self) -> pd.DataFrame:
        """Return ROC AUC and accuracy, a row per classifier."""
        import pandas as pd

        columns = {"roc_auc": self.roc_auc, "accuracy": self.accuracy}
        return pd.DataFrame(columns, index=[self.first, self.second])

    def __repr__(self) -> str:
        """Return a table, the verdict, and what it rests on."""
        rows = list(zip((self.first, self.second), self.roc_auc, self.accuracy, strict=True))
        return "\n".join(
            [
                text_table(["model", "roc_auc", "accuracy"], rows),
                self.verdict,
                f"Bootstrap p = {number(self.p_value)} ({self.n_resamples:,} resamples of "
                f"{count(self.n_units, self.unit)}); McNemar p = {number(self.p_accuracy)} "
                f"({self.only_first_right} rows only the first has right, "
                f"{self.only_second_right} only the second).",
            ]
        )


def compare_predictions(
    predictions: Mapping[str, Predictions],
    stars: NDArray[Any],
    *,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
) -> PairedComparison:
    """Compare two classifiers that judged the same rows.

    Parameters
    ----------
    predictions : mapping of str to Predictions
        The two by name.
    stars : ndarray of shape (n_samples,)
        The star of each row; empty to draw rows.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.

    Returns
    -------
    PairedComparison
        Differences are those of the second from the first.

    Notes
    -----
    Source: McNemar 1947, Psychometrika 12, 153; exact as the binomial test of Edwards 1948.
    """
    from scipy.stats import binomtest

    (first, one), (second, two) = predictions.items()
    once = np.ones((1, len(one.truth)))
    figures = [measure(each, once) for each in (one, two)]
    auc, accuracy = ([float(f[name][0]) for f in figures] for name in ("roc_auc", "accuracy"))

    def difference(weights: Floats) -> Floats:
        found = [measure(each, weights)["roc_auc"] for each in (one, two)]
        return (found[1] - found[0])[:, None]

    units = stars if len(stars) else np.arange(len(one.truth))
    drawn = bootstrap(
        difference, units, n_resamples=n_resamples, random_state=random_state, progress=progress
    )[:, 0]
    low, high = interval(drawn, confidence)
    right_one, right_two = (each.predicted == each.truth for each in (one, two))
    only_one, only_two = int((right_one & ~right_two).sum()), int((right_two & ~right_one).sum())
    split = only_one + only_two
    return PairedComparison(
        first=first,
        second=second,
        roc_auc=(auc[0], auc[1]),
        accuracy=(accuracy[0], accuracy[1]),
        difference=auc[1] - auc[0],
        low=low,
        high=high,
        p_value=_two_sided(drawn[~np.isnan(drawn)]),
        only_first_right=only_one,
        only_second_right=only_two,
        p_accuracy=float(binomtest(only_one, split).pvalue) if split else 1.0,
        n_rows=len(one.truth),
        n_units=len(np.unique(units)),
        n_resamples=n_resamples,
        unit="star" if len(stars) else "row",
        confidence=confidence,
    )


def compare_versions(
    registry: ModelRegistry,
    first: str,
    second: str,
    *,
    groups: ArrayLike | None = None,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
) -> PairedComparison:
    """Compare two registered versions by what was measured when they were registered.

    No model is loaded, so that versions of signers whom nobody trusts compare too.

    Parameters
    ----------
    registry : ModelRegistry
        Where they are.
    first, second : str
        References.
    groups : array-like of shape (n_samples,), optional
        The star of each test row, for versions that do not say.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.

    Returns
    -------
    PairedComparison
        Under the versions' model_ids.

    Raises
    ------
    DifferentTestSetsError
        If they were not tested on the same rows.
    RegistryError
        If they are one version, or one was not tested as a classifier of two classes.
    """
    names = [registry.get_metadata(ref).model_id for ref in (first, second)]
    if names[0] == names[1]:
        raise RegistryError(f"{first} and {second} are both {names[0]}: name two versions.")
    arrays = [registry.load_evaluation(name) for name in names]
    predictions = {
        name: Predictions.of_arrays(each, name) for name, each in zip(names, arrays, strict=True)
    }
    held = [read_test_set(registry, name) for name in names]
    _refuse_different(names, arrays, held)
    stars = np.asarray(groups) if groups is not None else _first_stars(held)
    if len(stars) not in (0, len(arrays[0]["y_true"])):
        raise ValueError(
            f"groups must have a star for each of the {len(arrays[0]['y_true'])} test rows, "
            f"not {len(stars)}."
        )
    return compare_predictions(
        predictions,
        stars,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
        progress=progress,
    )


def _refuse_different(
    names: list[str], arrays: list[dict[str, Any]], held: list[Holdout | None]
) -> None:
    """Compare fingerprints; where a version has none, the labels in their order are one."""
    prints = [each.sha256 for each in held if each is not None]
    if len(prints) < 2:
        prints = [fingerprint(each["y_true"]) for each in arrays]
    same_classes = np.array_equal(arrays[0]["classes"], arrays[1]["classes"])
    if prints[0] != prints[1] or not same_classes:
        what = "test sets" if same_classes else "classes"
        raise DifferentTestSetsError(
            f"{names[0]} and {names[1]} have different {what}, and their scores say nothing of "
            f"which is better: evaluate both on one test set with ModelEvaluator(X_test, y_test)"
            ".compare(first, second).",
            first=prints[0],
            second=prints[1],
        )


def _first_stars(held: list[Holdout | None]) -> NDArray[Any]:
    return next((each.stars for each in held if each is not None), np.array([]))


def _two_sided(drawn: Floats) -> float:
    """Return twice the smaller tail beyond zero, the observed sample counted as one draw.

    Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, section 4.2.
    """
    tails = [(1 + int((side * drawn >= 0).sum())) / (1 + len(drawn)) for side in (1, -1)]
    return min(1.0, 2 * min(tails))
