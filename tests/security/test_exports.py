"""Names, texts and cells of a version cannot act in its export."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.answer_table import plain_cell, read_csv, safe_cell, write_csv
from exo_nbregistry.payloads.table import pack_table, unpack_table
from exo_nbregistry.persistence.export_example import example_table
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.registry.exported_attachments import FOLDER, OWN_FILES, exported_stems
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.requirements import requirements_txt

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "'=1"]
NUMBERS = ["-0.5", "+3", "-1e-5", "-.5", "-inf", "+nan"]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with a classifier of two columns."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    table = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]})
    model = LogisticRegression().fit(table, [0, 0, 1, 1])
    registry.register_model(model, "toy", X=table, y=[0, 0, 1, 1])
    return registry


def test_every_file_of_an_export_is_reserved(registry: ModelRegistry, tmp_path: Path) -> None:
    """An export has no file or folder whose name an attachment could take."""
    registry.attach("toy:1", "notes", "Good.")
    registry.export_model("toy:1", tmp_path / "out")
    names = {name.lower() for name in os.listdir(tmp_path / "out")}
    recorded = {f"{name}.{item.format}" for name, item in _artifacts(registry).items()}
    assert names - recorded <= OWN_FILES


def _artifacts(registry: ModelRegistry) -> dict[str, Artifact]:
    return dict(registry.get_metadata("toy:1").attachments)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("record", "json"),
        ("RECORD", "json"),
        ("Model_Info", "json"),
        ("model.joblib", "json"),
        ("model", "joblib"),
        ("attached", "json"),
    ],
)
def test_an_attachment_of_an_early_release_is_apart(name: str, format: str) -> None:
    """A name of the export's own files, in any case, is moved to the folder of attachments."""
    item = Artifact(format, "0" * 64, 1)
    kept = Artifact(format, "1" * 64, 1, kind="values")
    stems = exported_stems({name: item, "evaluation": Artifact("npz", "2" * 64, 1), "other": kept})
    assert stems[name] == f"{FOLDER}/{name}.{format}"
    assert stems["evaluation"] == "evaluation.npz"
    clash = exported_stems({name: item, name.swapcase(): item})
    assert len({stem.lower() for stem in clash.values()}) == 2
    beside = exported_stems({name: item, f"{name}.{format}": kept})
    assert beside[f"{name}.{format}"].lower() != f"{name}.{format}".lower()


def test_names_of_the_exports_files_are_free_for_users(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Attachments with such names, or such file names, are exported and imported."""
    names = ["record", "model_info", "predict.py", "README.md", "requirements.txt", "predict_rows"]
    for name in names:
        registry.attach("toy:1", name, {"size": len(name)})
    (tmp_path / "README.md").write_text("mine")
    registry.attach("toy:1", "read me", tmp_path / "README.md")
    folder = registry.export_model("toy:1", tmp_path / "out")
    assert json.loads((folder / "record.json").read_text())["model"] == "toy"
    assert (folder / "README.md").read_text().startswith("# toy")
    other = ModelRegistry(tmp_path / "other", durable=False)
    imported = other.import_model(folder)
    for name in names:
        assert other.load_attachment(imported, name) == {"size": len(name)}
    assert other.load_attachment(imported, "read me").read_text() == "mine"


def test_the_model_card_shows_texts_as_typed(registry: ModelRegistry, tmp_path: Path) -> None:
    """HTML, links, images, headings and tables in a version's texts are text in the card."""
    attack = "<img src=x onerror=alert(1)> [a](http://evil.example) ![b](http://evil.example/c)"
    table = pd.DataFrame({"<b>|x": [0.0, 1.0], "`y`": [1.0, 0.0]})
    registry.register_model(
        LogisticRegression().fit(table, [0, 1]),
        "card",
        X=table,
        y=[0, 1],
        description=f"# Heading\n---\n{attack}\n```\ncode",
        algorithm=attack,
        evaluation_results={"accuracy": 1.0, "note": attack},
        training_info={"dataset": attack, "author": "a | b"},
    )
    card = (registry.export_model("card", tmp_path / "out") / "README.md").read_text()
    text = card.replace("```bash", "").replace("```python", "")
    assert "<" not in text.replace("\\<", "")
    assert "](" not in text.replace("\\](", "")
    assert "http:/" not in text
    assert "\n---\n" not in text
    assert "\n# Heading" not in text


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_a_cell_is_text(text: str) -> None:
    """A cell that a spreadsheet would evaluate has a quote, which is removed when it is read."""
    assert safe_cell(text) == f"'{text}"
    assert plain_cell(safe_cell(text)) == text
    parts: list[str] = []
    write_csv({text: [text, "b"], "n": [-1.5, 2]}, parts.append)
    rows = list(csv.reader(io.StringIO("".join(parts), newline="")))
    assert [row[0] for row in rows] == [f"'{text}", f"'{text}", "b"]
    assert rows[1][1] == "-1.5"
    table = read_csv("".join(parts))
    assert (table.header[0], table.cells[0][0]) == (text, text)


@pytest.mark.parametrize("text", [*NUMBERS, "a=b", "", "'quoted'", "O'Neill"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    """Numbers as text, and texts that only contain such a character, have no quote."""
    assert safe_cell(text) == text
    assert plain_cell(text) == text
    assert safe_cell(-0.5) == -0.5


@pytest.mark.parametrize("text", FORMULAS)
def test_a_stored_table_has_no_formula(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The CSV of an attached table is safe to open, and is read back equal."""
    monkeypatch.setattr("exo_nbregistry.payloads.table.has_parquet", lambda: False)
    table = pd.DataFrame({text: [text, "b"], "n": [-1.5, 2.0]}, index=[text, "i"])
    _, data = pack_table(table, "t")
    rows = csv.reader(io.StringIO(_member(data), newline=""))
    cells = [cell for row in rows for cell in row]
    assert f"'{text}" in cells
    assert text not in cells
    pd.testing.assert_frame_equal(unpack_table(data, "t"), table)


def test_a_table_without_formulas_has_the_bytes_of_earlier_releases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form of a table mentions quotes only if some were added."""
    monkeypatch.setattr("exo_nbregistry.payloads.table.has_parquet", lambda: False)
    _, data = pack_table(pd.DataFrame({"a": ["'x", "-1.5"], "n": [-1.5, 2.0]}), "t")
    assert b"quoted_formulas" not in data


def _member(data: bytes) -> str:
    from exo_nbregistry.payloads.archive import read_archive

    return read_archive(data, "t")["table.csv"].decode()


def test_the_example_of_an_export_has_no_formula() -> None:
    """The stored rows of text columns are safe to open, and are read back equal."""
    info: dict[str, Any] = {"columns": [{"name": "@c"}, {"name": "n"}], "n_features": 2}
    text = example_table(info, {"rows": {"@c": ["=1+1"], "n": [-1.5]}, "columns": ["@c", "n"]})
    assert text == "'@c,n\n'=1+1,-1.5\n"
    assert read_csv(text).columns() == {"@c": ["=1+1"], "n": ["-1.5"]}


def test_a_recorded_package_is_not_an_option_of_pip() -> None:
    """A name or a version with other characters is a comment in requirements.txt."""
    text = requirements_txt({"--index-url": "x", "a": "1\n-r evil", "b": "1.0"})
    assert text.splitlines()[-1] == "b==1.0"
    assert all(line.startswith("#") for line in text.splitlines()[:-1])


def test_a_name_that_could_leave_the_folder_is_refused() -> None:
    """A recorded name with a path is an error, not a file."""
    with pytest.raises(RecordError, match="not a valid name"):
        exported_stems({"../record": Artifact("json", "0" * 64, 1)})
