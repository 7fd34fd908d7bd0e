"""CSV bodies: cells, missing values and malformed text."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.serve.csv_format import parse_csv, predictions_to_csv
from exo_nbregistry.serve.inference import Prediction
from exo_nbregistry.serve.problems import RequestError

KINDS = {"depth": "number", "transits": "whole number", "seen": "boolean", "band": "text"}


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("depth", "1e3", 1000.0),
        ("depth", "", None),
        ("depth", "NaN", None),
        ("depth", "1_0", "1_0"),
        ("depth", "deep", "deep"),
        ("transits", "20", 20.0),
        ("seen", "TRUE", True),
        ("seen", "false", False),
        ("seen", "1", "1"),
        ("seen", "", None),
        ("band", "20", "20"),
        ("band", "", None),
        ("band", '"a,b"', "a,b"),
        ("other", "20", "20"),
    ],
)
def test_a_cell(column: str, cell: str, value: object) -> None:
    """A cell is read by the kind of its column, or stays text."""
    body = f"id,{column}\r\n1,{cell}\r\n".encode("utf-8-sig")
    assert parse(body) == [{"id": "1", column: value}]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"\xff", 400, "is not valid CSV in UTF-8: "),
        (b'depth\n"1', 400, "is not valid CSV in UTF-8: "),
        (b"depth,seen\n1\n", 400, "has 1 cells in row 1, but 2 column names"),
        (b"depth\n1\n2\n3\n4\n", 413, "has 4 rows; send at most 3"),
        (b"a,b,c,d,e\n", 413, "has 5 names; send at most 4"),
        (b"depth,depth\n", 400, "is given more than once"),
    ],
)
def test_a_malformed_table(body: bytes, status: int, message: str) -> None:
    """Text that is not a table of the allowed size is rejected with the reason."""
    with pytest.raises(RequestError) as rejection:
        parse(body)
    assert rejection.value.status_code == status
    assert rejection.value.message.startswith(message)


def test_a_table_without_rows() -> None:
    """A header alone, and an empty body, have no rows."""
    assert parse(b"depth,seen\n") == parse(b"\n\n") == parse(b"") == []


def test_predictions_are_quoted() -> None:
    """A label with a comma is one cell."""
    prediction = Prediction("a,b", 1.0, {"a,b": 1.0}, "bands:1", ("depth", "band"))
    assert predictions_to_csv([prediction]).splitlines() == [
        'prediction,"probability_a,b",outside,version',
        '"a,b",1.0,depth band,bands:1',
    ]


def parse(body: bytes) -> list[dict[str, Any]]:
    """Return the rows of a body of at most 3 rows and 4 columns."""
    return parse_csv(body, KINDS, max_rows=3, max_names=4)
