"""The command score."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


@pytest.fixture
def source(registry: ModelRegistry, tmp_path: Path) -> Path:
    """Return a table, and register deep:1, which scores it."""
    X = pd.DataFrame({"koi_depth": [10.0, 20.0, 900.0, 950.0]})
    registry.register_model(LogisticRegression().fit(X, [0, 0, 1, 1]), "deep", X=X, y=[0, 0, 1, 1])
    path = tmp_path / "table.csv"
    path.write_text("kepid,koi_depth\n7,901\n8,\n9,20\n")
    return path


def test_a_table_is_scored(run: Run, source: Path, tmp_path: Path) -> None:
    """The command prints how many rows have each status, and writes one file for each piece."""
    done = run("score", "deep", source, "scores", "--jobs", 1, "--id-column", "kepid")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "3 rows scored by deep:1: 2 ok, 1 missing; 2 have a prediction. 1 file in scores.\n"
    )
    (path,) = (tmp_path / "scores").iterdir()
    found = pd.read_parquet(path)
    assert found["kepid"].tolist() == ["7", "8", "9"]
    assert found["prediction"].dropna().tolist() == [1, 0]


def test_a_run_is_continued(run: Run, source: Path) -> None:
    """The same command again does nothing, and prints the same numbers."""
    run("score", "deep", source, "scores", "--jobs", 1)
    done = run("score", "deep", source, "scores", "--jobs", 1, "--json")
    found = json.loads(done.stdout)
    assert (found["rows"], found["files"], found["resumed"]) == (3, 1, 1)
    assert found["statuses"] == {"ok": 2, "outside": 0, "missing": 1, "invalid": 0}


def test_columns_can_be_renamed(run: Run, source: Path) -> None:
    """--column names the column of the table for a column of the model."""
    source.write_text("depth\n901\n")
    done = run("score", "deep", source, "scores", "--column", "koi_depth=depth")
    assert done.stdout.startswith("1 row scored by deep:1: 1 ok;")
    done = run("score", "deep", source, "scores", "--column", "koi_depth")
    assert done.exit_code == 2
    assert "must be MODEL=TABLE" in done.stderr


def test_other_results_are_kept(run: Run, source: Path) -> None:
    """Results of other columns are refused with the option that removes them."""
    run("score", "deep", source, "scores", "--jobs", 1)
    done = run("score", "deep", source, "scores", "--id-column", "kepid")
    assert done.exit_code == 1
    assert "or pass --overwrite to score everything again." in done.stderr
    assert (
        run("score", "deep", source, "scores", "--id-column", "kepid", "--overwrite").exit_code == 0
    )


def test_errors_are_one_line(run: Run, source: Path) -> None:
    """A missing table, a missing column and a strict run fail with one sentence."""
    for arguments, words in (
        (("absent.csv", "scores"), "absent.csv does not exist."),
        ((source, "scores", "--strict"), "koi_depth must have a value"),
        ((source, "scores", "--cluster", "x://y"), "Cannot connect to the Dask scheduler"),
    ):
        done = run("score", "deep", *arguments)
        assert done.exit_code == 1
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
