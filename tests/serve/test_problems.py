"""Error responses."""

from __future__ import annotations

import json

from exo_nbregistry.serve.problems import MAX_PROBLEMS, RequestError, problem_response


def test_many_problems_are_counted() -> None:
    """Only the first problems are listed, and the last item counts the others."""
    response = problem_response(422, [(f"x{n}", "is missing") for n in range(MAX_PROBLEMS + 7)])
    detail = json.loads(response.body)["detail"]
    assert len(detail) == MAX_PROBLEMS + 1
    assert detail[-1] == {"field": "body", "message": "has 7 more problems"}


def test_an_error_is_its_response() -> None:
    """A rejected request has its status and one problem, in ASCII."""
    error = RequestError(415, "\ud800", "must be left out")
    response = error.response()
    assert response.status_code == 415
    assert response.body.isascii()
    assert json.loads(response.body) == {
        "detail": [{"field": "\ud800", "message": "must be left out"}]
    }
