"""Who may ask: those with the token, or, where none is asked for, those on this machine."""

from __future__ import annotations

import hmac
import ipaddress

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address to listen at.

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


class Guard:
    """Answer nobody else, and before anything of the request is read.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    token : str or None
        What a client has to show as ``Authorization: Bearer <token>``.
    local_names_only : bool
        Whether the client must have asked for this machine by a name that means it everywhere.
        A page in a browser reaches a server on the same machine under a name of its own
        (DNS rebinding), and would read its answers.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, local_names_only: bool) -> None:
        self._app = app
        self._token = token
        self._local_names_only = local_names_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (refusal := self._refusal(Headers(scope=scope))):
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        if self._local_names_only and not is_loopback(_host(headers.get("host", ""))):
            detail = [{"field": "Host", "message": "is not this machine"}]
            return JSONResponse({"detail": detail}, status_code=403)
        if self._token is None:
            return None
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        # In constant time: how long a comparison takes must not tell how much was right.
        right = hmac.compare_digest(shown.strip().encode(), self._token.encode())
        if scheme.lower() == "bearer" and right:
            return None
        detail = [{"field": "Authorization", "message": "must be: Bearer, and the server's token"}]
        return JSONResponse(
            {"detail": detail}, status_code=401, headers={"WWW-Authenticate": "Bearer"}
        )


def _host(header: str) -> str:
    """Return the name in a Host header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
