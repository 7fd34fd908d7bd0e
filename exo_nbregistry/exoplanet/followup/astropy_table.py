"""A follow-up list as a table of astropy with units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.exoplanet.data.transit_physics import quantities
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates

if TYPE_CHECKING:
    import pandas as pd

# A file cannot name ppm, which is not a standard unit of astropy.
_PPM = "1e-06"
# Units of the archive's documentation, in the notation of astropy. A unit that is missing here,
# such as the logarithm of a gravity, stays in the description.
_UNITS = {
    "ppm": _PPM,
    "days": "day",
    "BKJD": "day",
    "hours": "hour",
    "Earth radii": "earthRad",
    "solar radii": "solRad",
    "K": "K",
    "mag": "mag",
    "arcsec": "arcsec",
    "percent": "percent",
    "g/cm**3": "g / cm3",
    "decimal degrees": "deg",
}
_OF_ROLES = {
    "period": "day",
    "radius": "earthRad",
    "depth": _PPM,
    "ra": "deg",
    "dec": "deg",
    "magnitude": "mag",
}
_META = ("model_version", "snapshot", "caveat")


def to_table(scored: ScoredCandidates, threshold: float) -> Any:
    """Return flagged candidates and their measured values as a QTable.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Minimum probability of a flagged candidate.

    Returns
    -------
    astropy.table.QTable
        A row per candidate, with units. Model, snapshot and caveat are in ``meta``.

    Raises
    ------
    RegistryError
        If astropy is not installed.
    """
    try:
        from astropy.table import QTable
    except ImportError:
        raise RegistryError("to_table() requires astropy; run pip install astropy.") from None
    is_flagged = (scored.rows[scored.decisive] >= threshold).to_numpy(bool)
    rows, measured = scored.rows[is_flagged], scored.measured[is_flagged]
    frame = rows.drop(columns=list(_META)).assign(
        **{str(name): column for name, column in measured.items() if name not in rows}
    )
    name = str(frame.index.name or "signal")
    table = QTable()
    table[name] = [str(signal) for signal in frame.index]
    units, known = _units(scored.roles), quantities()
    for column in frame:
        table[column] = _quantity(frame[column], units.get(str(column)))
        if column in known:
            description, unit = known[str(column)]
            table[column].info.description = f"{description} [{unit}]" if unit else description
    table.meta.update(model_version=scored.version, snapshot=scored.snapshot, caveat=CAVEAT)
    return table


def _quantity(column: pd.Series[Any], unit: str | None) -> Any:
    from astropy import units

    if column.dtype.kind not in "biuf":
        return ["" if value is None or value != value else str(value) for value in column]
    if unit is None:
        return column.to_numpy()
    return column.to_numpy(dtype=float) * units.Unit(unit)


def _units(roles: TableRoles) -> Mapping[str, str]:
    """Return the unit of each column that has one, by column."""
    named = {
        column: _UNITS[quantity.unit]
        for column, quantity in quantities().items()
        if quantity.unit in _UNITS
    }
    own = {column: _OF_ROLES[role] for role, column in roles.columns().items() if role in _OF_ROLES}
    return {**named, **own}
