"""The content of model files, found without unpickling them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.sources.file_content import DATA, MODEL, OTHER, read_content

X, Y = np.array([[0.0], [1.0], [2.0], [3.0]] * 3), np.array([0, 0, 1, 1] * 3)
FOREST = RandomForestClassifier(2, random_state=0).fit(X, Y)
MODELS = {
    "RandomForestClassifier": FOREST,
    "Pipeline": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y),
    "GridSearchCV": GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2).fit(X, Y),
}
TABLES = {
    "frame": pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}),
    "series": pd.Series([1, 2]),
    "array": np.arange(6.0).reshape(2, 3),
    "objects": np.array(["a", None], dtype=object),
    "dict": {"accuracy": 0.9},
    "list": [1, "a", None],
}


def written(folder: Path, data: bytes, name: str = "file.pkl") -> Path:
    """Write bytes to a file."""
    path = folder / name
    path.write_bytes(data)
    return path


def pickle_to(value: Any, path: Path) -> None:
    """Pickle a value to a file."""
    path.write_bytes(pickle.dumps(value))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("protocol", range(6))
def test_the_class_of_a_pickled_model_is_found(name: str, protocol: int, tmp_path: Path) -> None:
    """Each protocol of pickle names the outermost class."""
    path = written(tmp_path, pickle.dumps(MODELS[name], protocol=protocol))
    found = read_content(path)
    assert (found.holds, found.algorithm, found.compression) == (MODEL, name, "")


@pytest.mark.parametrize("name", MODELS)
def test_the_class_of_a_joblib_and_a_skops_file_is_found(name: str, tmp_path: Path) -> None:
    """Joblib and skops files name the outermost class."""
    joblib.dump(MODELS[name], tmp_path / "m.joblib")
    skops.io.dump(MODELS[name], tmp_path / "m.skops")
    for file in ("m.joblib", "m.skops"):
        assert read_content(tmp_path / file).algorithm == name


@pytest.mark.parametrize("compression", ["gzip", "zlib", "bz2", "xz", "lzma"])
def test_a_compressed_joblib_file_is_read(compression: str, tmp_path: Path) -> None:
    """The head of each compression of joblib is unpacked."""
    joblib.dump(FOREST, tmp_path / "m.joblib", compress=(compression, 3))
    found = read_content(tmp_path / "m.joblib")
    assert (found.algorithm, found.compression) == ("RandomForestClassifier", compression)


@pytest.mark.parametrize("module", [gzip, bz2, lzma], ids=["gzip", "bz2", "lzma"])
def test_compressed_data_is_not_a_model(module: Any, tmp_path: Path) -> None:
    """A table in a compressed pickle is data."""
    assert (
        read_content(written(tmp_path, module.compress(pickle.dumps(TABLES["frame"])))).holds
        == DATA
    )


def test_a_compression_without_a_reader_keeps_the_model(tmp_path: Path) -> None:
    """A file compressed by LZ4 can hold a model, of an unknown class."""
    found = read_content(written(tmp_path, b"\x04\x22\x4d\x18" + bytes(20)))
    assert (found.holds, found.algorithm, found.compression) == (MODEL, None, "lz4")


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("protocol", range(6))
def test_tables_and_plain_values_are_data(name: str, protocol: int, tmp_path: Path) -> None:
    """A pickle of a table, an array or plain values is not a model."""
    path = written(tmp_path, pickle.dumps(TABLES[name], protocol=protocol))
    assert read_content(path).holds == DATA


@pytest.mark.parametrize("name", TABLES)
def test_joblib_files_of_tables_are_data(name: str, tmp_path: Path) -> None:
    """A joblib file of a table, an array or plain values is not a model."""
    joblib.dump(TABLES[name], tmp_path / "m.joblib")
    assert read_content(tmp_path / "m.joblib").holds == DATA


def test_an_array_in_a_skops_file_is_data(tmp_path: Path) -> None:
    """A skops file of an array is not a model, and one of a dict with a model is."""
    skops.io.dump(X, tmp_path / "a.skops")
    skops.io.dump({"model": FOREST}, tmp_path / "b.skops")
    assert read_content(tmp_path / "a.skops").holds == DATA
    assert read_content(tmp_path / "b.skops").algorithm == "RandomForestClassifier"


@pytest.mark.parametrize("write", [joblib.dump, pickle_to], ids=["joblib", "pickle"])
def test_a_model_after_much_data_is_found(write: Any, tmp_path: Path) -> None:
    """A dict with training rows of some megabytes and a model is a model."""
    write({"rows": np.zeros((500, 1000)), "model": FOREST}, tmp_path / "m.pkl")
    assert read_content(tmp_path / "m.pkl").algorithm == "RandomForestClassifier"


def test_a_large_table_is_data(tmp_path: Path) -> None:
    """A table of some megabytes is data to its end."""
    pd.DataFrame({"text": [f"row {i}" for i in range(150_000)]}).to_pickle(tmp_path / "t.pkl")
    assert (tmp_path / "t.pkl").stat().st_size > 1 << 20
    assert read_content(tmp_path / "t.pkl").holds == DATA


def test_a_class_by_value_has_no_name(tmp_path: Path) -> None:
    """A class that cloudpickle stores is a model whose algorithm is unknown."""
    mine = type("Mine", (), {"__module__": "__main__"})
    found = read_content(written(tmp_path, cloudpickle.dumps(mine())))
    assert (found.holds, found.algorithm) == (MODEL, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"hello",
        b"name,value\na,1\n",
        b"\x80",
        b"\x80\x05",
        b"\x80\x09.",
        b"PK\x03\x04 but no archive",
        b"\x1f\x8b but not gzip",
        b"BZh but not bz2",
        pickle.dumps(FOREST)[:-20],
    ],
)
def test_other_files_are_not_models(data: bytes, tmp_path: Path) -> None:
    """Text, damaged archives and pickles that were cut are neither models nor data."""
    assert read_content(written(tmp_path, data)).holds == OTHER


def test_an_archive_without_a_schema_is_not_a_model(tmp_path: Path) -> None:
    """A zip file that skops did not write is not a model."""
    np.savez(tmp_path / "a.skops.npz", X)
    assert read_content(tmp_path / "a.skops.npz").holds == OTHER


class Attack:
    """An object whose loading creates a file."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        """Open the file for writing."""
        return open, (self.target, "w")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    """A pickle whose loading would create a file does not create it."""
    victim = tmp_path / "victim"
    data = pickle.dumps(Attack(str(victim)))
    for name, content in (("a.pkl", data), ("b.pkl", gzip.compress(data))):
        read_content(written(tmp_path, content, name))
    assert not victim.exists()
    pickle.loads(data).close()
    assert victim.exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link to a file elsewhere raises OSError."""
    (tmp_path / "link.pkl").symlink_to(written(tmp_path, pickle.dumps(FOREST)))
    with pytest.raises(OSError, match="link"):
        read_content(tmp_path / "link.pkl")


@given(data=st.binary(max_size=300))
@example(data=b"\x80\x04" + b"]\x94" * 5000 + b".")
@example(data=b"(" * 5000 + b".")
def test_any_bytes_have_a_content(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each file has a content, also if its bytes are arbitrary."""
    folder = tmp_path_factory.mktemp("any")
    for prefix in (b"", b"\x80\x04", b"\x1f\x8b", b"PK\x03\x04"):
        assert read_content(written(folder, prefix + data)).holds in (MODEL, DATA, OTHER)


@given(cut=st.integers(1, 200), flip=st.integers(0, 2000))
def test_damaged_files_have_a_content(
    cut: int, flip: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file with a changed byte, or without its end, has a content."""
    buffer = io.BytesIO()
    joblib.dump(FOREST, buffer)
    data = bytearray(buffer.getvalue())
    data[flip % len(data)] ^= 0xFF
    folder = tmp_path_factory.mktemp("damaged")
    assert read_content(written(folder, bytes(data))).holds in (MODEL, DATA, OTHER)
    assert read_content(written(folder, bytes(data[:-cut]))).holds in (MODEL, DATA, OTHER)
