"""Rejected requests: their status, and their problems by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.inference.table_errors import TableMismatchError
from exo_nbregistry.serve.answer_json import answer_fields
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import ROW, Client


def body(row: dict[str, Any], **changes: object) -> bytes:
    """Return a row as JSON, with some fields changed and those that are None left out."""
    return json.dumps({k: v for k, v in {**row, **changes}.items() if v is not None}).encode()


REJECTED = {
    "a missing field": (body(ROW, koi_depth=None), 422, {"koi_depth": "is missing"}),
    "a null": (
        body(ROW).replace(b"100.0", b"null"),
        422,
        {"koi_depth": "must have a value, because the training data has no missing values"},
    ),
    "a word": (
        body(ROW, koi_period="long"),
        422,
        {"koi_period": "must be a number, not 'long'"},
    ),
    "a number as text": (
        body(ROW, koi_period="50"),
        422,
        {"koi_period": "must be a number, not '50'"},
    ),
    "a boolean": (body(ROW, koi_period=True), 422, {"koi_period": "must be a number, not True"}),
    "a fraction": (
        body(ROW, koi_num_transits=2.5),
        422,
        {"koi_num_transits": "must be a whole number that fits int64, not 2.5"},
    ),
    "an oversized number": (
        body(ROW).replace(b"100.0", b"1e999"),
        422,
        {"koi_depth": "must be a number, not inf"},
    ),
    "an oversized integer": (
        body(ROW, koi_depth=10**400),
        422,
        {"koi_depth": f"must be a number, not 1{'0' * 36}..."},
    ),
    "an oversized text": (
        body(ROW, koi_depth="9" * 10_000),
        422,
        {"koi_depth": f"must be a number, not '{'9' * 37}...'"},
    ),
    "a value out of range": (
        body(ROW, koi_num_transits=2),
        422,
        {"koi_num_transits": "is 2, outside the range of the training data, 3 to 89"},
    ),
    "an unknown field": (
        body(ROW, koi_dept=1),
        422,
        {"koi_dept": "is not a column of the model (did you mean koi_depth?)"},
    ),
    "a lone surrogate": (
        body(ROW, koi_depth="\ud800"),
        422,
        {"koi_depth": "must be a number, not '\\ud800'"},
    ),
    "a lone surrogate as a key": (
        body(ROW | {"\ud800": 1}),
        422,
        {"\ud800": "is not a column of the model"},
    ),
    "several": (
        body(ROW, koi_depth=None, koi_period=[1], koi_num_transits=2),
        422,
        {
            "koi_depth": "is missing",
            "koi_period": "must be a number, not [1]",
            "koi_num_transits": "is 2, outside the range of the training data, 3 to 89",
        },
    ),
    "a field twice": (
        body(ROW).replace(b"{", b'{"koi_depth": 1.0, '),
        400,
        {"koi_depth": "is given more than once; pass one value"},
    ),
    "no object": (
        b"[1]",
        422,
        {
            "body": 'must be an object with a value for each column, or {"rows": [...]}; send a '
            "list of rows to /predict/batch"
        },
    ),
    "an empty body": (b"", 422, {"body": "must not be empty; send JSON or CSV"}),
}


@pytest.mark.parametrize(("content", "status", "problems"), REJECTED.values(), ids=REJECTED.keys())
def test_a_rejected_row(
    client: Client, content: bytes, status: int, problems: dict[str, str]
) -> None:
    """With strict, a missing, wrong, oversized or unknown field gets 4xx with its name."""
    answer = client.post("/predict?strict=true", content)
    assert (answer.status, answer.problems) == (status, problems)
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize("content", [b"{", b'{"koi_depth": }', b"\xff", b"[" * 10_000])
def test_a_malformed_body(client: Client, content: bytes) -> None:
    """A body that is not JSON is rejected with the position, and the server continues."""
    answer = client.post("/predict", content)
    assert answer.status == 400
    assert answer.problems["body"].startswith("is not valid JSON: ")
    assert client.predict(ROW).status == 200


@pytest.mark.parametrize(
    ("content", "kind", "status", "problems"),
    [
        (b"[]", "application/json", 422, {"body": "must have at least one row"}),
        (b"{}", "application/json", 422, {"body": "must be a list of objects"}),
        (
            b'[{"koi_depth": 100, "koi_period": 50, "koi_num_transits": 20}, 1]',
            "application/json",
            422,
            {"body": "must be an object with a value for each column (row 2)"},
        ),
        (b"\n", "text/csv", 422, {"body": "must have at least one row"}),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50,20\n100,long,2_0\nx,long,20\n",
            "text/csv",
            422,
            {
                "koi_depth": "must be a number, not 'x' (row 3)",
                "koi_period": "must be a number, not 'long' (row 2 and 1 more)",
                "koi_num_transits": "must be a whole number, not '2_0' (row 2)",
            },
        ),
        (
            b"koi_depth,koi_period,koi_num_transits\n100,50\n",
            "text/csv",
            422,
            {"body": "has 2 cells, but the table has 3 columns"},
        ),
        (
            b"koi_depth,koi_depth\n1,2\n",
            "text/csv",
            400,
            {"koi_depth": "is given more than once; pass one value"},
        ),
        (b"koi_period\n1\n", "text/plain", 415, {"Content-Type": "must be application/json or"}),
    ],
)
def test_a_rejected_batch(
    client: Client, content: bytes, kind: str, status: int, problems: dict[str, str]
) -> None:
    """With strict, a batch is rejected whole, with all fields and rows that have problems."""
    answer = client.post("/predict/batch?strict=true", content, kind)
    assert answer.status == status
    assert answer.problems.keys() == problems.keys()
    for field, text in problems.items():
        assert answer.problems[field].startswith(text)


def test_many_unknown_names(client: Client) -> None:
    """A few unknown names are listed; a body with very many is rejected before validation."""
    answer = client.predict(ROW | {f"x{n}": 1 for n in range(60)}, strict=True)
    assert answer.status == 422
    assert len(answer.problems) == 50
    assert answer.problems["x49"] == "is not a column of the model, and neither are 10 others"
    answer = client.predict(dict.fromkeys(map(str, range(1100)), 0))
    assert (answer.status, answer.problems) == (
        413,
        {"body": "has 1100 names; send at most 1003"},
    )
    header = ",".join(map(str, range(1100)))
    assert client.post("/predict/batch", header.encode(), "text/csv").status == 413


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-5, 100),
    st.floats(),
    st.floats(1, 900),
    st.text(max_size=3),
    st.just(10**400),
    st.lists(st.integers(), max_size=1),
)


ROWS = st.dictionaries(st.sampled_from([*ROW, "other"]), VALUES).map(lambda found: {**ROW, **found})


def find_problems(service: InferenceService, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the service's own problems with rows."""
    try:
        service.check_rows(rows)
    except TableMismatchError as error:
        return dict(error.problems)
    return {}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=3))
def test_http_accepts_what_the_service_accepts(
    client: Client, live: LiveService, rows: list[dict[str, Any]]
) -> None:
    """With strict, rows that match get 200, others 422; without it, all get the same answers."""
    body = json.dumps(rows).encode()
    answer = client.post("/predict/batch", body)
    predictions = list(map(answer_fields, live.current.predict_rows(rows)))
    assert answer.json["answers"] == json.loads(json.dumps(predictions))
    answer = client.post("/predict/batch?strict=true", body)
    expected = find_problems(live.current, rows)
    assert answer.status == (422 if expected else 200)
    assert not expected or answer.problems == expected
