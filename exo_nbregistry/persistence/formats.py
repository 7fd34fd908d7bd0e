"""The formats that a model can be kept in."""

from __future__ import annotations

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Format
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS

FORMATS: dict[str, Format] = {format.name: format for format in (JOBLIB, SKOPS)}
"""Every format by its name in records."""


def get_format(name: str) -> Format:
    """Return the format that a user chose.

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
    if name not in [*FORMATS]:
        raise SerializationError(
            f"{name!r} is no model format: choose one of {', '.join(map(repr, FORMATS))}."
        )
    return FORMATS[name]


def recorded_format(name: str, model: str) -> Format:
    """Return the format that a record names: one that is unknown here is of a newer release.

    Parameters
    ----------
    name : str
        The format.
    model : str
        What the user calls the model, for the error message.

    Raises
    ------
    SerializationError
        If this release does not know it.

    Examples
    --------
    >>> recorded_format("onnx", "rf:1")
    Traceback (most recent call last):
    exo_nbregistry.errors.SerializationError: rf:1 is kept in the format 'onnx', which this \
release does not know: run pip install --upgrade exo-nbregistry.
    """
    if name not in FORMATS:
        raise SerializationError(
            f"{model} is kept in the format {name!r}, which this release does not know: run "
            "pip install --upgrade exo-nbregistry."
        )
    return FORMATS[name]
