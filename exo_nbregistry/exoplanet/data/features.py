"""Feature sets of the Kepler table by name, and the guard against columns that leak the label.

A column leaks when it was written by whoever wrote the label, or because of the label. A model
that sees one scores well on any test split and is of no use for a candidate, whose column says
"candidate" by construction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from exo_nbregistry.errors import NotFoundError, RegistryError

FIVE = ("koi_period", "koi_duration", "koi_depth", "koi_prad", "koi_teq")
CORE12 = (
    *FIVE,
    "koi_impact",
    "koi_insol",
    "koi_model_snr",
    "koi_steff",
    "koi_slogg",
    "koi_srad",
    "koi_kepmag",
)
HONEST22 = CORE12 + tuple(
    f"koi_{quantity}_err{side}"
    for quantity in ("period", "time0bk", "impact", "duration", "depth")
    for side in (1, 2)
)
DIAGNOSTIC16 = (
    "koi_ror",
    "koi_srho",
    "koi_dor",
    "koi_max_sngle_ev",
    "koi_max_mult_ev",
    "koi_num_transits",
    "koi_bin_oedp_sig",
    "koi_fwm_stat_sig",
    "koi_fwm_srao",
    "koi_fwm_sdeco",
    "koi_fwm_prao",
    "koi_fwm_pdeco",
    "koi_dicco_msky",
    "koi_dicco_msky_err",
    "koi_dikco_msky",
    "koi_dikco_msky_err",
)

FEATURE_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "five": FIVE,
        "core12": CORE12,
        "honest22": HONEST22,
        "diagnostic38": HONEST22 + DIAGNOSTIC16,
    }
)

_REASONS = {
    "it is the label itself": ("koi_disposition",),
    "it is Kepler's own verdict, from which the label was made": ("koi_pdisposition",),
    "only confirmed planets have a name": ("kepler_name",),
    "it is the score of the vetter that wrote the label": ("koi_score",),
    "it is a verdict of the vetter that wrote the label": (
        "koi_fpflag_nt",
        "koi_fpflag_ss",
        "koi_fpflag_co",
        "koi_fpflag_ec",
    ),
    "it records how the label was decided": (
        "koi_comment",
        "koi_vet_stat",
        "koi_vet_date",
        "koi_disp_prov",
    ),
    "it numbers rows in the order in which they were found and vetted": (
        "rowid",
        "kepid",
        "kepoi_name",
    ),
    "several signals on one star were confirmed because they are several": (
        "koi_count",
        "koi_tce_plnt_num",
    ),
    "it is catalogue bookkeeping that differs between confirmed and rejected signals": (
        "koi_tce_delivname",
        "koi_parm_prov",
        "koi_sparprov",
        "koi_fittype",
        "koi_trans_mod",
        "koi_limbdark_mod",
        "koi_datalink_dvr",
        "koi_datalink_dvs",
        "koi_quarters",
    ),
    "stars of promising signals were measured again after the label, so their errors are small": (
        *(
            f"koi_{quantity}_err{side}"
            for quantity in ("steff", "slogg", "srad", "prad", "insol")
            for side in (1, 2)
        ),
    ),
}

LEAKS: Mapping[str, str] = MappingProxyType(
    {column: reason for reason, columns in _REASONS.items() for column in columns}
)
"""Every column of the archive's KOI tables that leaks the label, with the reason."""


class LeakageError(RegistryError, ValueError):
    """A feature was asked for that leaks the label.

    Attributes
    ----------
    columns : tuple of str
        The leaking columns, each a key of ``LEAKS``.
    """

    def __init__(self, message: str, *, columns: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


def refuse_leaks(columns: Iterable[str], *, allow_leakage: str | Iterable[str] = ()) -> None:
    """Raise if any column leaks the label and was not allowed by name.

    Parameters
    ----------
    columns : iterable of str
        Names of the feature columns.
    allow_leakage : str or iterable of str, default=()
        Leaking columns to let pass.

    Raises
    ------
    LeakageError
        With every leaking column and its reason.

    Examples
    --------
    >>> refuse_leaks(["koi_period", "koi_depth"])
    >>> refuse_leaks(["koi_period", "koi_score"])
    Traceback (most recent call last):
    ...
    exo_nbregistry.exoplanet.data.features.LeakageError: 'koi_score' leaks the label: it is the \
score of the vetter that wrote the label. Leave it out, or pass allow_leakage=['koi_score'] to \
show what it does.
    """
    allowed = as_names(allow_leakage)
    leaking = [name for name in as_names(columns) if name in LEAKS and name not in allowed]
    if leaking:
        found = "; ".join(f"{name!r} leaks the label: {LEAKS[name]}" for name in leaking)
        pronoun = "it" if len(leaking) == 1 else "them"
        does = "it does" if len(leaking) == 1 else "they do"
        raise LeakageError(
            f"{found}. Leave {pronoun} out, or pass allow_leakage={leaking!r} to show what {does}.",
            columns=leaking,
        )


def resolve_features(
    features: str | Iterable[str],
    *,
    available: Collection[str],
    allow_leakage: str | Iterable[str] = (),
) -> list[str]:
    """Return the columns that a set's name or a list of names stands for.

    Parameters
    ----------
    features : str or iterable of str
        A key of ``FEATURE_SETS``, or column names.
    available : collection of str
        The columns of the table.
    allow_leakage : str or iterable of str, default=()
        Leaking columns to let pass.

    Returns
    -------
    list of str
        Each column once, in the order asked for.

    Raises
    ------
    NotFoundError
        If there is no such set or column.
    LeakageError
        If a column leaks the label and is not in `allow_leakage`.

    Examples
    --------
    >>> resolve_features("five", available=FIVE)
    ['koi_period', 'koi_duration', 'koi_depth', 'koi_prad', 'koi_teq']
    """
    if isinstance(features, str):
        if features not in FEATURE_SETS:
            raise NotFoundError(
                f"There is no feature set {features!r}.", name=features, known=FEATURE_SETS
            )
        features = FEATURE_SETS[features]
    columns = as_names(features)
    if not columns:
        raise ValueError("No feature was named: pass the name of a feature set or column names.")
    refuse_leaks(columns, allow_leakage=allow_leakage)
    for name in [*columns, *as_names(allow_leakage)]:
        if name not in available:
            raise NotFoundError(f"The table has no column {name!r}.", name=name, known=available)
    return columns


def as_names(names: str | Iterable[str]) -> list[str]:
    """Return one name or several as a list without repeats.

    Examples
    --------
    >>> as_names("koi_score")
    ['koi_score']
    """
    return list(dict.fromkeys([names] if isinstance(names, str) else names))
