"""Text and HTML of a follow-up list: the counts, the metrics and the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.exoplanet.followup.candidate_cells import (
    KEPLER_HEADS,
    ROLE_HEADS,
    SCORE_HEADS,
    TEXTS,
    column_texts,
)
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.exoplanet.followup.signal_detail import SignalDetail, signal_detail
from exo_nbregistry.text.markup import Markup, count, html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import visible

if TYPE_CHECKING:
    import pandas as pd

SIGNAL = "signal"
FIRST_ROWS = 10
Places = NDArray[np.intp]


class Sheet:
    """A table of the scored candidates, to sort and to render.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.

    Attributes
    ----------
    columns : dict of str to str
        Title of each displayed column, by name.
    """

    def __init__(self, scored: ScoredCandidates) -> None:
        self.scored = scored
        shared: pd.DataFrame = scored.measured.assign(
            **{str(name): column for name, column in scored.rows.items()}
        )
        self._frame = shared
        of_roles = scored.roles.measured()
        measured = {of_roles[role]: head for role, head in ROLE_HEADS.items() if role in of_roles}
        # A narrow view shows only the first columns.
        first = {scored.decisive: SCORE_HEADS[scored.decisive], **measured, **KEPLER_HEADS}
        self.columns = {
            name: head
            for name, head in {**first, **SCORE_HEADS}.items()
            if name == scored.decisive or (name in shared and bool(shared[name].notna().any()))
        }
        self.names = [str(name) for name in shared.index]
        self._decisive = shared[scored.decisive].to_numpy(dtype=float)

    def flagged(self, threshold: float) -> Places:
        """Return the rows that reach a threshold, with the highest probability first."""
        return np.flatnonzero(self._decisive >= threshold)

    def sort(self, places: Places, by: str, *, descending: bool) -> Places:
        """Return rows sorted by a column, with missing values last.

        Parameters
        ----------
        places : ndarray of int
            The rows.
        by : str
            A name in `columns`, or ``"signal"``.
        descending : bool
            Whether the largest value comes first.
        """
        keys: Sequence[Any] = self.names if by == SIGNAL else self._frame[by].tolist()
        lacks = [key is None or key != key for key in keys]
        known = [place for place in places if not lacks[place]]
        missing = [place for place in places if lacks[place]]
        known.sort(key=lambda place: keys[place], reverse=descending)
        return np.array([*known, *missing], dtype=np.intp)

    def rows(self, places: Places) -> list[list[str]]:
        """Return the cells of rows, with the signal's name first; decimals are aligned."""
        columns = [column_texts(name, self._frame[name].iloc[places]) for name in self.columns]
        return [[self.names[place], *cells] for place, *cells in zip(places, *columns, strict=True)]

    def html(self, places: Places) -> Markup:
        """Return rows as an HTML table."""
        return html_table([SIGNAL, *self.columns.values()], self.rows(places), align=self.sides)

    def text(self, places: Places) -> str:
        """Return rows as a text table."""
        return text_table([SIGNAL, *self.columns.values()], self.rows(places), align=self.sides)

    def place(self, name: str) -> int:
        """Return the row of a signal; raise ValueError if it was not scored."""
        return self.names.index(name)

    def detail(self, place: int) -> SignalDetail:
        """Return the details of a signal, beside its most similar confirmed planet."""
        return signal_detail(self.scored, self._frame.iloc[place], place)

    @property
    def sides(self) -> str:
        """Side of each column, ``l`` or ``r``, with the signal's name first."""
        return "l" + "".join("l" if name in TEXTS else "r" for name in self.columns)


def summary(scored: ScoredCandidates, threshold: float) -> list[str]:
    """Return sentences with the number of flagged candidates and the metrics at a threshold.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Minimum probability of a flagged candidate.
    """
    flagged, total = len(scored.above(threshold)), len(scored.rows)
    of_all = f"{flagged:,} of {count(total, 'candidate')}"
    lines = [f"{of_all} flagged: {scored.probability_name} at least {threshold:g}."]
    if scored.excluded:
        rows = count(scored.excluded, "candidate")
        lines.append(f"{rows} not scored, because the model was trained on them.")
    if isinstance(scored.known, str):
        lines.append(scored.known)
    else:
        lines += scored.known.describe(threshold)
    if threshold < scored.explained and flagged:
        lines.append(
            f"Top features are missing below {scored.explained:g}. To compute them, call "
            "flag_candidates with a lower threshold."
        )
    return lines


def source(scored: ScoredCandidates) -> str:
    """Return a sentence with the version that scored the candidates, and the table."""
    return f"Scored by {scored.version}; table: {scored.snapshot}."


def static_html(scored: ScoredCandidates, threshold: float) -> Markup:
    """Return the counts, the first rows and the caveat as HTML."""
    sheet = Sheet(scored)
    places = sheet.flagged(threshold)
    parts = [paragraph(CAVEAT), *map(paragraph, summary(scored, threshold))]
    if len(places):
        parts += [sheet.html(places[:FIRST_ROWS]), *map(paragraph, _rest(places))]
    return stack([*parts, paragraph(source(scored))])


def static_text(scored: ScoredCandidates, threshold: float) -> str:
    """Return the counts, the first rows and the caveat as text."""
    sheet = Sheet(scored)
    places = sheet.flagged(threshold)
    lines = [CAVEAT, *map(visible, summary(scored, threshold))]
    if len(places):
        lines += ["", sheet.text(places[:FIRST_ROWS]), *_rest(places), ""]
    return "\n".join([*lines, visible(source(scored))])


def _rest(places: Places) -> list[str]:
    more = len(places) - FIRST_ROWS
    return [f"and {more:,} more"] if more > 0 else []
