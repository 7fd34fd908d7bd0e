"""The columns of a table of transit signals, and the meaning of its labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    import pandas as pd

_VALUES = ("planet", "false_positive", "candidate")


class Masks(NamedTuple):
    """Whether each row of a table is a candidate, a planet or a false positive."""

    candidate: NDArray[np.bool_]
    planet: NDArray[np.bool_]
    false_positive: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class TableRoles:
    """Names of the columns of a table of transit signals, and the values of its label.

    Parameters
    ----------
    label : str, optional
        Column of the dispositions. Without it, each row counts as a candidate.
    planet, false_positive : value or iterable of values
        Labels of planets and of false positives. `planet` is required with `label`.
    candidate : value or iterable of values, optional
        Labels of candidates. The default is rows without a label.
    identifier : str, optional
        Column that names each signal. The default is the index of the table.
    star : str, optional
        Column that names the star of each signal.
    period, radius, depth, impact : str, optional
        Columns of the period in days, the planet's radius in Earth radii, the depth in ppm and
        the impact parameter. They are displayed and checked for plausibility.
    ra, dec, magnitude : str, optional
        Columns of the star's position in degrees and of its magnitude, for export.

    Raises
    ------
    InvalidInputError
        If `planet` is missing, or a value has two meanings.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"Klasse": ["Planet", "Fehlalarm", None]})
    >>> roles = TableRoles(label="Klasse", planet="Planet", false_positive="Fehlalarm")
    >>> roles.masks(table).candidate.tolist()
    [False, False, True]
    """

    label: str | None = None
    planet: Any = ()
    false_positive: Any = ()
    candidate: Any = ()
    identifier: str | None = None
    star: str | None = None
    period: str | None = None
    radius: str | None = None
    depth: str | None = None
    impact: str | None = None
    ra: str | None = None
    dec: str | None = None
    magnitude: str | None = None

    def __post_init__(self) -> None:
        """Store each kind of label as a tuple."""
        for name in _VALUES:
            object.__setattr__(self, name, _as_values(getattr(self, name)))
        if self.label is not None and not self.planet:
            raise InvalidInputError(
                f"planet= is required with label={self.label!r}; pass the value of this column "
                "for a planet."
            )
        every = [*self.planet, *self.false_positive, *self.candidate]
        if twice := [value for value in dict.fromkeys(every) if every.count(value) > 1]:
            raise InvalidInputError(
                f"The label {twice[0]!r} has two meanings; planet=, false_positive= and candidate= "
                "must not overlap."
            )

    def columns(self) -> dict[str, str]:
        """Return the columns that have a role, by role."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            role: column
            for role, column in named.items()
            if role not in _VALUES and column is not None
        }

    def check(self, frame: pd.DataFrame) -> None:
        """Check that a table has the columns and the labels.

        Parameters
        ----------
        frame : DataFrame
            The table.

        Raises
        ------
        NotFoundError
            If a column does not exist, or a label does not occur although others without a
            meaning do; the message suggests close names.
        """
        for role, column in self.columns().items():
            if column not in frame and column != frame.index.name:
                raise NotFoundError(
                    f"The table has no column {column!r}, which is passed as {role}=.",
                    name=str(column),
                    known=map(str, frame.columns),
                )
        if self.label is None:
            return
        found = frame[self.label].dropna().unique().tolist()
        meant = {*self.planet, *self.false_positive, *self.candidate}
        others = [value for value in found if value not in meant]
        for role in _VALUES:
            for value in getattr(self, role):
                if value not in found and others:
                    raise NotFoundError(
                        f"Column {self.label!r} has no value {value!r}, which is passed as "
                        f"{role}=; it has {name_list(found, quoted=True)}.",
                        name=str(value),
                        known=map(str, others),
                    )

    def masks(self, frame: pd.DataFrame) -> Masks:
        """Return which rows are candidates, planets and false positives."""
        if self.label is None:
            none = np.zeros(len(frame), bool)
            return Masks(~none, none, none.copy())
        label = frame[self.label]
        planet, false_positive = (
            label.isin(values).to_numpy(bool) for values in (self.planet, self.false_positive)
        )
        candidate = label.isin(self.candidate) if self.candidate else label.isna()
        return Masks(candidate.to_numpy(bool), planet, false_positive)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table indexed by the identifier, as text."""
        if self.identifier is None or self.identifier not in frame:
            return frame
        named = frame.set_index(self.identifier)
        return named.set_axis(named.index.map(str).rename(self.identifier), axis="index")

    def position(self) -> list[str]:
        """Return the columns of the star, its position and its magnitude, for export."""
        named = self.columns()
        return [named[role] for role in ("star", "ra", "dec", "magnitude") if role in named]

    def leaks(self) -> dict[str, str]:
        """Return the columns that a model must not use, with the reasons."""
        reasons = {
            "label": "it is the label itself",
            "identifier": "it names the signal",
            "star": "it names the star",
        }
        named = self.columns()
        return {named[role]: reason for role, reason in reasons.items() if role in named}

    def measured(self) -> dict[str, str]:
        """Return the columns of physical quantities, by role."""
        return {
            role: column
            for role, column in self.columns().items()
            if role in ("period", "radius", "depth", "impact", "magnitude")
        }

    def within(self, frame: pd.DataFrame) -> TableRoles:
        """Return the roles whose columns a table has."""
        there = {*frame.columns, frame.index.name}
        lacks = [role for role, column in self.columns().items() if column not in there]
        return replace(self, **dict.fromkeys(lacks))


def _as_values(values: Any) -> tuple[Any, ...]:
    if values is None:
        return ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        return (values,)
    return tuple(values)


KEPLER = TableRoles(
    label="koi_disposition",
    planet="CONFIRMED",
    false_positive="FALSE POSITIVE",
    candidate="CANDIDATE",
    identifier="kepoi_name",
    star="kepid",
    period="koi_period",
    radius="koi_prad",
    depth="koi_depth",
    impact="koi_impact",
    ra="ra",
    dec="dec",
    magnitude="koi_kepmag",
)
"""Roles of the Kepler tables of the NASA Exoplanet Archive."""

TESS = TableRoles(
    label="tfopwg_disp",
    planet=("CP", "KP"),
    false_positive=("FP", "FA"),
    candidate=("PC", "APC"),
    identifier="toi",
    star="tid",
    period="pl_orbper",
    radius="pl_rade",
    depth="pl_trandep",
    ra="ra",
    dec="dec",
    magnitude="st_tmag",
)
"""Roles of the archive's table of TESS Objects of Interest."""


def roles_of(table: Any, roles: TableRoles | None = None) -> TableRoles:
    """Return the roles of a table: those passed, those of a Bunch, or those of the archive.

    Parameters
    ----------
    table : Bunch or DataFrame
        The table.
    roles : TableRoles, optional
        Roles that the user passed.

    Returns
    -------
    TableRoles
        Every column of the result exists in the table.

    Raises
    ------
    NotFoundError
        If the table lacks a column or a label of `roles`.

    Examples
    --------
    >>> import pandas as pd
    >>> roles_of(pd.DataFrame({"toi": [101.01], "tfopwg_disp": ["PC"]})).planet
    ('CP', 'KP')
    """
    frame = getattr(table, "frame", table)
    if roles is not None:
        roles.check(frame)
        return roles
    given = getattr(table, "roles", None)
    if isinstance(given, TableRoles):
        return given.within(frame)
    found = [known.within(frame) for known in (KEPLER, TESS)]
    return max(found, key=lambda known: (known.label is not None, len(known.columns())))
