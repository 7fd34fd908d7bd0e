"""The pydantic models of a version, in OpenAPI and on unusual column names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from exo_nbregistry.records.metadata import Column
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.schemas import Schemas
from tests.serve.live_server import MAX_ROWS, ROW, Client, running


def test_openapi_follows_the_signature(client: Client, table: pd.DataFrame) -> None:
    """The document has each column with its type and range, and an example that is accepted."""
    document = client.get("/openapi.json").json
    schemas = document["components"]["schemas"]
    row = schemas["Row"]
    assert row["required"] == list(table.columns)
    assert row["additionalProperties"] is False
    depth, period, transits = (row["properties"][name] for name in table.columns)
    assert (depth["type"], transits["type"]) == ("number", "integer")
    assert (depth["minimum"], depth["maximum"]) == (
        table["koi_depth"].min(),
        table["koi_depth"].max(),
    )
    assert [kind["type"] for kind in period["anyOf"]] == ["number", "null"]
    assert (schemas["Rows"]["minItems"], schemas["Rows"]["maxItems"]) == (1, MAX_ROWS)
    assert schemas["Answer"]["properties"]["prediction"]["enum"] == ["CONFIRMED", "FALSE POSITIVE"]
    (example,) = row["examples"]
    assert client.predict(example).status == 200


def test_openapi_describes_each_response(client: Client) -> None:
    """The document has every path, both content types of a batch, and every error."""
    document = client.get("/openapi.json").json
    assert document["info"]["version"] == "kepler:1"
    assert set(document["paths"]) == {"/predict", "/predict/batch", "/model", "/health"}
    batch = document["paths"]["/predict/batch"]["post"]
    kinds = {"application/json", "text/csv"}
    assert set(batch["requestBody"]["content"]) == kinds
    assert set(batch["responses"]["200"]["content"]) == kinds
    problems = {"$ref": "#/components/schemas/Problems"}
    for status in ("400", "401", "413", "415", "422"):
        content = batch["responses"][status]["content"]
        assert content["application/json"]["schema"] == problems
    assert "securitySchemes" not in document["components"]


def test_openapi_of_a_server_that_extrapolates(registry: ModelRegistry) -> None:
    """With extrapolation the answer lists columns out of range, and the document has no range."""
    live = LiveService(registry, "kepler:1", extrapolate=True)
    with running(live, extrapolate=True) as port, Client(port) as client:
        assert client.predict(ROW | {"koi_depth": 1e6}).json["outside"] == ["koi_depth"]
        row = client.get("/openapi.json").json["components"]["schemas"]["Row"]
    assert row["properties"]["koi_depth"].keys() == {"title", "type"}


@pytest.mark.parametrize("name", ["model_dump", "a b", "", "class", "_private", "é", "column_0"])
def test_any_column_name(name: str) -> None:
    """A column may have any name, also one that Python or pydantic reserves."""
    columns = [Column("other", "str"), Column(name, "float64", 0.0, 9.0, 1)]
    schemas = make_schemas(columns)
    row = schemas.row.model_validate({name: 2, "other": "x"})
    assert list(schemas.table([row])) == ["other", name]
    assert schemas.table([row])[name].tolist() == [2.0]
    assert name in schemas.row.model_json_schema()["properties"]
    with pytest.raises(ValidationError):
        schemas.row.model_validate({"column_1": 2, "other": "x"})


@pytest.mark.parametrize(
    ("dtype", "accepted", "rejected"),
    [
        ("float64", [1, 1.5], ["1", True, None, float("inf"), [1]]),
        ("int64", [1, 1.0], ["1", True, None]),
        ("bool", [True, False], [1, 0, "true", None]),
        ("str", ["", "x"], [1, True, None, b"x"]),
    ],
)
def test_values_are_not_converted(dtype: str, accepted: list[Any], rejected: list[Any]) -> None:
    """A column accepts values of its own kind only."""
    row = make_schemas([Column("x", dtype)]).row
    for value in accepted:
        assert row.model_validate({"x": value}).model_dump(by_alias=True) == {"x": value}
    for value in rejected:
        with pytest.raises(ValidationError):
            row.model_validate({"x": value})


def test_the_example_has_no_missing_values() -> None:
    """A row with a missing value is not an example, because FastAPI leaves null out."""
    columns = [Column("x", "float64", missing=1)]
    for value, count in ((1.0, 1), (None, 0)):
        schemas = Schemas(columns, (), example={"x": value}, max_rows=9, extrapolate=False)
        assert len(schemas.row.model_json_schema().get("examples", [])) == count


def make_schemas(columns: list[Column]) -> Schemas:
    """Return the models of a regressor with these columns."""
    return Schemas(columns, (), example=None, max_rows=9, extrapolate=False)
