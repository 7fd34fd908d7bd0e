"""Details of one signal of a follow-up list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from numbers import Real
from typing import Any

from exo_nbregistry.exoplanet.data.transit_physics import table
from exo_nbregistry.exoplanet.followup.candidate_cells import SCORE_HEADS, cell_text
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.text.numbers import MISSING

_KOI = re.compile(r"K(\d{5})\.\d{2}")
_ARCHIVE = "https://exoplanetarchive.ipac.caltech.edu/overview/KOI-"


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """A quantity of one or two signals.

    Attributes
    ----------
    quantity : str
        Description with its unit.
    column : str
        Column of the table, or the formula.
    texts : list of str
        Value of each signal.
    """

    quantity: str
    column: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """Details of one signal.

    Attributes
    ----------
    lines : list of str
        Sentences on its probability and its star.
    signals : list of str
        Names of the signals with values: this one, and the most similar confirmed planet.
    values : list of MeasuredValue
        Measured values.
    archive : str or None
        Address of the star in the NASA Exoplanet Archive, for a name of Kepler.
    """

    lines: list[str]
    signals: list[str]
    values: list[MeasuredValue]
    archive: str | None


def signal_detail(scored: ScoredCandidates, row: Any, place: int) -> SignalDetail:
    """Return the details of a signal, beside its most similar confirmed planet.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    row : Series
        Scores and measured values of the signal.
    place : int
        Its position among all scored candidates.
    """
    alike, name = row["look_alike"], str(scored.rows.index[place])
    beside = alike if isinstance(alike, str) and alike in scored.alike.index else None
    signals = [scored.measured.iloc[place]]
    if beside is not None:
        signals.append(scored.alike.loc[[beside]].iloc[0])
    similar = [f"{beside} (confirmed, most similar)"] if beside is not None else []
    measured = table(list(scored.measured.columns), *map(dict, signals))
    values = [
        MeasuredValue(f"{quantity}, {unit}" if unit else quantity, column, texts)
        for quantity, *texts, unit, column in measured
    ]
    lines = [*_scores(row), *_star(scored, row)]
    return SignalDetail(lines, [name, *similar], values, archive_address(name))


def archive_address(name: str) -> str | None:
    """Return the address of the star of a KOI in the NASA Exoplanet Archive, or None.

    Examples
    --------
    >>> archive_address("K00120.01")
    'https://exoplanetarchive.ipac.caltech.edu/overview/KOI-120'
    >>> archive_address("TOI-700 d") is None
    True
    """
    found = _KOI.fullmatch(name)
    return f"{_ARCHIVE}{int(found[1])}" if found else None


def _scores(row: Any) -> list[str]:
    cells = {name: cell_text(name, row[name]) for name in row.index if name in SCORE_HEADS}
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


def _star(scored: ScoredCandidates, row: Any) -> list[str]:
    """Return a sentence with the name of the star and its position, for observers."""
    roles = scored.roles
    known = {
        column: row[column]
        for column in (roles.star, roles.ra, roles.dec)
        if column in row.index and row[column] == row[column] and row[column] is not None
    }
    parts = [f"{roles.star} {known[roles.star]}"] if roles.star in known else []
    parts += [
        f"{name} {_degrees(known[column])}"
        for name, column in (("RA", roles.ra), ("Dec", roles.dec))
        if column in known
    ]
    return [f"Star: {', '.join(parts)}."] if parts else []


def _degrees(value: Any) -> str:
    """Return a position of a table, which can have its own notation."""
    return f"{value:.5f}°" if isinstance(value, Real) else str(value)
