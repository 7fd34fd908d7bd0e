"""Error responses: a list of problems, each with the field and a message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response

MAX_PROBLEMS = 100


class RequestError(HTTPException):
    """A request is rejected.

    Parameters
    ----------
    status : int
        HTTP status.
    field : str
        What is wrong: a column's name, ``body``, or a header's name.
    message : str
        What is wrong with it, and what to send instead.
    """

    def __init__(self, status: int, field: str, message: str) -> None:
        super().__init__(status, f"{field} {message}")
        self.field = field
        self.message = message

    def response(self) -> Response:
        """Return the response to send."""
        return problem_response(self.status_code, [(self.field, self.message)])


def problem_response(
    status: int, problems: Sequence[tuple[str, str]], headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error response that lists problems.

    Parameters
    ----------
    status : int
        HTTP status.
    problems : sequence of (str, str)
        Field and message of each; only the first 100 are listed.
    headers : mapping of str to str, optional
        Further headers.

    Examples
    --------
    >>> problem_response(422, [("koi_depth", "is missing")]).body
    b'{"detail": [{"field": "koi_depth", "message": "is missing"}]}'
    """
    listed = [{"field": field, "message": message} for field, message in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        more = len(problems) - MAX_PROBLEMS
        listed.append({"field": "body", "message": f"has {more} more problems"})
    # ASCII, because a client can send lone surrogates, which UTF-8 cannot encode.
    return Response(
        json.dumps({"detail": listed}),
        status_code=status,
        headers=headers,
        media_type="application/json",
    )
