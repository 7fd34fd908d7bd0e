"""The formats of stored models."""

from __future__ import annotations

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Format
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS

FORMATS: dict[str, Format] = {format.name: format for format in (JOBLIB, SKOPS)}
"""All formats by their name in records."""


def get_format(name: str) -> Format:
    """Return a format that a user chose.

    Parameters
    ----------
    name : str
        Name of the format, such as ``joblib``.

    Raises
    ------
    SerializationError
        If the format is unknown.

    Examples
    --------
    >>> get_format("joblib").extension
    'joblib'
    """
    if name not in [*FORMATS]:
        raise SerializationError(
            f"Unknown model format {name!r}; choose {' or '.join(map(repr, FORMATS))}."
        )
    return FORMATS[name]


def recorded_format(name: str, model: str) -> Format:
    """Return the format that a record names.

    Parameters
    ----------
    name : str
        Name of the format.
    model : str
        Name of the model, for the error message.

    Raises
    ------
    SerializationError
        If the format is unknown, which means that a newer release wrote the record.

    Examples
    --------
    >>> recorded_format("onnx", "rf:1")
    Traceback (most recent call last):
    exo_nbregistry.errors.SerializationError: rf:1 has the format 'onnx', which this release \
does not support; run pip install --upgrade exo-nbregistry.
    """
    if name not in FORMATS:
        raise SerializationError(
            f"{model} has the format {name!r}, which this release does not support; run "
            "pip install --upgrade exo-nbregistry."
        )
    return FORMATS[name]
