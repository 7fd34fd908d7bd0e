"""FastAPI exception handlers: each error as a list of problems by field."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError

from exo_nbregistry.inference.table_errors import TableMismatchError
from exo_nbregistry.serve.problems import RequestError, problem_response

ADDRESSES = "POST /predict, POST /predict/batch, GET /model, GET /health or GET /openapi.json"


async def reject(_request: Request, error: RequestError) -> Response:
    """Return the response to a rejected request."""
    return error.response()


async def reject_table(_request: Request, error: TableMismatchError) -> Response:
    """Return all problems of rows that do not match the signature."""
    return problem_response(422, error.problems)


async def reject_invalid(_request: Request, error: RequestValidationError) -> Response:
    """Return that the body is empty, or that a parameter of the query is invalid."""
    problems = []
    for found in error.errors():
        is_body = found["loc"] == ("body",)
        message = "must not be empty; send JSON or CSV" if is_body else "must be true or false"
        problems.append((str(found["loc"][-1]), message))
    return problem_response(422, problems)


async def reject_address(request: Request, error: HTTPException) -> Response:
    """Return which addresses the server has."""
    message = (
        "is not an address of this server"
        if error.status_code == 404
        else f"does not support {request.method}"
    )
    problems = [(request.url.path, f"{message}; use {ADDRESSES}")]
    return problem_response(error.status_code, problems, error.headers)


HANDLERS: dict[int | type[Exception], Any] = {
    404: reject_address,
    405: reject_address,
    RequestError: reject,
    TableMismatchError: reject_table,
    RequestValidationError: reject_invalid,
}
