"""Tables of pandas and Polars, which are read back equal."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads import table as module
from exo_nbregistry.payloads.archive import pack_archive, read_archive
from exo_nbregistry.payloads.table import CSV, FORM, pack_table, unpack_table
from tests.sample_values import TEXTS

PLAIN = st.none() | st.booleans() | st.integers() | TEXTS | st.lists(st.integers(), max_size=2)
COLUMNS: dict[str, Any] = {
    "int": column(dtype=np.int64),
    "small": column(dtype=np.uint8),
    "float": column(dtype=np.float64),
    "half": column(dtype=np.float32, elements=st.floats(width=32)),
    "flag": column(dtype=bool),
    "text": column(elements=TEXTS, dtype=object),
    "some text": column(elements=st.none() | TEXTS, dtype=object),
    "object": column(elements=PLAIN, dtype=object),
    "time": column(dtype="datetime64[ns]"),
    "span": column(dtype="timedelta64[ns]"),
}
for _name, _column in COLUMNS.items():
    _column.name = _name
FRAMES = st.sets(st.sampled_from(list(COLUMNS)), min_size=1).flatmap(
    lambda names: data_frames([COLUMNS[name] for name in sorted(names)], index=range_indexes(0, 4))
)


@pytest.fixture(autouse=True)
def _csv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Store tables of pandas as on a machine without a library for Parquet."""
    monkeypatch.setattr(module, "has_parquet", lambda: False)


def read_back(table: Any) -> Any:
    """Return a table after it was packed and unpacked."""
    return unpack_table(pack_table(table, "t")[1], "key")


@given(FRAMES)
def test_a_frame_is_read_back_equal(frame: pd.DataFrame) -> None:
    """The values, types, missing values and index of the frame are kept."""
    pd.testing.assert_frame_equal(read_back(frame), frame, check_exact=True)


DAYS = pd.date_range("2026-01-01", periods=3, tz="Europe/Berlin", name="day")
TABLES: dict[str, pd.DataFrame | pd.Series] = {
    "empty": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="int8"), "b": pd.Series([], dtype="str")}),
    "no columns": pd.DataFrame(index=pd.RangeIndex(2, 8, 3, name="n")),
    "labels": pd.DataFrame([[1, 2, 3]], columns=["a", "a", 7]),
    "numbers as labels": pd.DataFrame([[1, 2]], columns=[2020, 2021]),
    "levels": pd.DataFrame(
        [[1, 2], [3, 4]],
        index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        columns=pd.MultiIndex.from_tuples([("m", "mean"), ("m", 0)], names=["y", "z"]),
    ),
    "days": pd.DataFrame({"a": [1.0, np.nan, -np.inf]}, index=DAYS),
    "categories": pd.DataFrame(
        {
            "c": pd.Categorical(["b", None, "a"], categories=["b", "a", "z"], ordered=True),
            "n": pd.Categorical([3, 1, 3]),
        }
    ),
    "nullable": pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int8"),
            "f": pd.array([0.1, None], dtype="Float64"),
            "b": pd.array([True, None], dtype="boolean"),
            "s": pd.array(["", None], dtype="string"),
        }
    ),
    "times": pd.DataFrame(
        {
            "ns": pd.to_datetime(["2026-01-01T00:00:00.123456789", None]),
            "zone": pd.to_datetime(["2026-01-01T00:00:00+00:00", None]).tz_convert("Asia/Tokyo"),
            "s": np.array(["2026-01-01", "NaT"], dtype="datetime64[s]"),
            "d": pd.to_timedelta(["1 days 00:00:00.000000001", None]),
        }
    ),
    "lines": pd.DataFrame({"a": ["x\ny", "x\r\ny", 'q"u', ","]}),
    "series": pd.Series([0.1, 0.2], index=["a", "b"], name="score"),
    "series without a name": pd.Series(["a", None]),
    "series with a number": pd.Series([1], name=0),
}


@pytest.mark.parametrize("name", TABLES)
def test_special_tables_are_read_back_equal(name: str) -> None:
    """Labels, levels, categories, time zones and empty tables are kept."""
    table = TABLES[name]
    again = read_back(table)
    compare = pd.testing.assert_frame_equal
    if isinstance(table, pd.Series):
        compare = pd.testing.assert_series_equal  # type: ignore[assignment]
    compare(again, table, check_exact=True)  # type: ignore[arg-type]


def test_a_csv_table_is_readable() -> None:
    """The table is plain CSV with the names of the index and the columns."""
    table = pd.DataFrame({"depth": [0.5, None], "name": ["a", None]}, index=["x", "y"])
    files = read_archive(pack_table(table.rename_axis("id"), "t")[1], "key")
    assert list(csv.reader(io.StringIO(files[CSV].decode(), newline=""))) == [
        ["id", "depth", "name"],
        ["x", "0.5", "a"],
        ["y", "", ""],
    ]


def test_equal_tables_have_equal_bytes() -> None:
    """The digest does not depend on the object."""
    make = [pack_table(pd.DataFrame({"a": [1, 2]}), "t") for _ in range(2)]
    assert make[0] == make[1]
    made = [pack_table(pl.DataFrame({"a": [1, 2]}), "t") for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"a": [1, None], "b": ["x", ""], "c": [[1], None], "d": [0.5, float("nan")]}),
        pl.DataFrame(),
        pl.Series("n", [1, 2], dtype=pl.Int8),
        pl.Series([None, "a"]),
        pl.DataFrame(
            {"t": pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 2), eager=True)}
        ),
    ],
    ids=["frame", "empty", "series", "unnamed", "times"],
)
def test_tables_of_polars_are_read_back_equal(table: Any) -> None:
    """They are stored as Parquet, which Polars writes by itself."""
    format, data = pack_table(table, "t")
    again = unpack_table(data, "key")
    assert format == "parquet.zip"
    assert type(again) is type(table)
    assert again.equals(table)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [object()]}),
        pd.DataFrame({"a": pd.interval_range(0, 2)}),
        pd.DataFrame({"a": [1 + 2j]}),
        pl.DataFrame({"a": pl.Series([object()], dtype=pl.Object)}),
    ],
    ids=["objects", "intervals", "complex", "polars objects"],
)
def test_a_table_that_would_change_is_rejected(table: Any) -> None:
    """The error names the alternative."""
    with pytest.raises(RecordError, match=r"attachments\.t cannot be stored .* attach Path"):
        pack_table(table, "t")


def test_the_column_that_cannot_be_stored_is_named() -> None:
    """The error has the name and the type of the values."""
    with pytest.raises(RecordError, match=r"column 'b' has the unsupported type builtins\.object"):
        pack_table(pd.DataFrame({"a": [1], "b": [object()]}), "t")


def test_parquet_is_used_if_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If it would change the table, CSV is used."""
    stored = pl.DataFrame({"a": [1, 2]})

    def to_parquet(_frame: pd.DataFrame, target: Any) -> None:
        stored.write_parquet(target)

    def read_parquet(source: Any) -> pd.DataFrame:
        return pd.DataFrame(pl.read_parquet(source).to_dict(as_series=False))

    monkeypatch.setattr(module, "has_parquet", lambda: True)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", to_parquet)
    monkeypatch.setattr(pd, "read_parquet", read_parquet)
    assert pack_table(pd.DataFrame({"a": [1, 2]}), "t")[0] == "parquet.zip"
    assert pack_table(pd.Series([1, 2], name="a"), "t")[0] == "parquet.zip"
    assert pack_table(pd.DataFrame({"a": [1, 3]}), "t")[0] == "csv.zip"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {CSV: b"a\n1\n"},
        {CSV: b"a\n1\n", FORM: b"{}"},
        {CSV: b"a\n1\n", FORM: b'{"library": "pandas", "rows": 1}'},
        {"x.pkl": b"a", FORM: b'{"library": "pandas"}'},
        {"table.parquet": b"a", FORM: b'{"library": "polars", "series": false}'},
    ],
)
def test_an_invalid_table_is_an_error(files: dict[str, bytes]) -> None:
    """An archive of an unknown signer that is not a table is a RecordError with its key."""
    with pytest.raises(RecordError, match="here"):
        unpack_table(pack_archive(files), "here")
