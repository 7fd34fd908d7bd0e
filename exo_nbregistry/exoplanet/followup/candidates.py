"""A follow-up list: a DataFrame that shows itself as a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from exo_nbregistry.config import html_unless_text, shows_panels
from exo_nbregistry.exoplanet.followup.candidates_view import static_html, static_text
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates

if TYPE_CHECKING:
    from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel


class CandidateList(pd.DataFrame):
    """The candidates that a model is sure of; made by `flag_candidates`.

    What is taken from it, be it a slice, a filter or a copy, is a plain DataFrame. A list whose
    rows or columns were changed shows itself as a plain DataFrame too.

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
        # What pandas makes of the list may have other rows, of which the evidence says nothing.
        return pd.DataFrame

    @classmethod
    def of(cls, scored: ScoredCandidates, threshold: float) -> CandidateList:
        """Return the list of those that reach a threshold.

        Parameters
        ----------
        scored : ScoredCandidates
            Every candidate, and what is known of the model.
        threshold : float
            The least probability that is flagged.
        """
        made = cls(scored.above(threshold))
        made._scored, made._threshold = scored, threshold
        return made

    def above(self, threshold: float) -> CandidateList:
        """Return the list for another threshold, without asking the model again.

        Parameters
        ----------
        threshold : float
            The least probability that is flagged. Below the one that this list was made for,
            what drives a row is missing.

        Returns
        -------
        CandidateList
            Its rows.

        Raises
        ------
        ValueError
            If rows or columns of this list were changed.
        """
        return type(self).of(self._evidence(), threshold)

    def browse(self) -> CandidatesPanel:
        """Return the list's panel: a threshold to move, rows to sort and to look at.

        Returns
        -------
        CandidatesPanel
            Its ``threshold``, ``selected`` and ``frame`` can be read, and the first two set.

        Raises
        ------
        ValueError
            If rows or columns of this list were changed.
        """
        from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel

        return CandidatesPanel(self._evidence(), self._threshold)

    def __repr__(self) -> str:
        """Return counts, first rows and the caveat as text."""
        if not self._is_unchanged():
            return super().__repr__()
        return static_text(self._evidence(), self._threshold)

    @html_unless_text
    def _repr_html_(self) -> str | None:
        if not self._is_unchanged():
            plain: str | None = pd.DataFrame(self)._repr_html_()  # type: ignore[operator]
            return plain
        return static_html(self._evidence(), self._threshold)

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, Any]:
        return self.browse()._repr_mimebundle_() if self._is_unchanged() and shows_panels() else {}

    def _is_unchanged(self) -> bool:
        """Tell whether these are still the rows that the evidence is of."""
        scored = self._scored
        return scored is not None and self.equals(scored.above(self._threshold))

    def _evidence(self) -> ScoredCandidates:
        if self._scored is None or not self._is_unchanged():
            raise ValueError(
                "This list is no longer as flag_candidates made it: ask the list that it returned."
            )
        return self._scored
