"""Columns that are known to leak the label, and the error that rejects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.names import name_list

ALLOWED_LEAKAGE = "allowed_leakage"
"""Key of ``training_info`` for the columns that leak the label and were allowed."""


class LeakageError(RegistryError, ValueError):
    """A feature leaks the label.

    Attributes
    ----------
    columns : tuple of str
        The leaking columns.
    """

    def __init__(self, message: str, *, columns: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


def reject_leaks(
    columns: Iterable[str],
    leaks: Mapping[str, str],
    *,
    allow_leakage: str | Iterable[str] = (),
) -> list[str]:
    """Return the allowed leaks among the columns, or raise LeakageError for others.

    Parameters
    ----------
    columns : iterable of str
        Names of the feature columns.
    leaks : mapping of str to str
        Columns that leak the label, with the reason.
    allow_leakage : str or iterable of str, default=()
        Leaking columns to allow.

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
    >>> leaks = {"outcome": "it is the label itself"}
    >>> reject_leaks(["age", "outcome"], leaks, allow_leakage="outcome")
    ['outcome']
    >>> reject_leaks(["age", "outcome"], leaks)
    Traceback (most recent call last):
    ...
    exo_nbregistry.training.leakage.LeakageError: 'outcome' leaks the label: it is the label \
itself. Omit it, or pass allow_leakage=['outcome'] to show its effect.
    """
    allowed = as_names(allow_leakage)
    present = [name for name in as_names(columns) if name in leaks]
    leaking = [name for name in present if name not in allowed]
    if leaking:
        reasons = (f"{name!r} leaks the label: {leaks[name]}" for name in leaking)
        found = name_list(reasons, separator="; ", width=300)
        pronoun = "it" if len(leaking) == 1 else "them"
        owner = "its" if len(leaking) == 1 else "their"
        raise LeakageError(
            f"{found}. Omit {pronoun}, or pass allow_leakage={leaking!r} to show {owner} effect.",
            columns=leaking,
        )
    return present


def as_names(names: str | Iterable[str]) -> list[str]:
    """Return one or several names as a list without duplicates.

    Examples
    --------
    >>> as_names("koi_score")
    ['koi_score']
    """
    return list(dict.fromkeys([names] if isinstance(names, str) else names))
