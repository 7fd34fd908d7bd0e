"""Physical quantities of a transit, in the units of the archive."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import NamedTuple

from exo_nbregistry.exoplanet.data.koi import embedded_manifest
from exo_nbregistry.text.markup import MISSING, number

# The display order: the transit, the planet, the star.
PHYSICS = (
    "koi_period",
    "koi_depth",
    "koi_duration",
    "koi_impact",
    "koi_model_snr",
    "koi_prad",
    "koi_ror",
    "koi_insol",
    "koi_teq",
    "koi_steff",
    "koi_srad",
    "koi_slogg",
    "koi_kepmag",
)
_UNITS = {"hrs": "hours", "Solar radii": "solar radii"}

# Source: IAU 2015 Resolution B3, the nominal equatorial radius of the Earth and of the Sun.
_EARTH_RADIUS_KM = 6378.1
_SUN_RADIUS_KM = 695_700.0


class Quantity(NamedTuple):
    """The quantity in a column.

    Attributes
    ----------
    description, unit : str
        As in the archive's documentation; the unit of a pure number is empty.
    """

    description: str
    unit: str


@functools.cache
def quantities() -> Mapping[str, Quantity]:
    """Return the quantity in each column of the embedded table.

    Examples
    --------
    >>> quantities()["koi_duration"]
    Quantity(description='Transit Duration', unit='hours')
    """
    return {
        column["name"]: Quantity(column["description"], _UNITS.get(column["unit"], column["unit"]))
        for column in embedded_manifest()["columns"]
    }


def radius_ratio(values: Mapping[str, float]) -> float:
    """Return the ratio of the planet's and the star's radius; NaN if one is missing.

    Parameters
    ----------
    values : mapping of str to float
        ``koi_prad`` in Earth radii and ``koi_srad`` in solar radii.

    Examples
    --------
    >>> round(radius_ratio({"koi_prad": 11.2, "koi_srad": 1.0}), 4)
    0.1027
    """
    planet, star = values.get("koi_prad", math.nan), values.get("koi_srad", math.nan)
    return planet * _EARTH_RADIUS_KM / (star * _SUN_RADIUS_KM) if star else math.nan


def ideal_depth_ppm(values: Mapping[str, float]) -> float:
    """Return the transit depth that follows from both radii, in ppm.

    Parameters
    ----------
    values : mapping of str to float
        As for `radius_ratio`.

    Notes
    -----
    The depth is the fraction of the star's disk that the planet covers. It assumes a uniformly
    bright star without other light in its pixels.
    Source: Mandel & Agol 2002, ApJ 580, L171, for a planet within the star's disk.

    Examples
    --------
    >>> round(ideal_depth_ppm({"koi_prad": 1.0, "koi_srad": 1.0}))
    84
    """
    return radius_ratio(values) ** 2 * 1e6


def format_value(column: str, values: Mapping[str, float]) -> str:
    """Format a measured value with its uncertainties, if the table has them.

    Parameters
    ----------
    column : str
        Name of the column.
    values : mapping of str to float
        The row.

    Examples
    --------
    >>> format_value(
    ...     "koi_depth", {"koi_depth": 84.0, "koi_depth_err1": 4.0, "koi_depth_err2": -5.0}
    ... )
    '84.00 (+4, -5)'
    >>> format_value("koi_depth", {})
    '-'
    """
    value = values.get(column, math.nan)
    if math.isnan(value):
        return MISSING
    up, down = (values.get(f"{column}_err{side}", math.nan) for side in (1, 2))
    if math.isnan(up) or math.isnan(down):
        return number(value)
    return number(value) + (f" ± {up:.2g}" if up == -down else f" ({up:+.2g}, {down:+.2g})")


def table(columns: list[str], *rows: Mapping[str, float]) -> list[list[str]]:
    """Return the quantities of one or more signals, side by side.

    Parameters
    ----------
    columns : list of str
        Columns to include; those in `PHYSICS` come first, in its order.
    *rows : mapping of str to float
        The signals.

    Returns
    -------
    list of list of str
        Description, a value per signal, unit, and the column or the formula.
    """
    known = quantities()
    ordered = [name for name in PHYSICS if name in columns]
    ordered += [
        name for name in columns if name not in PHYSICS and not name.endswith(("_err1", "_err2"))
    ]
    lines = [
        [description, *(format_value(name, row) for row in rows), unit, name]
        for name in ordered
        for description, unit in [known.get(name, Quantity(name, ""))]
    ]
    for description, derive, unit, formula in (
        ("Radius ratio of planet and star", radius_ratio, "", "koi_prad / koi_srad"),
        ("Depth expected from both radii", ideal_depth_ppm, "ppm", "(koi_prad / koi_srad)²"),
    ):
        values = [derive(row) for row in rows]
        if not all(map(math.isnan, values)):
            cells = [MISSING if math.isnan(value) else number(value) for value in values]
            lines.append([description, *cells, unit, formula])
    return lines
