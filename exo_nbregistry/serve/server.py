"""Run the server: its address, its token and its graceful shutdown."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable

import uvicorn

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.serve.app import App
from exo_nbregistry.serve.auth import is_loopback
from exo_nbregistry.serve.limits import Limits
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.protocol import limited_protocol

_GRACE_S = 30
_BACKLOG = 2048


def run_server(
    live: LiveService, limits: Limits, *, host: str, port: int, echo: Callable[[str], object]
) -> None:
    """Serve until the process is stopped; requests in progress are completed.

    Parameters
    ----------
    live : LiveService
        The followed reference.
    limits : Limits
        Limits of requests.
    host : str
        Address to listen on.
    port : int
        Port; 0 selects a free one.
    echo : callable
        Prints a line for the user.

    Raises
    ------
    RegistryError
        If the address cannot be listened on.
    """
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    with listener:
        echo(f"Serving {live.current.version} at http://{shown}:{listener.getsockname()[1]}")
        # uvicorn has shut down by then, and raises the interrupt again.
        with contextlib.suppress(KeyboardInterrupt):
            build_server(App(live, limits)).run(sockets=[listener])


def build_server(app: App) -> uvicorn.Server:
    """Return the server of an application; it does not listen yet."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        http=limited_protocol(app.limits),
        h11_max_incomplete_event_size=app.limits.max_header_bytes,
        # uvicorn passes the time on to asyncio, which accepts parts of a second.
        timeout_keep_alive=app.limits.keep_alive_s,  # type: ignore[arg-type]
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises
    ------
    RegistryError
        If the address is not on this machine, or the port is in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only on sockets with an explicit TCP protocol; without
    # it each answer waits 40 ms for the client's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise RegistryError(
            f"Cannot listen on {host}, port {port}: {error}. Pass another --host or --port."
        ) from error
    return listener


def choose_token(host: str, token: str | None, *, required: bool | None) -> tuple[str | None, bool]:
    """Return the token that clients must send, and whether it is a new one.

    Parameters
    ----------
    host : str
        Address to listen on.
    token : str or None
        The user's own token.
    required : bool or None
        Whether a token is required; by default if other machines can reach the server.

    Returns
    -------
    token : str or None
        None requires no token.
    new : bool
        Whether it was generated, so that the user must be shown it.

    Examples
    --------
    >>> choose_token("127.0.0.1", None, required=None)
    (None, False)
    >>> choose_token("0.0.0.0", "secret", required=None)
    ('secret', False)
    """
    if token is not None and required is not False:
        return token, False
    if required is False or (required is None and is_loopback(host)):
        return None, False
    return secrets.token_urlsafe(32), True
