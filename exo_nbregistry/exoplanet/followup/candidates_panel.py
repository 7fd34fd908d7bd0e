"""The candidates panel: set the threshold, sort the rows, inspect a signal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from traitlets import Bool, Float, Int, TraitError, Unicode, validate

from exo_nbregistry.exoplanet.followup.candidates_routes import CandidatesRoutes, list_path
from exo_nbregistry.exoplanet.followup.candidates_view import SIGNAL, static_html, static_text
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.panels.routed_panel import Drawing, RoutedPanel
from exo_nbregistry.text.markup import Markup

if TYPE_CHECKING:
    import pandas as pd

_DECIMALS = 6


class CandidatesPanel(RoutedPanel):
    """A follow-up list with an adjustable threshold.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Initial threshold.

    Attributes
    ----------
    threshold : float
        Minimum probability of a flagged candidate.
    selected : str
        KOI name of the selected signal; empty if none is selected.
    sort_by : str
        Column to sort by: ``"signal"`` or a column of the table.
    descending : bool
        Whether the largest value comes first.
    page : int
        Number of the page, from 0.
    """

    _of_page: ClassVar[tuple[str, ...]] = (
        *("threshold", "selected", "sort_by", "descending", "page"),
    )

    threshold = Float(help="Minimum probability of a flagged candidate.").tag(sync=True)
    selected = Unicode(help="KOI name of the selected signal.").tag(sync=True)
    sort_by = Unicode(help="Column to sort by.").tag(sync=True)
    descending = Bool(True, help="Whether the largest value comes first.").tag(sync=True)
    page = Int(help="Number of the page, from 0.").tag(sync=True)

    def __init__(self, scored: ScoredCandidates, threshold: float) -> None:
        self._scored = scored
        start = round(threshold, _DECIMALS)
        self._routes = CandidatesRoutes(scored, start)
        super().__init__(_kind="candidates", threshold=start, sort_by=scored.decisive)
        self.observe(self._show_first_page, ["threshold", "sort_by", "descending"])
        self.observe(self._show_selected, "selected")

    @property
    def frame(self) -> pd.DataFrame:
        """The list at the current threshold, with the highest probability first."""
        return self._scored.above(self.threshold)

    def static_html(self) -> Markup:
        """Return the counts, the first rows and the caveat as HTML."""
        return static_html(self._scored, self.threshold)

    def static_text(self) -> str:
        """Return the counts, the first rows and the caveat as text."""
        return static_text(self._scored, self.threshold)

    def __repr__(self) -> str:
        """Return the stored view as text."""
        return self.static_text()

    def respond(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> Mapping[str, Any] | Drawing:
        """Return the reply to a request of the page."""
        return self._routes.respond(method, path, query, body)

    def first_paths(self) -> list[str]:
        """Return the paths of the list and of the selected signal."""
        threshold, by = self.threshold, self.sort_by
        path = list_path(threshold, by, descending=self.descending, page=self.page)
        if not self.selected:
            return [path]
        query = urlencode({"name": self.selected}, safe="*")
        sent = path.partition("?")[2].partition("&")[0]
        return [path, f"/candidates/signal?{query}&{sent}"]

    @validate("threshold")
    def _is_finite(self, proposal: Any) -> float:
        value: float = proposal["value"]
        if not math.isfinite(value):
            raise TraitError(f"The threshold must be a number, got {value}.")
        return value

    @validate("selected")
    def _is_scored(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name and name not in self._routes.sheet.names:
            raise TraitError(self._routes.unknown(name))
        return name

    @validate("sort_by")
    def _is_column(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name not in (SIGNAL, *self._routes.sheet.columns):
            raise TraitError(f"Cannot sort by the unknown column {name!r:.60}.")
        return name

    @validate("page")
    def _from_zero(self, proposal: Any) -> int:
        return max(0, int(proposal["value"]))

    def _show_first_page(self, _change: Any = None) -> None:
        self.page = 0

    def _show_selected(self, _change: Any = None) -> None:
        """Turn to the page of the selected signal."""
        if self.selected:
            threshold, by = self.threshold, self.sort_by
            page = self._routes.page_of(self.selected, threshold, by, descending=self.descending)
            self.page = self.page if page is None else page
