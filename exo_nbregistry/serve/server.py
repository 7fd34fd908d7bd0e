"""Run the server: an address, a token, and an end without a broken answer."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable

import uvicorn

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.serve.app import App, Limits
from exo_nbregistry.serve.auth import is_loopback
from exo_nbregistry.serve.live_service import LiveService

_GRACE_S = 30
_BACKLOG = 2048


def run_server(
    live: LiveService, limits: Limits, *, host: str, port: int, say: Callable[[str], object]
) -> None:
    """Serve until the process is told to stop; answers that are under way are finished.

    Parameters
    ----------
    live : LiveService
        What is served.
    limits : Limits
        How much, and to whom.
    host : str
        Address to listen at.
    port : int
        Port; 0 is any that is free.
    say : callable
        Takes what the user should know.

    Raises
    ------
    RegistryError
        If nobody can listen there.
    """
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    with listener:
        say(f"Serving {live.current.version} at http://{shown}:{listener.getsockname()[1]}")
        # uvicorn has ended well by then, and passes on what ended it.
        with contextlib.suppress(KeyboardInterrupt):
            build_server(App(live, limits)).run(sockets=[listener])


def build_server(app: App) -> uvicorn.Server:
    """Return the server of an application, which listens nowhere yet."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    RegistryError
        If the address is not this machine's, or taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is said in so many words: asyncio sends small packets at once only on sockets
    # that know to be TCP, and without it each answer would wait 40 ms for the client's system.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise RegistryError(
            f"Cannot listen at {host}, port {port} ({error}): give another --host or --port."
        ) from error
    return listener


def choose_token(host: str, token: str | None, *, wanted: bool | None) -> tuple[str | None, bool]:
    """Return the token that a server asks for, and whether it was made up here.

    Parameters
    ----------
    host : str
        Address to listen at.
    token : str or None
        The user's own.
    wanted : bool or None
        Whether there shall be one; by default on anything that other machines can reach.

    Returns
    -------
    token : str or None
        None asks for nothing.
    new : bool
        Whether the user has to be told it.

    Examples
    --------
    >>> choose_token("127.0.0.1", None, wanted=None)
    (None, False)
    >>> choose_token("0.0.0.0", "secret", wanted=None)
    ('secret', False)
    """
    if token is not None and wanted is not False:
        return token, False
    if wanted is False or (wanted is None and is_loopback(host)):
        return None, False
    return secrets.token_urlsafe(32), True
