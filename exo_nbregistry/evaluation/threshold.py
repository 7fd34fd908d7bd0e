"""What a threshold gives on rows whose truth is known: precision, recall, and a picture of them."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation.results import AtConfidence
from exo_nbregistry.evaluation.weighted_metrics import Floats
from exo_nbregistry.text.markup import count

_NORMAL_95 = 1.959964  # the normal distribution has 95 % within so many standard deviations
_INCHES = (4.4, 2.3)


@dataclass(frozen=True, eq=False)
class KnownRows:
    """Rows that a model has not learnt from, and what it says of them.

    Attributes
    ----------
    truth : ndarray of bool of shape (n_samples,)
        Whether a row is of the second class.
    probability : ndarray of shape (n_samples,)
        How probable the model says that is; calibrated, if the list is.
    where : str
        Which rows these are, for people, such as ``the test set stored with kepler:3``.
    """

    truth: NDArray[np.bool_]
    probability: Floats
    where: str

    def at(self, threshold: float) -> AtConfidence:
        """Return what is found when these rows are flagged from a probability on.

        Examples
        --------
        >>> rows = KnownRows(np.array([True, False, True]), np.array([0.9, 0.8, 0.3]), "three rows")
        >>> rows.at(0.5)
        At 0.5 and above: 2 rows flagged, 1 right (precision 0.5000); 1 of 2 found (recall 0.5000).
        """
        flagged = self.probability >= threshold
        right = int((flagged & self.truth).sum())
        return AtConfidence(threshold, int(flagged.sum()), right, int(self.truth.sum()))

    def describe(self, threshold: float) -> list[str]:
        """Return precision, recall and their lead over chance as sentences.

        Parameters
        ----------
        threshold : float
            The least probability that is flagged.

        Returns
        -------
        list of str
            Precision, recall, what they were measured on.
        """
        found = self.at(threshold)
        base = found.positives / len(self.truth) if len(self.truth) else math.nan
        lead = f"; {found.precision / base:.1f} times the {base:.0%} among all rows"
        return [
            f"Precision {_share(found.right, found.flagged)}"
            + (lead if found.flagged and base else "")
            + ".",
            f"Recall {_share(found.right, found.positives)}.",
            f"Measured on {count(len(self.truth), 'row')}, {self.where}: {found.flagged:,} of them "
            f"reach {threshold:g}. In brackets: 95% intervals.",
        ]

    def draw(self, threshold: float) -> bytes:
        """Draw precision and recall against the threshold, which is marked.

        Parameters
        ----------
        threshold : float
            The least probability that is flagged.

        Returns
        -------
        bytes
            A PNG with a background of its own, so that it reads on any page.
        """
        from matplotlib.figure import Figure

        steps = np.linspace(0, 1, 101)
        found = [self.at(step) for step in steps]
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.subplots()
        axes.plot(steps, [one.precision for one in found], "-", label="precision")
        axes.plot(steps, [one.recall for one in found], "--", label="recall")
        axes.axvline(threshold, color="0.4", linewidth=1, linestyle=":")
        axes.set(xlim=(0, 1), ylim=(0, 1.04), xlabel=f"threshold (now {threshold:g})")
        axes.legend(loc="lower left", frameon=False)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=96, metadata={"Software": None})
        return picture.getvalue()


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Parameters
    ----------
    right, total : int
        How many of how many.

    Returns
    -------
    tuple of float
        Its ends; NaN of none.

    Notes
    -----
    Rows count as independent; signals of one star are not quite, so it is a little too narrow.
    Source: Wilson 1927, Journal of the American Statistical Association 22, 209.

    Examples
    --------
    >>> low, high = wilson(9, 10)
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


def _share(right: int, total: int) -> str:
    if not total:
        return "unknown: no row is there to tell"
    low, high = wilson(right, total)
    return f"{right / total:.3f} ({low:.3f} to {high:.3f})"
