"""The entry points of the restricted loader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from exo_nbregistry.restricted.rejection import Rejection


def load_restricted(source: BinaryIO, *, trust: Sequence[str] = ()) -> Any:
    """Load a joblib or pickle stream without running code of its author.

    Raises
    ------
    Rejection
        If the stream contains anything that is not allowed.
    """
    raise Rejection("The restricted loader is not available.", trust)


def unknown_names(source: BinaryIO) -> tuple[str, ...]:
    """Return the names in a stream that are not allowed, without importing anything.

    Raises
    ------
    Rejection
        If the stream cannot be read.
    """
    raise Rejection("The restricted loader is not available.")
