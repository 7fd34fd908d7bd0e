"""Diagram of period and radius: flagged candidates over confirmed planets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.text.markup import count

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Period and radius"


def has_diagram(scored: ScoredCandidates) -> bool:
    """Return whether the table has periods and radii."""
    return all(column in scored.measured for column in _columns(scored))


def period_radius(
    scored: ScoredCandidates,
    threshold: float,
    *,
    figsize: tuple[float, float] | None = None,
) -> Plot:
    """Plot radius against period of the flagged candidates and of the confirmed planets.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Minimum probability of a flagged candidate.
    figsize : tuple of float, optional
        Width and height in inches.

    Returns
    -------
    Plot
        Both axes are logarithmic. Candidates with an unusual value are hollow.

    Raises
    ------
    InvalidInputError
        If the table has no periods or no radii.
    """
    if not has_diagram(scored):
        raise InvalidInputError(
            "The diagram requires periods and radii; pass roles=TableRoles(period=..., "
            "radius=...) to flag_candidates."
        )
    is_flagged = (scored.rows[scored.decisive] >= threshold).to_numpy(bool)
    rows, measured = scored.rows[is_flagged], _positive(scored.measured[is_flagged], scored)
    rows = rows[measured.notna().all(axis=1).to_numpy()]
    measured, planets = measured.dropna(), _positive(scored.planets, scored).dropna()
    lacking = int(is_flagged.sum()) - len(rows)
    notes = [f"Flagged by {scored.version}: {scored.probability_name} at least {threshold:g}."]
    if lacking:
        notes.append(f"Omitted, without period or radius: {count(lacking, 'candidate')}.")
    figure = _draw(planets, measured, _hollow(rows), notes, figsize)
    headers = ("signal", "radius, Earths", "period, days", "P(planet)")
    probabilities = rows[scored.decisive].tolist()
    table = [
        [str(name), radius, period, probability]
        for name, (period, radius), probability in zip(
            rows.index, measured.to_numpy().tolist(), probabilities, strict=True
        )
    ]
    return Plot("period_radius", TITLE, figure, headers, table, tuple(notes))


def _draw(planets: Any, candidates: Any, hollow: Any, notes: list[str], figsize: Any) -> Any:
    from exo_nbregistry.plot import canvas

    figure = canvas.new_figure(figsize)
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log")
    canvas.style_axes(axes)
    colour = canvas.first_colour()
    axes.scatter(
        planets.iloc[:, 0],
        planets.iloc[:, 1],
        s=7,
        color=canvas.guide_colour(),
        linewidths=0,
        label=f"confirmed planets ({len(planets):,})",
    )
    for part, face, name in (
        (candidates[~hollow], colour, "flagged candidates"),
        (candidates[hollow], axes.get_facecolor(), "flagged, with an unusual value"),
    ):
        if len(part):
            axes.scatter(
                part.iloc[:, 0],
                part.iloc[:, 1],
                s=20,
                facecolors=face,
                edgecolors=colour,
                label=f"{name} ({len(part):,})",
            )
    axes.set(xlabel="period, days", ylabel="radius, Earth radii")
    canvas.legend(axes, loc="best")
    canvas.finish(figure, TITLE, notes)
    return figure


def _columns(scored: ScoredCandidates) -> list[Any]:
    return [scored.roles.period, scored.roles.radius]


def _positive(frame: pd.DataFrame, scored: ScoredCandidates) -> pd.DataFrame:
    """Return period and radius, without values that a logarithmic axis cannot show."""
    numbers = frame.reindex(columns=_columns(scored)).astype(float)
    return numbers.where((numbers > 0) & np.isfinite(numbers))


def _hollow(rows: pd.DataFrame) -> Any:
    return (rows["look"] != "").to_numpy(bool)
