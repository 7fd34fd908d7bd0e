"""The formats that a model can be kept in."""

from __future__ import annotations

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Format
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS

FORMATS: dict[str, Format] = {format.name: format for format in (JOBLIB, SKOPS)}
"""Every format by its name in records."""


def get_format(name: str) -> Format:
    """Return a format by its name.

    Parameters
    ----------
    name : str
        Such as ``joblib``.

    Raises
    ------
    SerializationError
        If there is no such format.

    Examples
    --------
    >>> get_format("joblib").extension
    'joblib'
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise SerializationError(
            f"{name!r} is no model format of this release: it knows {', '.join(FORMATS)}. "
            "Install a newer exo-nbregistry if the model was made by one."
        ) from None
