"""The pydantic models of a version, in OpenAPI and on unusual column names."""

from __future__ import annotations

import pandas as pd
import pytest

from exo_nbregistry.records.metadata import Column
from exo_nbregistry.serve.schemas import Schemas
from tests.serve.live_server import MAX_ROWS, Client


def test_openapi_follows_the_signature(client: Client, table: pd.DataFrame) -> None:
    """The document has each column with its type and range, and an example that is accepted."""
    document = client.get("/openapi.json").json
    schemas = document["components"]["schemas"]
    row = schemas["Row"]
    assert row["required"] == list(table.columns)
    assert row["additionalProperties"] is True
    depth, period, transits = (row["properties"][name] for name in table.columns)
    assert (depth["type"], transits["type"]) == ("number", "integer")
    low, high = table["koi_depth"].min(), table["koi_depth"].max()
    assert depth["description"] == f"{low:g} to {high:g} in the training data."
    assert not {"minimum", "maximum"} & depth.keys()
    assert [kind["type"] for kind in period["anyOf"]] == ["number", "null"]
    assert (schemas["Rows"]["minItems"], schemas["Rows"]["maxItems"]) == (1, MAX_ROWS)
    assert schemas["Answer"]["properties"]["prediction"]["enum"] == [
        "CONFIRMED",
        "FALSE POSITIVE",
        None,
    ]
    (example,) = row["examples"]
    assert client.predict(example).json["status"] == "ok"


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


@pytest.mark.parametrize("name", ["model_dump", "a b", "", "class", "_private", "é", "column_0"])
def test_any_column_name(name: str) -> None:
    """A column may have any name, also one that Python or pydantic reserves."""
    schemas = make_schemas([Column("other", "str"), Column(name, "float64", 0.0, 9.0, 1)])
    assert name in schemas.row_model.model_json_schema()["properties"]
    assert schemas.row_model.model_json_schema()["required"] == ["other", name]


def test_the_example_has_no_missing_values() -> None:
    """A row with a missing value is not an example, because FastAPI leaves null out."""
    columns = [Column("x", "float64", missing=1)]
    for value, count in ((1.0, 1), (None, 0)):
        schemas = Schemas(columns, (), {"x": value}, max_rows=9)
        assert len(schemas.row_model.model_json_schema().get("examples", [])) == count


def make_schemas(columns: list[Column]) -> Schemas:
    """Return the models of a regressor with these columns."""
    return Schemas(columns, (), None, max_rows=9)
