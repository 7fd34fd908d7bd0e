"""Physical quantities of a transit."""

from __future__ import annotations

import math

import pytest

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.transit_physics import (
    PHYSICS,
    format_value,
    ideal_depth_ppm,
    quantities,
    radius_ratio,
    table,
)


def test_every_quantity_has_a_description_and_a_unit() -> None:
    """Descriptions and units are the archive's, without abbreviations."""
    known = quantities()
    assert {name: known[name].unit for name in PHYSICS} == {
        "koi_period": "days",
        "koi_depth": "ppm",
        "koi_duration": "hours",
        "koi_impact": "",
        "koi_model_snr": "",
        "koi_prad": "Earth radii",
        "koi_ror": "",
        "koi_insol": "Earth flux",
        "koi_teq": "K",
        "koi_steff": "K",
        "koi_srad": "solar radii",
        "koi_slogg": "log10(cm/s**2)",
        "koi_kepmag": "mag",
    }
    assert all(known[name].description for name in PHYSICS)


def test_the_ratio_of_radii_is_the_fitted_one() -> None:
    """In the whole table the ratio of both radii agrees with the archive's fitted ratio."""
    frame = load_koi("diagnostic38").frame[["koi_prad", "koi_srad", "koi_ror"]].dropna()
    ratio = [radius_ratio(dict(row)) for _, row in frame.iterrows()]
    off = abs(ratio - frame["koi_ror"]) / frame["koi_ror"]
    assert off.median() < 0.01


def test_jupiter_covers_one_percent_of_the_sun() -> None:
    """A planet of 11.2 Earth radii dims the Sun by about 1 %."""
    assert ideal_depth_ppm({"koi_prad": 11.2, "koi_srad": 1.0}) == pytest.approx(10_500, rel=0.01)


@pytest.mark.parametrize("values", [{}, {"koi_prad": 1.0}, {"koi_prad": 1.0, "koi_srad": 0.0}])
def test_without_both_radii_there_is_no_ratio(values: dict[str, float]) -> None:
    """A missing radius, or a radius of zero, gives NaN."""
    assert math.isnan(radius_ratio(values))


def test_a_value_is_shown_with_its_uncertainties() -> None:
    """Both uncertainties are shown, or neither if one is missing."""
    row = {"koi_period": 21.06, "koi_period_err1": 1.2e-5, "koi_period_err2": -2e-5}
    assert format_value("koi_period", row) == "21.06 (+1.2e-05, -2e-05)"
    assert format_value("koi_period", row | {"koi_period_err2": -1.2e-5}) == "21.06 ± 1.2e-05"
    assert format_value("koi_period", {"koi_period": 21.06, "koi_period_err1": 1.0}) == "21.06"
    assert format_value("koi_period", {"koi_period": math.nan}) == "-"


def test_signals_are_shown_side_by_side() -> None:
    """The known quantities come first, then other columns, then derived values."""
    columns = ["mine", "koi_srad", "koi_period", "koi_prad", "koi_period_err1"]
    one = {"koi_period": 10.0, "koi_prad": 1.0, "koi_srad": 1.0, "mine": 3.0}
    rows = table(columns, one, {"koi_period": 20.0})
    assert [row[-1] for row in rows] == [
        "koi_period",
        "koi_prad",
        "koi_srad",
        "mine",
        "koi_prad / koi_srad",
        "(koi_prad / koi_srad)²",
    ]
    assert rows[0] == ["Orbital Period", "10.00", "20.00", "days", "koi_period"]
    assert rows[3] == ["mine", "3.0000", "-", "", "mine"]
    assert rows[5][1:4] == ["84.05", "-", "ppm"]
    assert table(["koi_period"], {"koi_period": 1.0})[-1][-1] == "koi_period"
