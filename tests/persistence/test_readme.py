"""The README of an export, with values that are escaped in Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.persistence.readme import model_card
from exo_nbregistry.registry.facade import ModelRegistry
from tests.persistence.other_machine import predict_elsewhere, run_elsewhere

INFO: dict[str, Any] = {
    "model_type": "sklearn.svm._classes.SVC",
    "columns": None,
    "classes": None,
    "n_features": None,
    "python": "3.11.7",
    "packages": {"numpy": "2.0.0", "scikit-learn": "1.6.0"},
    "size_bytes": 12345,
    "sha256": "ab" * 32,
    "exported_at": "2026-01-01T00:00:00+00:00",
    "issues": (),
}


def headings(card: str) -> list[str]:
    """Return the headings of a card."""
    return [line.lstrip("# ") for line in card.splitlines() if line.startswith("#")]


def test_a_card_without_metadata() -> None:
    """The card of a model without metadata has the type, packages, size and digest."""
    card = model_card(INFO, {}, has_example=False)
    assert headings(card) == ["SVC", "Predict", "Trust"]
    assert "| type | `sklearn.svm._classes.SVC` |" in card
    assert "| packages | numpy 2.0.0, scikit-learn 1.6.0 |" in card
    assert "| size | 12,345 bytes |" in card
    assert f"| sha256 | `{'ab' * 32}` |" in card


def test_metadata_is_shown() -> None:
    """The card shows the title, description, algorithm, scores and columns, if known."""
    column = {"name": "depth", "dtype": None, "minimum": 0.5, "maximum": 120.0}
    info = INFO | {"columns": [column], "n_features": 1, "classes": ["no", "yes"]}
    given = {
        "model_name": "kepler",
        "description": "Finds planets.",
        "algorithm": "SVM",
        "metrics": {"f1_score": 0.123456, "support": 7},
    }
    card = model_card(info, given, has_example=True)
    assert headings(card) == ["kepler", "Scores", "Input columns", "Predict", "Trust"]
    for line in (
        "Finds planets.",
        "| algorithm | SVM |",
        "| classes | no, yes |",
        "| input columns | 1 |",
        "| f1_score | 0.1235 |",
        "| support | 7 |",
        "| depth | number | 0.5 to 120 |",
        "python predict.py example.csv out.csv",
    ):
        assert line in card.splitlines()


@pytest.mark.parametrize(
    ("scoring", "line"),
    [
        ({"average": "binary", "pos_label": "planet"}, "of planet"),
        ({"average": "macro", "pos_label": None}, "macro average"),
        (
            {"average": "macro", "sample_weight": True},
            "macro average, with sample weights",
        ),
    ],
)
def test_the_scores_name_their_class(scoring: dict[str, Any], line: str) -> None:
    """The card names the positive class or the average of the scores."""
    card = model_card(INFO, {"metrics": {"recall": 1.0}, "scoring": scoring}, has_example=False)
    assert f"| precision, recall, F1 | {line} |" in card
    other = model_card(INFO, {"scoring": {"average": None}}, has_example=False)
    assert "precision, recall, F1" not in other


def test_the_model_id_is_the_title() -> None:
    """The title is the model ID of a version, if it has one."""
    card = model_card(INFO, {"model_name": "Kepler", "model_id": "kepler:3"}, has_example=False)
    assert card.startswith("# kepler:3\n")


def test_problems_are_listed() -> None:
    """The steps before the model can run have their own section."""
    issue = "zero.Zero is defined in the local file zero.py: install it."
    card = model_card(INFO | {"issues": (issue,)}, {}, has_example=False)
    assert "## Before you run it\n\n- zero.Zero is defined" in card


def test_a_folder_without_predict_py() -> None:
    """The card of a folder that cannot predict shows how to import it instead of commands."""
    issue = "builtins.dict does not have predict."
    card = model_card(INFO | {"issues": (issue,)}, {}, has_example=False, runs=False)
    assert headings(card) == ["SVC", "Import only", "Trust"]
    assert "does not contain `predict.py`:\n\n- builtins.dict does not have predict.\n" in card
    assert "import_model(" in card
    assert "python predict.py" not in card


def test_no_value_breaks_a_table() -> None:
    """Pipes and line breaks in values do not change the table or the headings."""
    given = {"model_name": "a\n# b", "metrics": {"x|y\nz": 1}}
    card = model_card(INFO, given, has_example=False)
    assert headings(card) == ["a # b", "Scores", "Predict", "Trust"]
    assert r"| x\|y z | 1 |" in card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the export of a classifier."""
    table = pd.DataFrame({"depth": [1.0, 2.0], "period": [9.0, 8.0]})
    model = LogisticRegression().fit(table, ["false", "planet"])
    return ModelPersistence.export_model_for_deployment(model, tmp_path / "out")


def code_block(folder: Path, language: str) -> str:
    """Return the only code block of the README in a language."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", (folder / "README.md").read_text(), re.S)
    return str(block)


def test_the_program_runs_elsewhere(folder: Path) -> None:
    """The command in the README runs without this package."""
    install, command = code_block(folder, "bash").splitlines()
    assert install == "pip install -r requirements.txt"
    python, *arguments = command.split()
    assert python == "python"
    assert arguments == ["predict.py", "example.csv", "out.csv"]
    done = predict_elsewhere(folder, *arguments[1:])
    assert (done.returncode, done.stderr) == (0, "Wrote 1 predictions to out.csv.\n")
    found = pd.read_csv(folder / "out.csv")
    probabilities = ["probability", "probability_false", "probability_planet"]
    assert list(found) == ["prediction", *probabilities, "status", "outside", "problems"]


def test_the_python_example_runs_elsewhere(folder: Path) -> None:
    """The Python code in the README runs unchanged and prints predictions."""
    done = run_elsewhere(code_block(folder, "python"), folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[:3] == ["prediction", "probability", "probability_false"]


def test_this_package_cannot_be_imported_elsewhere(tmp_path: Path) -> None:
    """The two tests above fail if the exported code requires this package."""
    assert (
        "ModuleNotFoundError"
        in run_elsewhere("import exo_nbregistry.values.json_codec", tmp_path).stderr
    )


def test_the_card_has_everything_that_was_passed() -> None:
    """Results, training info and later metrics are tables; nested names have dots."""
    given = {
        "attachments": {},
        "additional_metrics": {
            "verdict": "good | really",
            "orbit": {"period": 3.25, "folds": list(range(9))},
            "training_info": {"mission": "Kepler"},
        },
        "later_metrics": [
            {"metrics": {"f1_score": 0.87}, "at": "2026-11-30", "on": "2026-11", "author": "ada"}
        ],
    }
    card = model_card(INFO, given, has_example=False)
    assert headings(card)[1:4] == ["Metrics measured later", "Results", "Training info"]
    for row in (
        r"| verdict | good \| really |",
        "| orbit.period | 3.25 |",
        "| orbit.folds | 0, 1, 2, 3, 4 and 4 more |",
        "| mission | Kepler |",
        "| 2026-11-30 | 2026-11 | f1_score 0.87 |",
    ):
        assert row in card


@pytest.mark.parametrize(
    "given",
    [
        {"attachments": {"roc": "roc.png"}},
        {"later_metrics": ["f1_score"]},
        {"later_metrics": {"f1_score": 0.87}},
        {"additional_metrics": {"training_info": 3}},
    ],
)
def test_a_card_takes_any_fields_of_the_user(given: dict[str, Any]) -> None:
    """Fields without a registry can have the names of its metadata, and any content."""
    assert "## Attachments" not in model_card(INFO, given, has_example=False)


def test_the_card_names_attachments_by_their_kind() -> None:
    """An attachment without a recorded kind has the kind that its list shows."""
    stored = {"roc": {"format": "npz", "sha256": "ab" * 32, "size_bytes": 7}}
    card = model_card(INFO, {"attachments": stored}, has_example=False)
    assert "| roc | arrays, 7 bytes |" in card


def test_the_readme_names_each_part_of_the_folder(tmp_path: Path) -> None:
    """Each program file of an export is named in its README."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "toy")
    folder = registry.export_model("toy:1", tmp_path / "out")
    programs = {path.name for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert programs == {"predict.py", "predict_rows"}
    card = (folder / "README.md").read_text()
    assert [name for name in programs if f"`{name}`" not in card] == []


def test_an_export_has_the_later_metrics(tmp_path: Path) -> None:
    """The README of an exported version has training info and later metrics."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    registry.register_model(
        model, "toy", metrics={"verdict": "good"}, training_info={"mission": "Kepler"}
    )
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at="2026-11-30", on="production")
    card = (registry.export_model("toy:1", tmp_path / "out") / "README.md").read_text()
    assert "| mission | Kepler |" in card
    assert "| 2026-11-30 00:00 | production | f1_score 0.87 |" in card
