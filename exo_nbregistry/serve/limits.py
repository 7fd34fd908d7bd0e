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
    max_connections : int
        Largest number of open connections; further ones are answered with 503.
    max_header_bytes : int
        Largest head of a request.
    header_timeout_s : float
        Time for the head of a request, in seconds.
    body_timeout_s : float
        Time for the body of a request, and for a client that does not read its answer, in seconds.
    keep_alive_s : float
        Time for which a connection without a request stays open, in seconds.
    poll_s : float
        How often the reference is resolved again, in seconds.
    """

    token: str | None = None
    local_names_only: bool = False
    max_bytes: int = 4 << 20
    max_rows: int = 10_000
    max_connections: int = 256
    max_header_bytes: int = 16 << 10
    header_timeout_s: float = 10.0
    body_timeout_s: float = 30.0
    keep_alive_s: float = 5.0
    poll_s: float = 1.0
