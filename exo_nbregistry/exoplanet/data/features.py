"""Feature sets of the Kepler table, and the check for columns that leak the label.

A column leaks the label if it was derived from the label or from the same verdict. A model that
uses such a column scores well on any test set and is useless for candidates, which do not have a
verdict yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.training import as_names, reject_leaks

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
    "it is the label itself": ("koi_disposition", "tfopwg_disp"),
    "it is Kepler's own verdict, from which the label was derived": ("koi_pdisposition",),
    "only confirmed planets have a name": ("kepler_name",),
    "it is the score of the vetter that assigned the label": ("koi_score",),
    "it is a verdict of the vetter that assigned the label": (
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
    "it numbers the rows in the order of discovery and vetting": (
        "rowid",
        "kepid",
        "kepoi_name",
        "toi",
        "tid",
    ),
    "multiple signals of one star were confirmed because there are several": (
        "koi_count",
        "koi_tce_plnt_num",
    ),
    "it is catalog metadata that differs between confirmed and rejected signals": (
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
    "stars of promising signals were remeasured after labeling, so their errors are small": (
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
"""Every column of the archive's KOI and TESS tables that leaks the label, with the reason."""


def refuse_leaks(
    columns: Iterable[str],
    *,
    allow_leakage: str | Iterable[str] = (),
    others: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Raise LeakageError if a column leaks the label and `allow_leakage` does not name it.

    Parameters
    ----------
    columns : iterable of str
        Names of the feature columns.
    allow_leakage : str or iterable of str, default=()
        Leaking columns to allow.
    others : mapping of str to str, optional
        Columns of another table that leak the label, with the reason.

    Returns
    -------
    list of str
        The columns that leak and are allowed.

    Raises
    ------
    LeakageError
        If columns leak the label; the error gives the reason for each.

    Examples
    --------
    >>> refuse_leaks(["koi_period", "koi_depth"])
    []
    >>> refuse_leaks(["koi_period", "koi_score"])
    Traceback (most recent call last):
    ...
    exo_nbregistry.training.leakage.LeakageError: 'koi_score' leaks the label: it is the \
score of the vetter that assigned the label. Omit it, or pass allow_leakage=['koi_score'] to show \
its effect.
    """
    return reject_leaks(columns, {**others, **LEAKS}, allow_leakage=allow_leakage)


def resolve_features(
    features: str | Iterable[str],
    *,
    available: Collection[str],
    allow_leakage: str | Iterable[str] = (),
) -> list[str]:
    """Return the columns of a feature set, or check a list of column names.

    Parameters
    ----------
    features : str or iterable of str
        A key of ``FEATURE_SETS``, or column names.
    available : collection of str
        The columns of the table.
    allow_leakage : str or iterable of str, default=()
        Leaking columns to allow.

    Returns
    -------
    list of str
        The columns in the given order, without duplicates.

    Raises
    ------
    NotFoundError
        If the feature set or a column does not exist.
    InvalidInputError
        If `features` is empty.
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
                f"Feature set {features!r} does not exist.", name=features, known=FEATURE_SETS
            )
        features = FEATURE_SETS[features]
    columns = as_names(features)
    if not columns:
        raise InvalidInputError("features is empty; pass a feature set or column names.")
    refuse_leaks(columns, allow_leakage=allow_leakage)
    for name in [*columns, *as_names(allow_leakage)]:
        if name not in available:
            raise NotFoundError(f"Column {name!r} does not exist.", name=name, known=available)
    return columns
