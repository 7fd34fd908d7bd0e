"""Versions of the pickled state of the classes of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exo_nbregistry.errors import FormatVersionError


def check_state(state: Mapping[str, Any], supported: int, name: str) -> None:
    """Raise FormatVersionError if a newer release saved an object in another form.

    Parameters
    ----------
    state : mapping
        The state, with its version under ``state``.
    supported : int
        Newest version that this release reads.
    name : str
        Name of the class.

    Examples
    --------
    >>> check_state({"state": 2}, 1, "Bundle")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.FormatVersionError: The Bundle was saved by a newer release of \
exo-nbregistry; run pip install --upgrade exo-nbregistry.
    """
    found = state.get("state")
    if not isinstance(found, int) or found > supported:
        raise FormatVersionError(
            f"The {name} was saved by a newer release of exo-nbregistry; run "
            "pip install --upgrade exo-nbregistry.",
            found=found,
            supported=supported,
        )
