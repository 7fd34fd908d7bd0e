"""Text and HTML of a follow-up list: the counts, the metrics and the first rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.exoplanet.data.transit_physics import table
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.text.markup import (
    MISSING,
    Markup,
    count,
    html_table,
    paragraph,
    stack,
    text_table,
)
from exo_nbregistry.text.numbers import aligned_numbers
from exo_nbregistry.text.terminal import visible

if TYPE_CHECKING:
    import pandas as pd

SIGNAL = "signal"
FIRST_ROWS = 10
Places = NDArray[np.intp]

_SCORE_HEADS: Mapping[str, str] = {
    "calibrated_probability": "P(planet)",
    "probability": "uncalibrated P",
    "agreement": "agreement",
    "look_alike": "most similar to",
    "distance": "distance",
    "driver": "top feature",
    "driver_effect": "effect",
    "look": "look",
}
_ROLE_HEADS = {"period": "period, days", "depth": "depth, ppm", "radius": "radius, Earths"}
_KEPLER_HEADS = {"koi_insol": "insolation, Earths", "koi_teq": "temperature, K"}
_THREE_DIGITS = ("calibrated_probability", "probability", "agreement", "distance", "driver_effect")
_TEXTS = ("look_alike", "driver", "look")


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """Details of one signal.

    Attributes
    ----------
    lines : list of str
        Sentences on its probability.
    heads : list of str
        Titles of the columns of the measured values.
    rows : list of list of str
        Measured values.
    sides : str
        Side of each column, ``l`` or ``r``.
    """

    lines: list[str]
    heads: list[str]
    rows: list[list[str]]
    sides: str


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
        measured = {of_roles[role]: head for role, head in _ROLE_HEADS.items() if role in of_roles}
        self.columns = {
            name: head
            for name, head in {**_SCORE_HEADS, **measured, **_KEPLER_HEADS}.items()
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
        columns = [_column_texts(name, self._frame[name].iloc[places]) for name in self.columns]
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
        row = self._frame.iloc[place]
        alike = row["look_alike"]
        beside = alike if isinstance(alike, str) and alike in self.scored.alike.index else None
        signals = [self.scored.measured.iloc[place]]
        if beside is not None:
            signals.append(self.scored.alike.loc[[beside]].iloc[0])
        heads = [
            "quantity",
            self.names[place],
            *([f"{beside} (confirmed, most similar)"] if beside is not None else []),
            "unit",
            "column",
        ]
        measured = table(list(self.scored.measured.columns), *map(dict, signals))
        return SignalDetail(self._scores(row), heads, measured, "l" + "r" * len(signals) + "ll")

    def _scores(self, row: Any) -> list[str]:
        cells = {name: _cell_text(name, row[name]) for name in row.index if name in _SCORE_HEADS}
        calibrated = cells["calibrated_probability"]
        lines = [
            f"Probability of a planet: {cells['probability']} (uncalibrated)"
            + (f", {calibrated} (calibrated)." if calibrated != MISSING else ".")
        ]
        if cells["agreement"] != MISSING:
            lines.append(f"Agreement of the ensemble: {cells['agreement']}.")
        if cells["driver"] != MISSING:
            lines.append(
                f"Top feature: {cells['driver']}. The median instead of its value lowers the "
                f"probability by {cells['driver_effect']}."
            )
        if row["look"]:
            lines.append(f"Look: {row['look']}.")
        if cells["look_alike"] != MISSING:
            lines.append(
                f"Most similar confirmed planet: {cells['look_alike']}, {cells['distance']} "
                "standard deviations away."
            )
        return lines

    @property
    def sides(self) -> str:
        """Side of each column, ``l`` or ``r``, with the signal's name first."""
        return "l" + "".join("l" if name in _TEXTS else "r" for name in self.columns)


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
    kind = "calibrated probability" if scored.calibrated else "uncalibrated probability"
    of_all = f"{flagged:,} of {count(total, 'candidate')}"
    lines = [f"{of_all} flagged: {kind} at least {threshold:g}."]
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


def _column_texts(name: str, values: Iterable[Any]) -> list[str]:
    """Return the cells of a column; its numbers have the same number of decimals."""
    if name in _TEXTS or name in _THREE_DIGITS:
        return [_cell_text(name, value) for value in values]
    return aligned_numbers([None if value != value else float(value) for value in values])


def _cell_text(name: str, value: Any) -> str:
    if value is None or value != value:
        return MISSING
    return f"{value:.3f}" if name in _THREE_DIGITS else str(value)
