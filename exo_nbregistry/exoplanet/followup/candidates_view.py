"""A follow-up list for people: what is flagged, what that is worth, and its first rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    number,
    paragraph,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import visible

if TYPE_CHECKING:
    import pandas as pd

SIGNAL = "signal"
FIRST_ROWS = 10
Places = NDArray[np.intp]

_HEADS: Mapping[str, str] = {
    "calibrated_probability": "P(planet)",
    "probability": "model's own P",
    "agreement": "agreement",
    "look_alike": "most like",
    "distance": "at distance",
    "driver": "raised most by",
    "driver_effect": "by",
    "koi_period": "period, days",
    "koi_depth": "depth, ppm",
    "koi_prad": "radius, Earths",
    "koi_insol": "insolation, Earths",
    "koi_teq": "temperature, K",
}
_THREE_DIGITS = ("calibrated_probability", "probability", "agreement", "distance", "driver_effect")


class Sheet:
    """The judged signals as a table that is sorted, cut into pages and written down.

    Parameters
    ----------
    scored : ScoredCandidates
        What a list is cut from.

    Attributes
    ----------
    columns : dict of str to str
        What is shown beside the signal's name, and how it is headed.
    """

    def __init__(self, scored: ScoredCandidates) -> None:
        self.scored = scored
        shared: pd.DataFrame = scored.measured.assign(
            **{str(name): column for name, column in scored.rows.items()}
        )
        self._frame = shared
        self.columns = {
            name: head
            for name, head in _HEADS.items()
            if name == scored.decisive or (name in shared and bool(shared[name].notna().any()))
        }
        self.names = [str(name) for name in shared.index]
        self._decisive = shared[scored.decisive].to_numpy(dtype=float)

    def flagged(self, threshold: float) -> Places:
        """Return which rows reach a threshold, the surest first."""
        return np.flatnonzero(self._decisive >= threshold)

    def sort(self, places: Places, by: str, *, descending: bool) -> Places:
        """Return rows in the order of a column; what is missing comes last.

        Parameters
        ----------
        places : ndarray of int
            Which rows.
        by : str
            One of `columns`, or ``"signal"``.
        descending : bool
            Whether the largest comes first.
        """
        keys: Sequence[Any] = self.names if by == SIGNAL else self._frame[by].tolist()
        lacks = [key is None or key != key for key in keys]
        known = [place for place in places if not lacks[place]]
        missing = [place for place in places if lacks[place]]
        known.sort(key=lambda place: keys[place], reverse=descending)
        return np.array([*known, *missing], dtype=np.intp)

    def rows(self, places: Places) -> list[list[str]]:
        """Return the cells of rows, the signal's name first."""
        told = [list(map(_writer(name), self._frame[name].iloc[places])) for name in self.columns]
        return [[self.names[place], *cells] for place, *cells in zip(places, *told, strict=True)]

    def html(self, places: Places) -> Markup:
        """Return rows as an HTML table."""
        return html_table([SIGNAL, *self.columns.values()], self.rows(places), align=self._sides())

    def text(self, places: Places) -> str:
        """Return rows as a text table."""
        return text_table([SIGNAL, *self.columns.values()], self.rows(places), align=self._sides())

    def place(self, name: str) -> int:
        """Return where a signal is; ValueError if it was not judged."""
        return self.names.index(name)

    def detail(self, place: int) -> Markup:
        """Return all that is known of one signal, beside its look-alike."""
        row = self._frame.iloc[place]
        alike = row["look_alike"]
        beside = alike if isinstance(alike, str) and alike in self.scored.alike.index else None
        signals = [self.scored.measured.iloc[place]]
        if beside is not None:
            signals.append(self.scored.alike.loc[[beside]].iloc[0])
        heads = [
            "",
            self.names[place],
            *([f"{beside} (confirmed, most like it)"] if beside is not None else []),
            "unit",
            "column",
        ]
        measured = table(list(self.scored.measured.columns), *map(dict, signals))
        sides = "l" + "r" * len(signals) + "ll"
        return stack(
            [
                *map(paragraph, self._verdict(row)),
                html_table(heads, measured, align=sides),
            ]
        )

    def _verdict(self, row: Any) -> list[str]:
        told = {name: _writer(name)(row[name]) for name in row.index if name in _HEADS}
        calibrated = told["calibrated_probability"]
        lines = [
            f"Probability of a planet: {told['probability']} says the model"
            + (f", {calibrated} calibrated." if calibrated != MISSING else ", not calibrated.")
        ]
        if told["agreement"] != MISSING:
            lines.append(f"Agreement of the members: {told['agreement']}.")
        if told["driver"] != MISSING:
            lines.append(
                f"Raised most by {told['driver']}: the median in its place takes away "
                f"{told['driver_effect']}."
            )
        if told["look_alike"] != MISSING:
            lines.append(
                f"Most like {told['look_alike']}, {told['distance']} standard deviations away."
            )
        return lines

    def _sides(self) -> str:
        texts = ("look_alike", "driver")
        return "l" + "".join("l" if name in texts else "r" for name in self.columns)


def summary(scored: ScoredCandidates, threshold: float) -> list[str]:
    """Return in sentences what is flagged from a probability on, and what that is worth.

    Parameters
    ----------
    scored : ScoredCandidates
        What the list is cut from.
    threshold : float
        The least probability that is flagged.
    """
    flagged, everyone = len(scored.above(threshold)), len(scored.rows)
    kind = "calibrated probability" if scored.calibrated else "model's own probability"
    of_all = f"{flagged:,} of {count(everyone, 'candidate')}"
    lines = [f"{of_all} flagged: {kind} at least {threshold:g}."]
    if isinstance(scored.known, str):
        lines.append(scored.known)
    else:
        lines += scored.known.describe(threshold)
    if threshold < scored.explained and flagged:
        lines.append(
            f"What raises signals below {scored.explained:g} was not worked out: "
            "flag_candidates does so for a lower threshold."
        )
    return lines


def source(scored: ScoredCandidates) -> str:
    """Return who judged what."""
    return f"Judged by {scored.version}; table: {scored.snapshot}."


def static_html(scored: ScoredCandidates, threshold: float) -> Markup:
    """Return a list's first rows, its counts and the caveat as HTML."""
    sheet = Sheet(scored)
    places = sheet.flagged(threshold)
    parts = [paragraph(CAVEAT), *map(paragraph, summary(scored, threshold))]
    if len(places):
        parts += [sheet.html(places[:FIRST_ROWS]), *map(paragraph, _rest(places))]
    return stack([*parts, paragraph(source(scored))])


def static_text(scored: ScoredCandidates, threshold: float) -> str:
    """Return the same as text."""
    sheet = Sheet(scored)
    places = sheet.flagged(threshold)
    lines = [CAVEAT, *map(visible, summary(scored, threshold))]
    if len(places):
        lines += ["", sheet.text(places[:FIRST_ROWS]), *_rest(places), ""]
    return "\n".join([*lines, visible(source(scored))])


def _rest(places: Places) -> list[str]:
    more = len(places) - FIRST_ROWS
    return [f"and {more:,} more"] if more > 0 else []


def _writer(column: str) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        if value is None or value != value:
            return MISSING
        if column in _THREE_DIGITS:
            return f"{value:.3f}"
        return value if isinstance(value, str) else number(float(value))

    return write
