"""The commands export and import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import joblib
import pytest
from click.testing import Result
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_a_version_is_exported_and_imported(run: Run, tmp_path: Path) -> None:
    """An exported version is imported into a new registry, under its name or another."""
    done = run("export", "kepler:2", "out")
    assert done.exit_code == 0
    assert str(Path("out", "record.json")) in done.stdout.splitlines()
    assert run("import", "out", "--registry", "new").stdout == "Imported as kepler:1.\n"
    assert run("import", "out", "--registry", "new", "--name", "k2").stdout == "Imported as k2:1.\n"
    assert ModelRegistry(tmp_path / "new").get_metadata("k2:1").f1_score == 0.9


@pytest.mark.parametrize(
    ("format", "file"), [("mlflow", "MLmodel"), ("huggingface", "config.json")]
)
def test_a_version_is_exported_for_another_tool(run: Run, format: str, file: str) -> None:
    """The option --format writes the folder of another tool."""
    done = run("export", "kepler:2", "out", "--format", format)
    assert done.exit_code == 0, done.stderr
    assert str(Path("out", file)) in done.stdout.splitlines()


def test_the_difference_of_an_onnx_file_is_printed(run: Run, tmp_path: Path) -> None:
    """An export as ONNX prints whether the file predicts the same labels."""
    pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    registry = ModelRegistry(tmp_path / "new", durable=False)
    registry.register_model(LogisticRegression().fit(X, y), "line", X=X, y=y)
    done = run("export", "line", "out", "--format", "onnx", "--registry", "new")
    assert "On 1,004 rows, all labels are equal" in done.stdout


def test_an_unknown_format_is_refused(run: Run) -> None:
    """The error of an unknown format lists the known ones."""
    done = run("export", "kepler:2", "out", "--format", "pmml")
    assert done.exit_code == 2
    assert "mlflow" in done.stderr


def test_an_unknown_signer_is_not_imported(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version of an unknown signer is imported only with --unsafe."""
    run("export", "kepler:2", "out")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other_user"))
    done = run("import", "out", "--registry", "new")
    assert done.exit_code == 1
    assert "SHA256:" in done.stderr
    assert run("import", "out", "--registry", "new", "--unsafe").exit_code == 0


def test_a_model_file_alone_is_imported(run: Run, tmp_path: Path) -> None:
    """A bare joblib file requires --name, and --trust for other types, and is a new version."""
    joblib.dump(DummyClassifier().fit([[0.0]], [0]), tmp_path / "plain.joblib")
    joblib.dump(XGBClassifier(n_estimators=1).fit([[0.0], [1.0]], [0, 1]), tmp_path / "x.joblib")
    done = run("import", "plain.joblib", "--registry", "new", "--unsafe")
    assert done.exit_code == 1
    assert "pass its name" in done.stderr
    done = run("import", "x.joblib", "--registry", "new", "--name", "x")
    assert done.exit_code == 1
    assert "To run only the code of xgboost: pass --trust xgboost." in done.stderr
    assert "--unsafe signs the new version with your key" in done.stderr
    assert not (tmp_path / "new").exists()
    options = ("--registry", "new", "--trust", "xgboost")
    assert run("import", "x.joblib", "--name", "x", *options).stdout == "Imported as x:1.\n"
    done = run("import", "plain.joblib", "--registry", "new", "--name", "k2")
    assert done.stdout == "Imported as k2:1.\n"
    assert ModelRegistry(tmp_path / "new").get_metadata("k2").algorithm == "DummyClassifier"
