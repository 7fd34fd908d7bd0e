"""Access to the server: by token, or only from this machine."""

from __future__ import annotations

import hmac
import ipaddress

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from exo_nbregistry.serve.problems import problem_response


def is_loopback(host: str) -> bool:
    """Check whether an address can be reached from this machine only.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AuthMiddleware:
    """Reject requests without the token, before their body is read.

    Parameters
    ----------
    app : ASGI application
        The protected application.
    token : str or None
        Clients must send it as ``Authorization: Bearer <token>``; None requires no token.
    local_names_only : bool
        Whether the ``Host`` header must be a loopback name. This protects against DNS rebinding,
        by which a web page in a browser on this machine could read the responses.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, local_names_only: bool) -> None:
        self._app = app
        self._token = token
        self._local_names_only = local_names_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or reject it."""
        if scope["type"] == "http" and (rejection := self._rejection(Headers(scope=scope))):
            await rejection(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _rejection(self, headers: Headers) -> Response | None:
        if self._local_names_only and not is_loopback(_host(headers.get("host", ""))):
            message = "must be localhost or a loopback address; start the server with a token"
            return problem_response(403, [("Host", message)])
        if self._token is None:
            return None
        scheme, _, value = headers.get("authorization", "").partition(" ")
        # In constant time, so that the duration does not reveal how much of it was right.
        right = hmac.compare_digest(value.strip().encode(), self._token.encode())
        if scheme.lower() == "bearer" and right:
            return None
        message = "must be 'Bearer' followed by the server's token"
        return problem_response(401, [("Authorization", message)], {"WWW-Authenticate": "Bearer"})


def _host(header: str) -> str:
    """Return the name in a Host header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
