"""FastAPI exception handlers: each error as a list of problems by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.problems import RequestError, problem_response
from exo_nbregistry.serve.served import Served
from exo_nbregistry.serve.table_errors import TableMismatchError

# By pydantic's error types, for the body as a whole or for one row.
_BODY_MESSAGES = {
    "missing": "must not be empty; send JSON or CSV",
    "list_type": "must be a list of objects",
    "model_type": "must be an object with a value for each column",
    "model_attributes_type": "must be an object with a value for each column",
    "too_short": "must have at least one row",
    "string_unicode": "must not have lone surrogates in its keys",
}


async def reject(_request: Request, error: RequestError) -> Response:
    """Return the response to a rejected request."""
    return error.response()


async def reject_table(_request: Request, error: TableMismatchError) -> Response:
    """Return all problems of validated rows."""
    return problem_response(422, error.problems)


async def reject_invalid(request: Request, error: RequestValidationError) -> Response:
    """Return all problems of rows that pydantic rejected."""
    first = error.errors()[0]
    if len(first["loc"]) == 1:
        message = _BODY_MESSAGES.get(first["type"], first["msg"])
        return problem_response(422, [("body", message)])
    # pydantic stops at the first faulty row; the table check reports all of them.
    served = Served.of(request)
    body = served.schemas.parse(error.body)
    rows = body if isinstance(body, list) else [body]
    problems = await served.run_in_thread(lambda: _row_problems(served.service, rows))
    return problem_response(422, problems or [(str(first["loc"][-1]), first["msg"])])


def _row_problems(service: InferenceService, rows: Sequence[Any]) -> Sequence[tuple[str, str]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            return [("body", f"must be a list of objects; row {number} is not an object")]
    try:
        service.check_rows(rows)
    except TableMismatchError as error:
        return error.problems
    return []


HANDLERS: dict[int | type[Exception], Any] = {
    RequestError: reject,
    TableMismatchError: reject_table,
    RequestValidationError: reject_invalid,
}
