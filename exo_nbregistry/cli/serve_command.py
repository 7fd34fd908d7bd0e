"""The command that serves a model over HTTP."""

from __future__ import annotations

import logging

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    open_registry,
    registry_option,
    trust_option,
)
from exo_nbregistry.errors import RegistryError

TOKEN_VARIABLE = "EXO_NBREGISTRY_TOKEN"


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 selects a free one.",
)
@click.option(
    "--token",
    envvar=TOKEN_VARIABLE,
    show_envvar=True,
    help="Token that clients must send. The process list shows it to other users of this machine; "
    "prefer the environment variable.",
)
@click.option(
    "--require-token/--no-require-token",
    default=None,
    help="Whether clients must send a token.  [default: only if other machines can reach the "
    "server]",
)
@click.option(
    "--max-body",
    type=click.IntRange(min=1),
    default=4 << 20,
    show_default=True,
    help="Largest request body, in bytes.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Largest number of rows in a batch.",
)
@click.option(
    "--max-connections",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="Largest number of open connections; more are answered with status 503.",
)
@click.option(
    "--header-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="Time for the headers of a request, in seconds.",
)
@click.option(
    "--body-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Time for the body of a request, in seconds.",
)
@click.option(
    "--keep-alive",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    help="Time for which a connection without a request stays open, in seconds.",
)
@click.option(
    "--extrapolate",
    is_flag=True,
    help="Accept values outside the range of the training data in requests with strict=true.",
)
@trust_option
@registry_option
def serve(
    ref: str,
    host: str,
    port: int,
    token: str | None,
    require_token: bool | None,
    max_body: int,
    max_rows: int,
    max_connections: int,
    header_timeout: float,
    body_timeout: float,
    keep_alive: float,
    extrapolate: bool,
    trust: tuple[str, ...],
    registry: str | None,
) -> None:
    """Serve a model over HTTP until Ctrl-C.

    POST one row as JSON to /predict, or many rows as JSON or CSV to /predict/batch. Each row is
    answered by itself, with a status: ok, outside (of the range of the training data), missing (a
    value) or invalid. With ?strict=true, rows that do not match the training table are rejected.
    GET /model, /health and /openapi.json to read about the model and the server. When REF refers
    to another version, because an alias moved or a new version was registered, the server loads
    that version within about a second.
    """
    try:
        from exo_nbregistry.serve.limits import Limits
        from exo_nbregistry.serve.live_service import LiveService
        from exo_nbregistry.serve.server import choose_token, run_server
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "pydantic", "starlette", "uvicorn"):
            raise
        raise RegistryError(
            f"Serving requires {error.name}: pip install 'exo-nbregistry[serve]'."
        ) from error
    logging.basicConfig(format="%(message)s")
    live = LiveService(open_registry(registry), ref, extrapolate=extrapolate, trust=trust)
    token, new = choose_token(host, token, required=require_token)
    if new:
        click.echo(f"Clients must send the header Authorization: Bearer {token}")
    limits = Limits(
        token=token,
        local_names_only=token is None and require_token is None,
        max_bytes=max_body,
        max_rows=max_rows,
        max_connections=max_connections,
        header_timeout_s=header_timeout,
        body_timeout_s=body_timeout,
        keep_alive_s=keep_alive,
    )
    run_server(live, limits, host=host, port=port, echo=click.echo)
