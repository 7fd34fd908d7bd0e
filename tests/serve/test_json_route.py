"""JSON bodies: duplicate names, NaN and limits."""

from __future__ import annotations

import pytest

from exo_nbregistry.serve.json_route import parse_json
from exo_nbregistry.serve.problems import RequestError


@pytest.mark.parametrize(
    ("body", "status", "field", "message"),
    [
        (b"", 400, "body", "is not valid JSON: "),
        (b"\xff", 400, "body", "is not valid JSON: "),
        (b"[" * 100_000, 400, "body", "is not valid JSON: "),
        (b"9" * 5000, 400, "body", "is not valid JSON: "),
        (b'{"a": 1, "a": 1}', 400, "a", "is given more than once"),
        (b'[{"x": {"a": 1, "a": 2}}]', 400, "a", "is given more than once"),
        (b'{"a": 1, "b": 1, "c": 1, "d": 1}', 413, "body", "has 4 names; send at most 3"),
    ],
)
def test_rejected_json(body: bytes, status: int, field: str, message: str) -> None:
    """JSON that is malformed, ambiguous or too large is rejected with the reason."""
    with pytest.raises(RequestError) as rejection:
        parse_json(body, max_names=3)
    assert (rejection.value.status_code, rejection.value.field) == (status, field)
    assert rejection.value.message.startswith(message)


def test_constants() -> None:
    """NaN is a missing value; an infinity stays one, for validation to reject."""
    assert parse_json(b'{"a": NaN, "b": -Infinity}', max_names=3) == {"a": None, "b": -float("inf")}
