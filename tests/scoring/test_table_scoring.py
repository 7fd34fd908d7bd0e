"""Large tables are scored in pieces, whose files are written once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RegistryError,
    SignatureMismatchError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.scoring import results, table_scoring
from exo_nbregistry.scoring.disk_folder import DiskFolder
from exo_nbregistry.scoring.parquet_source import parquet_pieces
from exo_nbregistry.scoring.piece import Layout
from exo_nbregistry.scoring.table_scoring import ScoringSummary
from tests.scoring.tables import COLUMNS, contents, folder_of, loop_scores, read_scores, table

ROOT = Path(__file__).resolve().parents[2]


def score(registry: ModelRegistry, source: Any, target: Path, **options: Any) -> ScoringSummary:
    """Score in this process."""
    options = {"n_jobs": 1, "progress": False, "id_columns": ["kepid"]} | options
    return registry.score("kepler", source, target, **options)


def test_the_rows_are_those_of_a_loop(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """Each row has exactly the prediction and the probability of a loop over row groups."""
    summary = score(registry, parquet, tmp_path / "scores")
    found = read_scores(tmp_path / "scores")
    expected = loop_scores(registry.load_model("kepler")[0], parquet)
    pd.testing.assert_frame_equal(
        found[list(expected)], expected, check_exact=True, check_dtype=False
    )
    assert set(found["status"]) == {"ok", "outside"}
    assert set(found["model_id"]) == {"kepler:1"}
    assert (summary.rows, summary.predicted, summary.files, summary.resumed) == (700, 700, 7, 0)
    assert summary.statuses["ok"] == (found["status"] == "ok").sum()
    assert sum(summary.statuses.values()) == 700


def test_processes_write_the_same_files(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """Two processes write the same bytes as one, in any order."""
    score(registry, parquet, tmp_path / "one")
    summary = score(registry, parquet, tmp_path / "two", n_jobs=2)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert summary.rows == 700


def test_batches_do_not_change_the_scores(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """The rows of a row group can be scored in small batches."""
    score(registry, parquet, tmp_path / "one")
    score(registry, parquet, tmp_path / "two", batch_rows=33)
    pd.testing.assert_frame_equal(read_scores(tmp_path / "two"), read_scores(tmp_path / "one"))


def test_csv_has_the_scores_of_parquet(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """The same rows in CSV have the same scores; copied columns are text."""
    pd.read_parquet(parquet).to_csv(tmp_path / "table.csv", index=False)
    score(registry, parquet, tmp_path / "one")
    score(registry, tmp_path / "table.csv", tmp_path / "two")
    one, two = read_scores(tmp_path / "one"), read_scores(tmp_path / "two")
    pd.testing.assert_frame_equal(two.drop(columns="kepid"), one.drop(columns="kepid"))
    assert two["kepid"].tolist() == one["kepid"].astype(str).tolist()


def test_rows_that_cannot_be_answered_are_marked(registry: ModelRegistry, tmp_path: Path) -> None:
    """Missing, infinite, unreadable and short rows of CSV are counted and have no prediction."""
    lines = ["0.1,1,0.2,0.3", ",2,0.2,0.3", "inf,3,0.2,0.3", "deep,4,0.2,0.3", "0.1,5", "0.1,6,9,9"]
    text = "\n".join(["# A comment of an archive", "koi_prad,kepid,koi_period,koi_depth", *lines])
    (tmp_path / "table.csv").write_text(text)
    summary = score(registry, tmp_path / "table.csv", tmp_path / "scores")
    found = read_scores(tmp_path / "scores")
    assert found["status"].tolist() == ["ok", "missing", "invalid", "invalid", "invalid", "outside"]
    assert found["prediction"].notna().tolist() == [True, False, False, False, False, True]
    assert found["probability"].notna().tolist() == [True, False, False, False, False, True]
    assert summary.statuses == {"ok": 1, "outside": 1, "missing": 1, "invalid": 3}
    assert str(summary).startswith(
        "6 rows scored by kepler:1: 1 ok, 1 outside, 1 missing, 3 invalid; 2 have a prediction. "
    )


def test_values_of_other_types_are_read(registry: ModelRegistry, tmp_path: Path) -> None:
    """Integers, decimals, missing values and texts of Parquet are read as a frame would be."""
    columns = {
        "koi_depth": pa.array([1, None, 0]),
        "koi_period": pa.array([1, 1, 1], pa.decimal128(5, 2)),
        "koi_prad": pa.array(["1", "1", "deep"]),
        "kepid": pa.array(["a", "b", "c"]).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    summary = score(registry, tmp_path / "table.parquet", tmp_path / "scores")
    assert summary.statuses == {"ok": 0, "outside": 0, "missing": 0, "invalid": 3}
    columns["koi_prad"] = pa.array([0.5, 0.5, 0.5], pa.float32())
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    score(registry, tmp_path / "table.parquet", tmp_path / "scores", overwrite=True)
    found = read_scores(tmp_path / "scores")
    assert found["status"].tolist() == ["outside", "missing", "outside"]
    assert found["kepid"].tolist() == ["a", "b", "c"]


LABELS: dict[str, tuple[list[Any], str]] = {
    "text": (["DUST", "PLANET"], "string"),
    "whole numbers": ([3, 7], "int64"),
    "booleans": ([False, True], "bool"),
    "floats": ([0.0, 1.0], "double"),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_have_one_type(registry: ModelRegistry, tmp_path: Path, kind: str) -> None:
    """Frames and files have the type of the labels, also where a row has no prediction."""
    labels, name = LABELS[kind]
    rows = table(40)
    y = np.array(labels)[np.arange(40) % 2]
    model = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(rows[COLUMNS], y)
    registry.register_model(model, "kepler", X=rows[COLUMNS], y=y)
    expected = model.predict(rows[COLUMNS]).tolist()
    rows.loc[5, "koi_depth"] = np.nan
    rows.to_parquet(tmp_path / "table.parquet", index=False)
    score(registry, tmp_path / "table.parquet", tmp_path / "scores")
    (path,) = (tmp_path / "scores").iterdir()
    stored = pq.read_table(path).column("prediction")
    assert str(stored.type) == name
    expected[5] = None
    assert stored.to_pylist() == expected
    frame = registry.scorer("kepler")(rows)
    assert frame["prediction"].drop(5).tolist() == [
        label for label in expected if label is not None
    ]


def test_texts_and_categories_are_read(registry: ModelRegistry, tmp_path: Path) -> None:
    """A column of text has the same scores from a frame, from Parquet and from CSV."""
    X = table(60)[COLUMNS].assign(band=np.array(["g", "r", "i"])[np.arange(60) % 3])
    y = (X["band"] == "r").astype(int)
    encoder = ColumnTransformer([("band", OneHotEncoder(), ["band"])], remainder="passthrough")
    model = make_pipeline(encoder, GradientBoostingClassifier(n_estimators=3)).fit(X, y)
    registry.register_model(model, "kepler", X=X, y=y)
    rows = X.copy()
    rows.loc[3, "band"] = "z"
    rows.to_csv(tmp_path / "table.csv", index=False)
    rows.astype({"band": "category"}).to_parquet(tmp_path / "table.parquet", index=False)
    expected = registry.scorer("kepler")(rows)
    assert expected.loc[3, "status"] == "invalid"
    assert expected["prediction"].drop(3).tolist() == y.drop(3).tolist()
    for name in ("table.csv", "table.parquet"):
        score(registry, tmp_path / name, tmp_path / f"{name}-scores", id_columns=[])
        found = read_scores(tmp_path / f"{name}-scores")
        assert found["status"].tolist() == expected["status"].tolist()
        pd.testing.assert_series_equal(found["probability"], expected["probability"])


def test_a_finished_run_is_not_repeated(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second call reads the numbers of all pieces from their files."""
    first = score(registry, parquet, tmp_path / "scores")
    before = contents(tmp_path / "scores")
    monkeypatch.setattr(results, "_write", None)
    second = score(registry, parquet, tmp_path / "scores")
    assert (second.resumed, second.statuses) == (7, first.statuses)
    assert contents(tmp_path / "scores") == before


def test_a_run_continues(registry: ModelRegistry, parquet: Path, tmp_path: Path) -> None:
    """Missing pieces are scored again to the same bytes, and what a kill left is removed."""
    score(registry, parquet, tmp_path / "scores")
    before = contents(tmp_path / "scores")
    for name in list(before)[2:5]:
        (tmp_path / "scores" / name).unlink()
    (tmp_path / "scores" / ".tmp-host-1-ab").write_bytes(b"part")
    summary = score(registry, parquet, tmp_path / "scores")
    assert (summary.files, summary.resumed) == (7, 4)
    assert contents(tmp_path / "scores") == before


def test_results_of_another_version_are_refused(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A folder with scores of another version is kept, unless overwrite=True."""
    score(registry, parquet, tmp_path / "scores")
    X = table(10)[COLUMNS]
    y = ["CONFIRMED", "FALSE POSITIVE"] * 5
    registry.register_model(DummyClassifier().fit(X, y), "kepler", X=X, y=y)
    with pytest.raises(ConflictError, match=r"scores of kepler:1, not of kepler:2; choose another"):
        score(registry, parquet, tmp_path / "scores")
    assert set(read_scores(tmp_path / "scores")["model_id"]) == {"kepler:1"}
    summary = score(registry, parquet, tmp_path / "scores", overwrite=True)
    assert (summary.model_id, summary.resumed) == ("kepler:2", 0)
    assert set(read_scores(tmp_path / "scores")["model_id"]) == {"kepler:2"}


def test_runs_of_two_versions_at_the_same_time_are_not_mixed(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A worker accepts a file that another one has finished only if it has the same version."""
    scorer = registry.scorer("kepler")
    X = table(10)[COLUMNS]
    y = ["CONFIRMED", "FALSE POSITIVE"] * 5
    registry.register_model(DummyClassifier().fit(X, y), "kepler", X=X, y=y)
    piece = next(parquet_pieces(folder_of(parquet), parquet.name, lambda names: None))
    results.score_piece(scorer, piece, DiskFolder(str(tmp_path)), Layout())
    results.score_piece(scorer, piece, DiskFolder(str(tmp_path)), Layout())
    with pytest.raises(ConflictError, match="choose another folder for each run"):
        results.score_piece(registry.scorer("kepler:2"), piece, DiskFolder(str(tmp_path)), Layout())
    assert set(pd.read_parquet(tmp_path / piece.name)["model_id"]) == {"kepler:1"}


def test_results_of_another_table_are_refused(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A table that has changed under the same name is another table."""
    score(registry, parquet, tmp_path / "scores")
    table(700, seed=1).to_parquet(parquet, row_group_size=100, index=False)
    with pytest.raises(ConflictError, match=r"is from another table\.parquet"):
        score(registry, parquet, tmp_path / "scores")


def test_results_of_other_column_names_are_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    """The first line of a CSV file decides what the values of its blocks mean."""
    path = tmp_path / "table.csv"
    table(50).to_csv(path, index=False)
    score(registry, path, tmp_path / "scores")
    first, _, rest = path.read_text().partition("\n")
    path.write_text(",".join(first.split(",")[::-1]) + "\n" + rest)
    with pytest.raises(ConflictError, match=r"is from another table\.csv"):
        score(registry, path, tmp_path / "scores")


def test_workers_that_write_elsewhere_are_noticed(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker of a cluster may have another folder with the path of the results."""

    def run(_engine: str, _scorer: Any, pieces: Any, *_: Any, **__: Any) -> Any:
        yield from ((piece.name, {"ok": piece.rows}) for piece in pieces)

    monkeypatch.setattr(table_scoring, "run", run)
    with pytest.raises(RegistryError, match=r"7 files of results that cannot .* same path"):
        score(registry, parquet, tmp_path / "scores")


def test_results_of_other_columns_are_refused(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A folder does not get files with different columns."""
    score(registry, parquet, tmp_path / "scores")
    with pytest.raises(ConflictError, match="other columns or id_columns"):
        score(registry, parquet, tmp_path / "scores", id_columns=[])


def test_other_files_are_never_removed(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A folder with other files is refused, also with overwrite=True."""
    (tmp_path / "scores").mkdir()
    for name in ("notes.txt", "other.parquet"):
        path = tmp_path / "scores" / name
        path.write_bytes(parquet.read_bytes())
        with pytest.raises(ConflictError, match="not a file of results; choose another folder"):
            score(registry, parquet, tmp_path / "scores", overwrite=True)
        assert path.read_bytes() == parquet.read_bytes()
        path.unlink()


@pytest.mark.parametrize(
    "hostile",
    [
        {b"exo_nbregistry": b"[]", b"exo_nbregistry.rows": b"{}"},
        {b"exo_nbregistry": b"{}", b"exo_nbregistry.rows": b'{"ok": "7"}'},
        {b"exo_nbregistry": b"{", b"exo_nbregistry.rows": b"{}"},
    ],
)
def test_a_hostile_footer_is_rejected(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, hostile: dict[bytes, bytes]
) -> None:
    """A file whose footer has other types is not a file of results."""
    (tmp_path / "scores").mkdir()
    rows = pa.table({"x": [1]}).replace_schema_metadata(hostile)
    pq.write_table(rows, tmp_path / "scores" / "x.parquet")
    with pytest.raises(ConflictError, match="is not a file of results"):
        score(registry, parquet, tmp_path / "scores")


def test_results_beside_another_file_are_not_removed(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A folder that is refused is unchanged, also with overwrite=True."""
    score(registry, parquet, tmp_path / "scores")
    (tmp_path / "scores" / "zz.txt").write_text("notes")
    before = contents(tmp_path / "scores")
    with pytest.raises(ConflictError, match=r"zz\.txt, which is not a file of results"):
        score(registry, parquet, tmp_path / "scores", overwrite=True)
    assert contents(tmp_path / "scores") == before


def test_new_files_of_a_folder_are_added(registry: ModelRegistry, tmp_path: Path) -> None:
    """A folder that has got another file is scored without the files that are finished."""
    folder = tmp_path / "tables"
    (folder / "2026").mkdir(parents=True)
    table(50).to_parquet(folder / "2026" / "a.parquet", index=False)
    assert score(registry, folder, tmp_path / "scores").rows == 50
    table(30, seed=1).to_parquet(folder / "b.parquet", index=False)
    summary = score(registry, folder, tmp_path / "scores")
    assert (summary.rows, summary.files, summary.resumed) == (80, 2, 1)


def test_columns_can_have_other_names(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A column of the model is read under the name that it has in the table."""
    score(registry, parquet, tmp_path / "one")
    renamed = pd.read_parquet(parquet).rename(columns={"koi_depth": "depth"})
    renamed["koi_depth"] = np.nan
    renamed.to_parquet(tmp_path / "renamed.parquet", row_group_size=100, index=False)
    score(registry, tmp_path / "renamed.parquet", tmp_path / "two", columns={"koi_depth": "depth"})
    pd.testing.assert_frame_equal(read_scores(tmp_path / "two"), read_scores(tmp_path / "one"))


def test_the_footer_names_the_version(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """Each file of results has the version, its digest and the piece in its footer."""
    score(registry, parquet, tmp_path / "scores")
    paths = sorted((tmp_path / "scores").iterdir())
    stored = [json.loads(pq.read_metadata(path).metadata[b"exo_nbregistry"]) for path in paths]
    assert {facts["version"]["model_id"] for facts in stored} == {"kepler:1"}
    sha256 = registry["kepler:1"].artifact.sha256
    assert {facts["version"]["sha256"] for facts in stored} == {sha256}
    assert [facts["source"]["piece"] for facts in stored] == list(range(7))


def test_an_empty_table_has_no_rows(registry: ModelRegistry, tmp_path: Path) -> None:
    """Tables without rows are scored, with results that have columns."""
    table(0).to_parquet(tmp_path / "table.parquet", index=False)
    assert score(registry, tmp_path / "table.parquet", tmp_path / "one").rows == 0
    (tmp_path / "table.csv").write_text("kepid,koi_depth,koi_period,koi_prad\n")
    summary = score(registry, tmp_path / "table.csv", tmp_path / "two")
    assert str(summary).startswith("0 rows scored by kepler:1. 0 files")


def test_progress_counts_rows(
    registry: ModelRegistry,
    parquet: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bar counts the rows of Parquet, and a short run has none."""
    score(registry, parquet, tmp_path / "short", progress=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(table_scoring, "_BAR_AFTER_S", 0.0)
    score(registry, parquet, tmp_path / "scores", progress=True)
    assert "700/700" in capsys.readouterr().err
    score(registry, parquet, tmp_path / "quiet", progress=False)
    assert capsys.readouterr().err == ""


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "engine": ({"engine": "spark"}, "engine must be 'processes' or 'dask'"),
    "cluster": ({"engine": "processes", "cluster": "tcp://x:1"}, "requires engine='dask'"),
    "jobs": ({"n_jobs": 0}, "n_jobs must be a number"),
    "jobs of a cluster": ({"cluster": "tcp://x:1", "n_jobs": 2}, "a cluster has its own workers"),
    "batch": ({"batch_rows": 0}, "batch_rows must be a positive integer, got 0"),
    "columns": ({"columns": {"depth": "koi_depth"}}, "'depth', which kepler:1 does not take"),
    "renamed": ({"columns": {"koi_depth": "depth"}}, "koi_depth"),
    "ids": ({"id_columns": ["name"]}, "does not have the column 'name'"),
    "id text": ({"id_columns": "kepid"}, "must be a list of names"),
    "id twice": ({"id_columns": ["kepid", "kepid"]}, "a name twice"),
    "id result": ({"id_columns": ["status"]}, "'status', which is the name of a result"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_wrong_arguments_are_rejected(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, fault: str
) -> None:
    """Each wrong argument is one sentence, and nothing is written."""
    options, words = WRONG[fault]
    with pytest.raises(RegistryError, match=words):
        score(registry, parquet, tmp_path / "scores", **options)
    assert not any((tmp_path / "scores").glob("*"))


def test_wrong_places_are_rejected(registry: ModelRegistry, parquet: Path, tmp_path: Path) -> None:
    """A missing table, an address, a file as target and a target in the table are errors."""
    with pytest.raises(NotFoundError, match=r"absent\.parquet does not exist"):
        score(registry, tmp_path / "absent.parquet", tmp_path / "scores")
    with pytest.raises(InvalidInputError, match="cannot have user info") as caught:
        score(registry, "s3://secret@bucket/table.parquet", tmp_path / "scores")
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidInputError, match="Unknown scheme 'http'"):
        registry.score("kepler", parquet, "http://bucket/scores")
    for places in (("s3:/team/t.parquet", tmp_path / "scores"), (parquet, "s3:/team/scores")):
        with pytest.raises(InvalidInputError, match="must have two slashes"):
            registry.score("kepler", *places)
    with pytest.raises(InvalidInputError, match="choose another folder"):
        score(registry, parquet, parquet)
    with pytest.raises(InvalidInputError, match="has files of the table"):
        score(registry, parquet, tmp_path)
    with pytest.raises(InvalidInputError, match=r"is inside the table .* outside of it"):
        score(registry, tmp_path, tmp_path / "scores")
    assert not (tmp_path / "scores").exists()


def test_a_missing_column_is_found_before_any_work(registry: ModelRegistry, tmp_path: Path) -> None:
    """One file of a folder without a column of the model is named by its column."""
    folder = tmp_path / "tables"
    folder.mkdir()
    table(50).to_parquet(folder / "a.parquet", index=False)
    table(50).rename(columns={"koi_prad": "koi_pradd"}).to_parquet(folder / "b.parquet")
    with pytest.raises(SignatureMismatchError, match="koi_prad is missing; the data has koi_pradd"):
        score(registry, folder, tmp_path / "scores")
    assert not any((tmp_path / "scores").glob("*"))


def test_a_damaged_piece_keeps_the_others(
    registry: ModelRegistry, parquet: Path, tmp_path: Path
) -> None:
    """A row group that cannot be read is named, and the pieces before it are finished."""
    data = bytearray(parquet.read_bytes())
    column = pq.read_metadata(parquet).row_group(4).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    data[start : start + 40] = b"\xff" * 40
    parquet.write_bytes(data)
    with pytest.raises(RegistryError, match=r"Cannot score table\.parquet, row group 4"):
        score(registry, parquet, tmp_path / "scores")
    assert len(contents(tmp_path / "scores")) == 4
    parquet.write_bytes(b"not Parquet")
    with pytest.raises(RegistryError, match=r"Cannot read table\.parquet"):
        score(registry, parquet, tmp_path / "scores")


def test_strict_scoring_stops(registry: ModelRegistry, tmp_path: Path) -> None:
    """With on_mismatch="raise" a missing value stops the run, also in other processes."""
    rows = table(200)
    rows.loc[150, "koi_depth"] = np.nan
    rows.to_parquet(tmp_path / "table.parquet", row_group_size=100, index=False)
    with pytest.raises(SignatureMismatchError, match="koi_depth must have a value"):
        score(registry, tmp_path / "table.parquet", tmp_path / "s", on_mismatch="raise", n_jobs=2)


def test_a_missing_library_is_named(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow the error names the extra that installs it."""
    monkeypatch.setattr(table_scoring, "find_spec", lambda name: None)
    with pytest.raises(RegistryError, match=r"pip install 'exo-nbregistry\[dask\]'"):
        score(registry, parquet, tmp_path / "scores")


MEMORY = """
import sys
from exo_nbregistry import ModelRegistry
from benchmarks.memory import peak_bytes
folder, source = sys.argv[1:]
registry = ModelRegistry(f"{folder}/registry")
registry.score("kepler", source, f"{source}.scores", n_jobs=1, progress=False)
print(peak_bytes())
"""


def test_memory_does_not_grow_with_the_table(registry: ModelRegistry, tmp_path: Path) -> None:
    """Ten times as many row groups of the same size need about the same memory."""
    X = table(20)[COLUMNS]
    y = ["CONFIRMED", "FALSE POSITIVE"] * 10
    registry.register_model(DummyClassifier().fit(X, y), "kepler", X=X, y=y)
    peaks = []
    for groups in (4, 40):
        path = tmp_path / f"{groups}.parquet"
        table(50_000 * groups).to_parquet(path, row_group_size=50_000, index=False)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(tmp_path), str(path)],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout))
    # The larger table has 58 MB more, in memory and on disk.
    assert peaks[1] - peaks[0] < 20e6
