"""Precision and recall above a threshold, on rows with known labels."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation.results import ThresholdResult
from exo_nbregistry.evaluation.weighted_metrics import Floats
from exo_nbregistry.text.markup import count

if TYPE_CHECKING:
    from exo_nbregistry.plot.page_image import PageImage

_NORMAL_95 = 1.959964  # 95 % of a normal distribution is within this many standard deviations.
_INCHES, _DPI = 4.6, 96
_HEIGHT = 0.52  # share of the width


@dataclass(frozen=True, eq=False)
class KnownRows:
    """Labels and probabilities of rows that a model was not trained on.

    Attributes
    ----------
    truth : ndarray of bool of shape (n_samples,)
        Whether a row is of the positive class.
    probability : ndarray of shape (n_samples,)
        Probability of the positive class, possibly calibrated.
    where : str
        Description of the rows, such as ``the test set stored with churn:3``.
    groups : ndarray of shape (n_samples,)
        Group of each row; empty if rows are independent.
    unit : str
        Name of a group.
    """

    truth: NDArray[np.bool_]
    probability: Floats
    where: str
    groups: NDArray[Any] = field(default_factory=lambda: np.array([], dtype=str))
    unit: str = "group"

    def grouped(self, groups: NDArray[Any], unit: str) -> KnownRows:
        """Return these rows with a group for each, if there are as many groups as rows."""
        return replace(self, groups=groups, unit=unit) if len(groups) == len(self.truth) else self

    def at(self, threshold: float) -> ThresholdResult:
        """Return the counts of flagged rows at a threshold.

        Examples
        --------
        >>> rows = KnownRows(np.array([True, False, True]), np.array([0.9, 0.8, 0.3]), "three rows")
        >>> rows.at(0.5)
        At 0.5 and above: 2 rows flagged, 1 right (precision 0.5000); 1 of 2 found (recall 0.5000).
        """
        flagged = self.probability >= threshold
        right = int((flagged & self.truth).sum())
        return ThresholdResult(threshold, int(flagged.sum()), right, int(self.truth.sum()))

    def describe(self, threshold: float) -> list[str]:
        """Return precision, recall and the gain over chance as sentences.

        Parameters
        ----------
        threshold : float
            Minimum probability of a flagged row.

        Returns
        -------
        list of str
            Precision, recall, and the rows on which they were measured.
        """
        found, flagged = self.at(threshold), self.probability >= threshold
        over = f" over {count(len(np.unique(self.groups)), self.unit)}" if len(self.groups) else ""
        base = found.positives / len(self.truth) if len(self.truth) else math.nan
        gain = f"; {found.precision / base:.1f} times the {base:.0%} among all rows"
        return [
            f"Precision {self._share(flagged, self.truth)}"
            + (gain if found.flagged and base else "")
            + ".",
            f"Recall {self._share(self.truth, flagged)}.",
            f"Measured on {count(len(self.truth), 'row')}, {self.where}: {found.flagged:,} of them "
            f"reach {threshold:g}. In brackets: 95% intervals{over}.",
        ]

    def _share(self, chosen: NDArray[np.bool_], right: NDArray[np.bool_]) -> str:
        """Return the share of the chosen rows that are right, with its interval."""
        total = int(chosen.sum())
        if not total:
            return "unknown: there are no such rows"
        hits, groups = right[chosen], self.groups[chosen] if len(self.groups) else self.groups
        effective = _effective_rows(hits, groups) if len(groups) else total
        low, high = wilson_interval(float(hits.mean()) * effective, effective)
        return f"{hits.mean():.3f} ({low:.3f} to {high:.3f})"

    def draw(
        self, threshold: float, *, theme: str | None = None, width: float = _INCHES
    ) -> PageImage:
        """Draw precision and recall against the threshold, with the current one marked.

        Parameters
        ----------
        threshold : float
            Minimum probability of a flagged row.
        theme : {'light', 'dark'}, optional
            Theme of the page; by default, the colors are readable in both.
        width : float
            Width in inches, of 96 pixels each.

        Returns
        -------
        PageImage
            A PNG of at most 30 kB with a transparent background.
        """
        from matplotlib.figure import Figure

        from exo_nbregistry.plot.page_colours import for_any_background, ink_of
        from exo_nbregistry.plot.page_image import page_image

        steps = np.linspace(0, 1, 101)
        found = [self.at(step) for step in steps]
        figure = Figure(figsize=(width, width * _HEIGHT), layout="constrained")
        axes = figure.subplots()
        axes.plot(steps, [each.precision for each in found], "-", label="precision")
        axes.plot(steps, [each.recall for each in found], "--", label="recall")
        axes.axvline(threshold, color="black", linewidth=1, linestyle=":")
        axes.set(xlim=(0, 1), ylim=(0, 1.04), xlabel=f"threshold (now {threshold:g})")
        axes.legend(loc="lower left", frameon=False)
        figure.draw_without_rendering()  # creates the ticks, whose colors are changed
        figure.set_layout_engine("none")

        def render(dpi: float) -> bytes:
            png = io.BytesIO()
            figure.savefig(png, format="png", dpi=dpi, metadata={"Software": None})
            return png.getvalue()

        with for_any_background(figure, ink_of(theme)):
            return page_image(render, _DPI)


def wilson_interval(right: float, total: float) -> tuple[float, float]:
    """Return the 95 % interval of a proportion.

    Parameters
    ----------
    right, total : float
        Number of successes, and of all; an effective number can be a fraction.

    Returns
    -------
    tuple of float
        Lower and upper limit; NaN if `total` is 0.

    Notes
    -----
    Rows count as independent. If rows of a group are similar, pass their effective number.
    Source: Wilson 1927, Journal of the American Statistical Association 22, 209.

    Examples
    --------
    >>> low, high = wilson_interval(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    if not total:
        return math.nan, math.nan
    share, z2 = right / total, _NORMAL_95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = (
        _NORMAL_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    )
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _effective_rows(right: NDArray[np.bool_], groups: NDArray[Any]) -> float:
    """Return the number of independent rows that would have the same variance of the share."""
    share, total = float(right.mean()), len(right)
    _, group = np.unique(groups, return_inverse=True)
    n_groups = int(group.max()) + 1
    if not 0 < share < 1 or n_groups < 2:
        return float(total)
    # The variance of a ratio over clusters. Source: Cochran 1977, Sampling Techniques, 3.12.
    deviations = np.bincount(group, right - share)
    variance = (deviations**2).sum() / total**2 * n_groups / (n_groups - 1)
    return float(min(total, share * (1 - share) / variance))
