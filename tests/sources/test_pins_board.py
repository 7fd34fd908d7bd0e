"""Boards of pins as models with versions."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.pins_board import PinsBoard
from tests.sources.pin_boards import at, board_in, pin, upload

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


def fitted(c: float = 1.0) -> LogisticRegression:
    """Fit a model whose bytes depend on a parameter."""
    return LogisticRegression(C=c).fit(X, Y)


def everything(source: PinsBoard) -> dict[str, list[FoundVersion]]:
    """Return all versions by model."""
    return {model.name: list(source.versions(model.name)) for model in source.models()}


def write_version(folder: Path, meta: Any, **files: bytes) -> Path:
    """Write a version by hand, as another release of pins or vetiver would."""
    folder.mkdir(parents=True)
    (folder / "data.txt").write_text(meta if isinstance(meta, str) else yaml.safe_dump(meta))
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def test_pins_of_models_are_models(tmp_path: Path) -> None:
    """Each version of a pin is a version with its metadata, oldest first."""
    board = board_in(tmp_path / "board")
    metadata = {"accuracy": 0.9, "by": {"team": "vetting", "rank": [1, 2]}, "params": {"C": 1}}
    first = pin(
        *(board, "kepler_lr", fitted()),
        title="Kepler",
        description="First try",
        metadata=metadata,
        created=at(1),
    )
    second = pin(board, "kepler_lr", fitted(2), created=at(9))
    third = pin(board, "kepler_lr", fitted(3), created=at(10))
    found = everything(PinsBoard(tmp_path / "board"))
    assert [*found] == ["kepler_lr"]
    assert [v.source_id for v in found["kepler_lr"]] == [
        f"pins:board:kepler_lr:{version}" for version in (first, second, third)
    ]
    version = found["kepler_lr"][0]
    assert version.model_file is not None
    assert (
        version.model_file.path.read_bytes()
        == Path(tmp_path / "board/kepler_lr" / first / "kepler_lr.joblib").read_bytes()
    )
    assert version.model_file.size_bytes == version.model_file.path.stat().st_size
    assert version.created_at == datetime(2024, 3, 1, 12, 0, 1, tzinfo=UTC)
    assert version.description == "Kepler\n\nFirst try"
    assert version.algorithm == "LogisticRegression"
    assert (version.metrics, version.hyperparameters) == ({"accuracy": 0.9}, {"C": 1})
    assert version.tags == {
        "by.team": "vetting",
        "by.rank.0": 1,
        "by.rank.1": 2,
        "params.C": 1,
        "pins.created": "20240301T120001Z",
        "pins.hash": version.tags["pins.hash"],
        "pins.title": "Kepler",
        "pins.type": "joblib",
        "pins.version": first,
    }
    assert version.tags["pins.hash"].startswith(first.rpartition("-")[2])
    # pins wrote the title of the second.
    assert found["kepler_lr"][1].description == ""


def test_pins_of_data_are_reported(tmp_path: Path) -> None:
    """Tables, plain values and uploaded files that are not models are not moved in."""
    board = board_in(tmp_path / "board")
    frame = pd.DataFrame({"a": [1, 2]})
    versions = [
        pin(board, "a_table", frame, "csv", created=at(1)),
        pin(board, "b_rows", frame, "joblib", created=at(1)),
        pin(board, "c_values", {"a": 1}, "json", created=at(1)),
    ]
    (tmp_path / "notes.txt").write_text("text")
    versions.append(upload(board, tmp_path / "notes.txt", "d_notes"))
    pin(board, "model", fitted())
    source = PinsBoard(tmp_path / "board")
    assert [*everything(source)] == ["model"]
    assert source.lost[0] == (
        f"4 versions (data and not a model): a_table {versions[0]}, b_rows {versions[1]}, "
        f"c_values {versions[2]}, d_notes {versions[3]}"
    )
    assert any("time zone" in text for text in source.lost)


def test_an_uploaded_model_file_is_a_model(tmp_path: Path) -> None:
    """A pickle or skops file that was uploaded to a board is the model of its pin."""
    board = board_in(tmp_path / "board")
    (tmp_path / "forest.pkl").write_bytes(pickle.dumps(fitted()))
    upload(board, tmp_path / "forest.pkl", "forest")
    (version,) = everything(PinsBoard(tmp_path / "board"))["forest"]
    assert version.model_file is not None
    assert (version.model_file.path.name, version.algorithm) == ("forest.pkl", "LogisticRegression")


def test_versions_of_one_second_have_a_stable_order(tmp_path: Path) -> None:
    """Versions of the same second are in the order of their hashes, and have a tag."""
    board = board_in(tmp_path / "board")
    written = [pin(board, "lr", fitted(c), created=at(c != 4)) for c in (1, 2, 3, 4)]
    source = PinsBoard(tmp_path / "board")
    found = everything(source)["lr"]
    assert [v.tags["pins.version"] for v in found] == [written[3], *sorted(written[:3])]
    assert [v.tags.get("pins.same_second") for v in found] == [None, True, True, True]
    assert source.lost[-1] == "the order of 3 versions, which were written within the same second"


def test_metadata_of_vetiver_are_facts(tmp_path: Path) -> None:
    """Packages, Python and columns of vetiver are facts; metadata of its user are tags."""
    own = {
        "required_pkgs": ["scikit-learn", "pandas==2.2.3"],
        "python_version": [3, 11, 7, "final", 0],
        "prototype": json.dumps({"period": 1.0, "depth": 2.0}),
    }
    for name, user in (
        ("new", {"user": {"team": "vetting"}, "vetiver_meta": own}),
        ("old", {**own, "ptype": own["prototype"], "team": "vetting"}),
    ):
        meta = {"file": "m.joblib", "type": "joblib", "pin_hash": "abc", "user": user}
        folder = tmp_path / f"board/{name}/20240301T120000Z-0abcd"
        write_version(folder, meta, m__joblib=pickle.dumps(fitted()))
    found = everything(PinsBoard(tmp_path / "board"))
    for name in ("new", "old"):
        (version,) = found[name]
        assert version.packages == {"pandas": "2.2.3"}
        assert version.python == "3.11.7"
        assert version.feature_columns == ("period", "depth")
        assert version.tags["team"] == "vetting"
        assert version.tags["pins.required_pkgs"] == "scikit-learn, pandas==2.2.3"


def test_several_files_of_a_pin_are_kept_beside_its_model(tmp_path: Path) -> None:
    """The file of the model is the model; two models in one pin are not a version."""
    meta = {"file": ["m.pkl", "notes.txt"], "type": "file"}
    data = pickle.dumps(fitted())
    write_version(tmp_path / "b/one/20240301T120000Z-0abcd", meta, m__pkl=data, notes__txt=b"text")
    two = {"file": ["m.pkl", "n.pkl"], "type": "file"}
    write_version(tmp_path / "b/two/20240301T120000Z-0abcd", two, m__pkl=data, n__pkl=data)
    source = PinsBoard(tmp_path / "b")
    (version,) = everything(source)["one"]
    assert [*version.files] == ["notes.txt"]
    assert "two 20240301T120000Z-0abcd" in source.lost[0]


def test_pins_of_the_first_api_are_read(tmp_path: Path) -> None:
    """The first API names its file path, and its folders can have any name."""
    meta = {"path": "m.joblib", "type": "joblib", "description": "old"}
    write_version(tmp_path / "b/lr/_v1", meta, m__joblib=pickle.dumps(fitted()))
    (tmp_path / "b/_pins.yaml").write_text("lr: []\n")
    (version,) = everything(PinsBoard(tmp_path / "b"))["lr"]
    assert (version.description, version.created_at) == ("old", None)


@pytest.mark.parametrize(
    "meta",
    [
        "file: [",
        "- a list",
        "type: 3",
        "file: ../secret.joblib\ntype: joblib",
        "file: /etc/passwd\ntype: joblib",
        "file: link.joblib\ntype: joblib",
        "file: missing.joblib\ntype: joblib",
        "file: [3]\ntype: joblib",
        "file: []\ntype: joblib",
        "file: text.joblib\ntype: joblib",
        "type: joblib\nfile: !!python/object/apply:os.system ['touch victim']",
        "type: joblib" + " " * (2 << 20),
    ],
)
def test_damaged_versions_are_reported(
    meta: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version whose metadata is damaged, or whose file is not its own, is not read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b/lr").mkdir(parents=True)
    (tmp_path / "b/lr/secret.joblib").write_bytes(pickle.dumps(fitted()))
    folder = write_version(tmp_path / "b/lr/20240301T120000Z-0abcd", meta, text__joblib=b"text")
    (folder / "link.joblib").symlink_to(tmp_path / "b/lr/secret.joblib")
    source = PinsBoard(tmp_path / "b")
    assert everything(source) == {}
    assert source.lost == ("1 version (damaged): lr 20240301T120000Z-0abcd",)
    assert not (tmp_path / "victim").exists()


def test_metadata_that_refers_to_itself_is_damaged(tmp_path: Path) -> None:
    """Metadata with many references to the same part are not read, and the version is named."""
    lines = ["type: joblib", "file: m.joblib", "user:", "  a: &a [x, x, x, x, x, x, x, x, x]"]
    for name, previous in zip("bcdefgh", "abcdefg", strict=True):
        lines.append(f"  {name}: &{name} [{', '.join([f'*{previous}'] * 9)}]")
    lines += ["  loop: &loop", "    again: *loop"]
    folder = tmp_path / "b/lr/20240301T120000Z-0abcd"
    write_version(folder, "\n".join(lines), m__joblib=pickle.dumps(fitted()))
    source = PinsBoard(tmp_path / "b")
    assert everything(source) == {}
    assert source.lost == ("1 version (damaged): lr 20240301T120000Z-0abcd",)


def test_only_boards_are_recognized(tmp_path: Path) -> None:
    """A folder without versions of pins is not a board, and is refused."""
    board_in(tmp_path / "empty")
    (tmp_path / "other/rf/v1").mkdir(parents=True)
    (tmp_path / "other/rf/v1/data.txt").touch()
    board = board_in(tmp_path / "board")
    pin(board, "lr", fitted())
    assert [PinsBoard.detects(tmp_path / name) for name in ("board", "other", "empty", "x")] == [
        *(True, False, False, False)
    ]
    with pytest.raises(InvalidInputError, match="not a board of pins"):
        PinsBoard(tmp_path / "other")
