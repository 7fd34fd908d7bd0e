"""The rows of a request: JSON in several forms, and CSV."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exo_nbregistry.inference.row_check import RowCheck
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.request_body import BodyReader
from tests.serve.live_server import ROW, Client

COLUMNS = [
    {"name": "depth", "dtype": "float64"},
    {"name": "transits", "dtype": "int64"},
    {"name": "seen", "dtype": "bool"},
    {"name": "band", "dtype": "str"},
]
READER = BodyReader(COLUMNS, max_rows=3, max_names=6)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("depth", "1e3", 1000.0),
        ("depth", "", None),
        ("depth", "NaN", None),
        ("depth", "null", None),
        ("depth", "1_0", "invalid"),
        ("depth", "deep", "invalid"),
        ("transits", "20", 20.0),
        ("seen", "TRUE", True),
        ("seen", "false", False),
        ("seen", "1", "invalid"),
        ("seen", "", None),
        ("band", "20", "20"),
        ("band", "", None),
        ("band", '"a,b"', "a,b"),
    ],
)
def test_a_cell(column: str, cell: str, value: Any) -> None:
    """A cell is read by the kind of its column."""
    batch = READER.read_many(f"id,{column}\r\n007,{cell}\r\n".encode("utf-8-sig"))
    checked = RowCheck(COLUMNS)(batch.table, rows=batch.rows)
    place = [item["name"] for item in COLUMNS].index(column)
    if value == "invalid":
        assert list(checked.unreadable) == [(0, place)]
    else:
        found = checked.value(0, place)
        assert (None if found != found else found) == value
    assert batch.passed == {"id": ["007"]}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"\xff", 400, "is not valid CSV in UTF-8: "),
        (b'depth\n"1', 400, "is not valid CSV in UTF-8: "),
        (b"depth\n1\n2\n3\n4\n", 413, "has 4 rows; send at most 3"),
        (b"a,b,c,d,e,f,g\n", 413, "has 7 names; send at most 6"),
        (b"depth,depth\n", 400, "is given more than once"),
        (b"depth,seen\n", 422, "must have at least one row"),
        (b"\n\n", 422, "must have at least one row"),
        (b"", 422, "must have at least one row"),
        ([], 422, "must have at least one row"),
        ({}, 422, "must be a list of objects"),
        ("depth", 422, "must be a list of objects"),
        ({"rows": {}}, 422, "must be a list of objects"),
        ({"rows": [{}] * 4}, 413, "has 4 rows; send at most 3"),
        ({"dataframe_split": {"columns": ["depth"]}}, 422, "must be an object with the lists"),
        (
            {"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}},
            400,
            "is given more than once",
        ),
    ],
)
def test_a_malformed_body(body: Any, status: int, message: str) -> None:
    """A body that has no rows, or too many, is rejected with the reason."""
    with pytest.raises(RequestError) as rejection:
        READER.read_many(body)
    assert rejection.value.status_code == status
    assert rejection.value.message.startswith(message)


def test_comments_above_a_csv() -> None:
    """Lines with # above the column names, as in the archive's tables, are not rows."""
    batch = READER.read_many(b'# NASA\n# "quoted, text\n\ndepth,band\n1,#1\n# end of table\n')
    assert batch.table["depth"].tolist() == [1.0]
    assert batch.table["band"] == ["#1"]


def test_many_comments_are_read_once() -> None:
    """A body of a million comments has no rows."""
    with pytest.raises(RequestError, match="must have at least one row"):
        READER.read_many(b"#\n" * 1_000_000)


def test_a_line_of_another_length() -> None:
    """A line with too few or too many cells is a row that cannot be read."""
    batch = READER.read_many(b"depth,band\n1\n1,a,b\n2,b\n")
    assert batch.reasons == {
        0: "has 1 cells, but the table has 2 columns",
        1: "has 3 cells, but the table has 2 columns",
    }
    assert batch.rows == 3


ROWS = [ROW, {**ROW, "koi_depth": 600.0}]
FORMS = {
    "list": ROWS,
    "rows": {"rows": ROWS},
    "instances": {"instances": ROWS},
    "dataframe_records": {"dataframe_records": ROWS},
    "dataframe_split": {
        "dataframe_split": {"columns": list(ROW), "data": [list(row.values()) for row in ROWS]}
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gets_the_same_answers(client: Client, form: str) -> None:
    """The forms of other servers get the answers of a list, also at /predict."""
    expected = client.post("/predict/batch", json.dumps(ROWS).encode()).json
    assert len(expected["answers"]) == 2
    body = json.dumps(FORMS[form]).encode()
    assert client.post("/predict/batch", body).json == expected
    if form != "list":
        assert client.post("/predict", body).json == expected


def test_a_wrong_path_is_named(client: Client) -> None:
    """A list at /predict, and a row at /predict/batch, name the other path."""
    many = client.post("/predict", json.dumps(ROWS).encode())
    assert (many.status, "/predict/batch" in many.problems["body"]) == (422, True)
    one = client.post("/predict/batch", json.dumps(ROW).encode())
    assert (one.status, "send one row to /predict" in one.problems["body"]) == (422, True)


def test_strict_is_true_or_false(client: Client) -> None:
    """Another value of the parameter strict is rejected."""
    answer = client.post("/predict?strict=perhaps", json.dumps(ROW).encode())
    assert (answer.status, answer.problems) == (422, {"strict": "must be true or false"})


def test_a_column_named_rows_is_a_column() -> None:
    """If the model has a column of that name, the object is a row."""
    reader = BodyReader([{"name": "rows", "dtype": "float64"}], max_rows=3, max_names=6)
    batch, single = reader.read_one({"rows": 1.0})
    assert (batch.table, single) == ({"rows": [1.0]}, True)


def test_texts_are_rows_of_a_model_of_texts() -> None:
    """If the model has one column, a bare value is a row."""
    reader = BodyReader([{"name": "x0", "dtype": "str"}], max_rows=3, max_names=6)
    assert reader.read_many({"instances": ["a", "b"]}).table == {"x0": ["a", "b"]}


def test_identifiers_are_returned(client: Client) -> None:
    """Fields that the model does not use are returned, in JSON and in CSV; lists are not."""
    answer = client.predict({**ROW, "kepid": 7, "kepoi_name": "K1", "flux": [1, 2]})
    assert answer.json["passed_through"] == {"kepid": 7, "kepoi_name": "K1"}
    lines = b"kepid,koi_depth,koi_period,koi_num_transits,note\n007,100,50,20,x\n"
    text = client.post("/predict/batch", lines, "text/csv").content.decode()
    assert text.splitlines()[0].startswith("kepid,note,prediction,probability,")
    assert text.splitlines()[1].startswith("007,x,CONFIRMED,")


def test_many_identifiers_are_bounded(client: Client) -> None:
    """At most 100 fields are returned with a row."""
    answer = client.predict({**ROW, **{f"x{n}": n for n in range(300)}})
    assert len(answer.json["passed_through"]) == 100
