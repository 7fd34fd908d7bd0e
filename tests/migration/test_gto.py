"""Repositories of gto, moved in as a whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import gto.api
import pytest
from click.testing import CliRunner

from exo_nbregistry import ModelRegistry
from exo_nbregistry.cli.app import commands
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.records.moved_in import MovedIn
from exo_nbregistry.sources.gto_repository import GtoRepository
from tests.gto_store import (
    artifacts_yaml,
    cached,
    commit,
    dvc_file,
    make_repository,
    model_bytes,
)

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture
def store(tmp_path: Path) -> tuple[Path, list[bytes]]:
    """Return a repository with three versions, and their bytes. The last is in DVC."""
    folder = make_repository(tmp_path / "repository")
    contents = [model_bytes(folder, strength) for strength in (1.0, 2.0, 3.0)]
    about = artifacts_yaml(rf={"path": "rf.joblib", "type": "model", "description": "Forest"})
    for number, content in enumerate(contents[:2]):
        commit(folder, {"rf.joblib": content, "artifacts.yaml": about})
        gto.api.register(folder, "rf", "HEAD", version=f"v1.{number}.0")
        gto.api.assign(folder, "rf", "prod", version=f"v1.{number}.0", author="Grace")
    (folder / "rf.joblib").unlink()
    commit(folder, {"rf.joblib.dvc": dvc_file(cached(folder, contents[2]), "rf.joblib")})
    gto.api.register(folder, "rf", "HEAD", version="v2.0.0")
    gto.api.assign(folder, "rf", "prod", version="v2.0.0")
    gto.api.assign(folder, "rf", "prod", version="v1.1.0", force=True)
    gto.api.assign(folder, "rf", "Dev", version="v2.0.0")
    gto.api.unassign(folder, "rf", stage="Dev", version="v2.0.0")
    return folder, contents


def test_every_version_byte_and_stage_arrives(
    store: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    """Bytes, facts and the history of the stages are the same as in git."""
    folder, contents = store
    registry = ModelRegistry(tmp_path / "registry")
    plan = plan_move_in(folder, registry)
    assert (plan.versions, plan.size_bytes) == (3, sum(map(len, contents)))
    result = plan.execute(progress=False)
    assert (result.versions, result.aliases, result.problems) == (3, 6, ())
    blobs = [path.read_bytes() for path in (tmp_path / "registry").glob("models/rf/blobs/*")]
    assert sorted(blobs) == sorted(contents)
    for version, semver in enumerate(("v1.0.0", "v1.1.0", "v2.0.0"), 1):
        metadata = registry.get_metadata(f"rf:{version}")
        assert metadata.tags["gto.version"] == semver
        assert metadata.description == "Forest"
    history = registry.alias_history("rf", "prod")
    assert [move.version for move in history] == [1, 2, 3, 2]
    assert [move.version for move in registry.alias_history("rf", "dev")] == [3, None]
    assert registry.load_model("rf@prod")[0].C == 2.0


def test_histories_show_who_moved_an_alias_in_git(
    store: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    """Each change has the author and the time of its tag, and the user of the move-in."""
    registry = ModelRegistry(tmp_path / "registry")
    plan_move_in(store[0], registry).execute(progress=False)
    registry.set_alias("rf", "prod", 1)
    (model,) = GtoRepository(store[0]).models()
    made = next(move for move in model.alias_moves if move.alias == "prod")
    assert made.at is not None
    moves = registry.alias_history("rf", "prod")
    assert moves[0].moved_in == MovedIn("Grace", made.at)
    assert moves[-1].moved_in is None
    sentence = f"@prod was set to 1 by Grace at {made.at:%Y-%m-%d %H:%M} (moved in)"
    for history in (moves, registry.history("rf")):
        assert sentence in repr(history)
        frame = history.to_frame()
        row = frame[frame["original_actor"] == "Grace"].iloc[0]
        assert row["original_at"] == made.at
        assert row["at"] > row["original_at"]
        assert frame["original_actor"].isna().iloc[-1]
    call = ["alias", "list", "rf@prod", "--registry", registry.location]
    text, listed = (
        CliRunner().invoke(commands, [*call, *more]).stdout for more in ([], ["--json"])
    )
    assert f"Grace at {made.at:%Y-%m-%d %H:%M}, moved in by" in text
    assert json.loads(listed)[0]["original_who"] == "Grace"
    assert "original_who" not in json.loads(listed)[-1]


def test_twice_is_the_same_as_once(store: tuple[Path, list[bytes]], tmp_path: Path) -> None:
    """A second run adds nothing, and a run after a new tag adds only the new."""
    folder, _ = store
    registry = ModelRegistry(tmp_path / "registry")
    plan_move_in(folder, registry).execute(progress=False)
    before = sorted(path.name for path in (tmp_path / "registry").rglob("*"))
    again = plan_move_in(folder, registry)
    assert again.changes_nothing
    assert again.execute(progress=False).present == 3
    assert sorted(path.name for path in (tmp_path / "registry").rglob("*")) == before
    gto.api.assign(folder, "rf", "prod", version="v2.0.0", force=True)
    result = plan_move_in(folder, registry).execute(progress=False)
    assert (result.versions, result.aliases) == (0, 1)
    assert registry.get_metadata("rf@prod").version == 3


def test_a_deregistered_version_is_deleted(store: tuple[Path, list[bytes]], tmp_path: Path) -> None:
    """It keeps its files and its history, is not the latest version, and is deleted once."""
    folder, _ = store
    gto.api.deregister(folder, "rf", version="v2.0.0", simple=False)
    registry = ModelRegistry(tmp_path / "registry")
    plan = plan_move_in(folder, registry)
    assert plan.models[0].deleted == (3,)
    assert "Deleted in the store, and then here: rf:3." in repr(plan)
    result = plan.execute(progress=False)
    assert (result.versions, result.deleted, result.problems) == (3, 1, ())
    assert "1 version deleted as in the store." in repr(result)
    assert registry.get_metadata("rf").version == 2
    assert [move.version for move in registry.alias_history("rf", "prod")] == [1, 2, 3, 2]
    assert "Version 3 was deleted in gto" in repr(registry.history("rf"))
    assert plan_move_in(folder, registry).changes_nothing
    registry.restore_model("rf:3")
    assert plan_move_in(folder, registry).execute(progress=False).deleted == 0
    assert registry.get_metadata("rf").version == 3


def test_a_version_that_is_deregistered_later_is_deleted(
    store: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    """A repeated move-in deletes it, unless an alias of this registry points to it."""
    folder, _ = store
    registry = ModelRegistry(tmp_path / "registry")
    plan_move_in(folder, registry).execute(progress=False)
    registry.set_alias("rf", "paper", 3)
    gto.api.deregister(folder, "rf", version="v1.0.0", simple=False)
    gto.api.deregister(folder, "rf", version="v2.0.0", simple=False)
    plan = plan_move_in(folder, registry)
    assert not plan.changes_nothing
    result = plan.execute(progress=False)
    assert (result.versions, result.deleted) == (0, 1)
    assert registry.get_metadata("rf:1").status == "deleted"
    (problem,) = result.problems
    assert "rf@paper points to it" in problem
    assert registry.get_metadata("rf:3").status == "active"
