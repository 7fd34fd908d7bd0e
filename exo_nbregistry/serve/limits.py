"""Limits of the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of the server.

    Attributes
    ----------
    token : str or None
        Token that clients must send; None requires no token.
    local_names_only : bool
        Whether the ``Host`` header must be a loopback name.
    max_bytes : int
        Largest body.
    max_rows : int
        Longest batch.
    poll_s : float
        How often the reference is resolved again, in seconds.
    """

    token: str | None = None
    local_names_only: bool = False
    max_bytes: int = 4 << 20
    max_rows: int = 10_000
    poll_s: float = 1.0
