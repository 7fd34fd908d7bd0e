"""A board of pins moves in: counted, once, byte for byte, and without running it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry
from tests.migration.test_model_files import Attack, contents
from tests.sources.pin_boards import at, board_in, pin, upload

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


@pytest.fixture
def board(tmp_path: Path) -> Any:
    """Return a board with six versions of three pins of models, and pins of data."""
    board = board_in(tmp_path / "board")
    for number in (1, 2, 3):
        forest = RandomForestClassifier(number, random_state=0).fit(X, Y)
        metadata = {"accuracy": number / 4, "team": {"name": "vetting"}}
        pin(board, "tess_rf", forest, metadata=metadata, created=at(number))
    for number in (1, 2):
        pin(board, "tess_lr", LogisticRegression(C=number).fit(X, Y), created=at(0))
    path = tmp_path / "uploaded.pkl"
    path.write_bytes(pickle.dumps(LogisticRegression(C=9).fit(X, Y)))
    upload(board, path, "Uploaded")
    pin(board, "rows", pd.DataFrame({"a": [1]}), "csv")
    pin(board, "frame", pd.DataFrame({"a": [1]}), "joblib")
    return board


def test_each_version_arrives_once(registry: ModelRegistry, board: Any, tmp_path: Path) -> None:
    """Six versions arrive in their order with their bytes; a second move-in adds nothing."""
    before = contents(tmp_path / "board")
    plan = plan_move_in(tmp_path / "board", registry, kind="pins")
    assert (plan.versions, len(plan.models), plan.is_guessed) == (6, 3, False)
    done = plan.execute(progress=False)
    assert (done.versions, done.problems) == (6, ())
    for model in ("tess_rf", "tess_lr", "Uploaded"):
        versions = board.pin_versions(model)["version"].tolist()
        found = list(registry.list_models(model, order_by="version"))
        assert [m.version for m in found] == [*range(1, len(versions) + 1)]
        assert sorted(m.tags["pins.version"] for m in found) == sorted(versions)
        for metadata in found:
            folder = tmp_path / "board" / model / metadata.tags["pins.version"]
            (source,) = (path for path in folder.iterdir() if path.name != "data.txt")
            assert metadata.artifact is not None
            blob = f"models/{metadata.model_name.lower()}/blobs/{metadata.artifact.sha256}.joblib"
            assert Path(registry.location, blob).read_bytes() == source.read_bytes()
    forests = registry.list_models("tess_rf", order_by="version")
    assert [m.metrics for m in forests] == [{"accuracy": n / 4} for n in (1, 2, 3)]
    assert forests[0].tags["team.name"] == "vetting"
    again = plan_move_in(tmp_path / "board", registry, kind="pins")
    assert (again.versions, again.present) == (0, 6)
    assert again.execute(progress=False).versions == 0
    assert registry.verify().ok
    assert contents(tmp_path / "board") == before


def test_losses_are_in_the_plan(registry: ModelRegistry, board: Any, tmp_path: Path) -> None:
    """The plan names the pins of data, and the facts that pins does not store."""
    shown = repr(plan_move_in(tmp_path / "board", registry, kind="pins"))
    assert "2 versions (data and not a model): frame " in shown
    assert "pins writes the local time as UTC" in shown
    assert "the order of 2 versions" in shown


def test_new_versions_are_added(registry: ModelRegistry, board: Any, tmp_path: Path) -> None:
    """A later move-in adds only the versions that were pinned since."""
    plan_move_in(tmp_path / "board", registry, kind="pins").execute(progress=False)
    pin(board, "tess_lr", LogisticRegression(C=5).fit(X, Y), created=at(30))
    plan = plan_move_in(tmp_path / "board", registry, kind="pins")
    assert plan.versions == 1
    plan.execute(progress=False)
    assert registry.load_model("tess_lr:3")[0].C == 5


def test_a_hostile_pin_is_not_run(registry: ModelRegistry, tmp_path: Path) -> None:
    """A pin whose loading would create a file does not create it when it moves in."""
    board = board_in(tmp_path / "board")
    victim = tmp_path / "victim"
    path = tmp_path / "attack.pkl"
    path.write_bytes(pickle.dumps([LogisticRegression(), Attack(victim)]))
    upload(board, path, "attack")
    plan = plan_move_in(tmp_path / "board", registry, kind="pins")
    # Python 3.13 names it _io.open.
    assert plan.needs_trust == (f"{open.__module__}.open",)
    assert plan.execute(progress=False).versions == 1
    assert not victim.exists()
