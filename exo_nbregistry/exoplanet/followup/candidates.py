"""A follow-up list, as a DataFrame that is displayed as a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from exo_nbregistry.config import html_unless_text, uses_panels
from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.followup.candidates_view import static_html, static_text
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates

if TYPE_CHECKING:
    from astropy.table import QTable

    from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel
    from exo_nbregistry.plot.view import Plot


class CandidateList(pd.DataFrame):
    """The flagged candidates, as `flag_candidates` returns them.

    A slice, a filtered list or a copy is a plain DataFrame. A list whose rows or columns were
    changed in place is displayed as a plain DataFrame.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import RandomForestClassifier, flag_candidates
    >>> from exo_nbregistry.exoplanet import load_koi, split_by_star
    >>> koi = load_koi("five")
    >>> split = split_by_star(koi.data, koi.target, koi.groups)
    >>> model = RandomForestClassifier(20).fit(split.X_train, split.y_train)
    >>> flagged = flag_candidates(model, koi, calibration=(split.X_val, split.y_val))
    >>> len(flagged) < len(flagged.above(0.5)) < len(koi.candidates)
    True
    >>> type(flagged[:5]).__name__
    'DataFrame'
    """

    _metadata: ClassVar[list[str]] = ["_scored", "_threshold"]
    _scored: ScoredCandidates | None = None
    _threshold: float = 0.0

    @property
    def _constructor(self) -> Any:
        # A derived frame may have other rows, for which `_scored` is not valid.
        return pd.DataFrame

    @classmethod
    def of(cls, scored: ScoredCandidates, threshold: float) -> CandidateList:
        """Return the list of the candidates that reach a threshold.

        Parameters
        ----------
        scored : ScoredCandidates
            All scored candidates.
        threshold : float
            Minimum probability of a flagged candidate.
        """
        made = cls(scored.above(threshold))
        made._scored, made._threshold = scored, threshold
        return made

    def above(self, threshold: float) -> CandidateList:
        """Return the list for another threshold, without calling the model again.

        Parameters
        ----------
        threshold : float
            Minimum probability of a flagged candidate. Top features are missing below the
            threshold that was passed to `flag_candidates`.

        Returns
        -------
        CandidateList
            The candidates that reach the threshold.

        Raises
        ------
        InvalidInputError
            If rows or columns of this list were changed.
        """
        return type(self).of(self._unchanged(), threshold)

    def browse(self) -> CandidatesPanel:
        """Return a panel to set the threshold and to sort and inspect the candidates.

        Returns
        -------
        CandidatesPanel
            A panel with the attributes ``threshold``, ``selected`` and ``frame``; the first two
            can be set.

        Raises
        ------
        InvalidInputError
            If rows or columns of this list were changed.
        """
        from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel

        return CandidatesPanel.for_front_end()(self._unchanged(), self._threshold)

    def plot_period_radius(self, *, figsize: tuple[float, float] | None = None) -> Plot:
        """Plot period and radius of these candidates over the confirmed planets.

        Parameters
        ----------
        figsize : tuple of float, optional
            Width and height in inches.

        Returns
        -------
        Plot
            The figure, displayed by a notebook, and its numbers.

        Raises
        ------
        InvalidInputError
            If the table has no periods or no radii, or rows or columns of this list were changed.
        """
        from exo_nbregistry.exoplanet.followup.period_radius import period_radius

        return period_radius(self._unchanged(), self._threshold, figsize=figsize)

    def to_table(self) -> QTable:
        """Return the list and the measured values of its candidates with units.

        Returns
        -------
        astropy.table.QTable
            A row per candidate. Model, snapshot and caveat are in ``meta``.

        Raises
        ------
        RegistryError
            If astropy is not installed.
        InvalidInputError
            If rows or columns of this list were changed.
        """
        from exo_nbregistry.exoplanet.followup.astropy_table import to_table

        return to_table(self._unchanged(), self._threshold)

    def __repr__(self) -> str:
        """Return the counts, the first rows and the caveat as text."""
        if not self._is_unchanged():
            return super().__repr__()
        return static_text(self._unchanged(), self._threshold)

    @html_unless_text
    def _repr_html_(self) -> str | None:
        if not self._is_unchanged():
            plain: str | None = pd.DataFrame(self)._repr_html_()  # type: ignore[operator]
            return plain
        return static_html(self._unchanged(), self._threshold)

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        return self.browse()._repr_mimebundle_() if self._is_unchanged() and uses_panels() else {}

    def _is_unchanged(self) -> bool:
        """Return whether rows and columns equal the result of `flag_candidates`."""
        scored = self._scored
        return scored is not None and self.equals(scored.above(self._threshold))

    def _unchanged(self) -> ScoredCandidates:
        if self._scored is None or not self._is_unchanged():
            raise InvalidInputError(
                "Rows or columns of this list were changed; use the list that flag_candidates "
                "returned."
            )
        return self._scored
