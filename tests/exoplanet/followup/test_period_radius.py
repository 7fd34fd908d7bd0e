"""The diagram of period and radius."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.period_radius import period_radius
from tests.exoplanet.signals import scored_signals


def test_candidates_are_drawn_over_planets() -> None:
    """Planets with both values, and candidates with and without unusual values, are drawn."""
    plot = CandidateList.of(scored_signals(), 0.9).plot_period_radius()
    (axes,) = plot.figure.axes
    assert [len(drawn.get_offsets()) for drawn in axes.collections] == [1, 8, 2]
    assert [drawn.get_label() for drawn in axes.collections] == [
        "confirmed planets (1)",
        "flagged candidates (8)",
        "flagged, with an unusual value (2)",
    ]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert plot.rows[0] == ["K00000.01", 11.2, 60.0, 0.99]
    assert len(plot.rows) == 10


def test_the_diagram_names_its_version_and_threshold() -> None:
    """A note has the version that flagged the candidates, and how."""
    plot = period_radius(scored_signals(version="kepler:5"), 0.9)
    assert plot.notes == ("Flagged by kepler:5: calibrated probability at least 0.9.",)


def test_values_that_are_not_positive_are_omitted() -> None:
    """A missing, zero or infinite value is omitted, and a note has the number."""
    scored = scored_signals()
    measured = scored.measured.copy()
    measured.iloc[0:3, 0] = [0.0, np.inf, np.nan]
    plot = period_radius(replace(scored, measured=measured), 0.9)
    assert len(plot.rows) == 7
    assert plot.notes[1:] == ("Omitted, without period or radius: 3 candidates.",)


def test_an_empty_list_has_a_diagram() -> None:
    """Without flagged candidates, the planets are drawn."""
    plot = period_radius(scored_signals(), 1.0)
    assert plot.rows == []
    assert len(plot.figure.axes[0].collections) == 1


def test_the_figure_has_the_style_of_the_user() -> None:
    """In a dark style, the background and the hollow markers are dark."""
    with mpl.rc_context({"axes.facecolor": "black", "text.color": "white"}):
        plot = period_radius(scored_signals(), 0.9)
    (axes,) = plot.figure.axes
    assert axes.get_facecolor()[:3] == (0, 0, 0)
    assert axes.collections[2].get_facecolor()[0, :3].tolist() == [0, 0, 0]


def test_a_table_without_radii_has_no_diagram() -> None:
    """The error names the roles that are missing."""
    with pytest.raises(InvalidInputError, match=r"TableRoles\(period="):
        period_radius(replace(scored_signals(), roles=TableRoles()), 0.9)
