"""Data sets that are too large for the repository."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "EXO_NBREGISTRY_SHARED"
_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_file(name: str) -> Path:
    """Return the path of a data set, which may not exist on this machine.

    Parameters
    ----------
    name : str
        The file in the folder that the variable ``EXO_NBREGISTRY_SHARED`` names; without the
        variable, in ``../shared/data`` beside the repository.
    """
    return Path(os.environ.get(VARIABLE) or _BESIDE) / name
