"""A folder of model files moves in: counted, once, byte for byte, and without running it."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from exo_nbregistry.errors import InvalidInputError, UntrustedModelError
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.sources.model_files import ModelFiles

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


class Attack:
    """An object whose loading creates a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        """Open the file for writing."""
        return open, (str(self.target), "w")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with nine models in eleven files, and with files of other kinds."""
    folder = tmp_path / "old"
    (folder / "kepler/v2").mkdir(parents=True)
    for number in (1, 2, 10):
        forest = RandomForestClassifier(number, random_state=0).fit(X, Y)
        joblib.dump(forest, folder / f"rf_v{number}.joblib")
    joblib.dump(LogisticRegression(C=1).fit(X, Y), folder / "model_final.pkl")
    joblib.dump(LogisticRegression(C=2).fit(X, Y), folder / "model_final2.pkl", compress=("xz", 3))
    (folder / "svm.pickle").write_bytes(pickle.dumps(LogisticRegression(C=3).fit(X, Y), 0))
    packed = gzip.compress(pickle.dumps(LogisticRegression(C=4).fit(X, Y)))
    (folder / "svm (1).pickle.gz").write_bytes(packed)
    skops.io.dump(Ridge().fit(X, Y), folder / "ridge-2024-03-01.skops")
    joblib.dump(Ridge(2).fit(X, Y), folder / "kepler/v2/model.joblib")
    (folder / "kepler/v2/metrics.json").write_text('{"r2": 0.75}')
    shutil.copy(folder / "rf_v10.joblib", folder / "champion.joblib")
    shutil.copy(folder / "rf_v10.joblib", folder / "kepler/rf_backup.joblib")
    pd.DataFrame(X).to_pickle(folder / "rows.pkl")
    (folder / "notes.pkl").write_text("text")
    return folder


def contents(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """Return the bytes and the time of each file."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_each_model_arrives_once(registry: ModelRegistry, old: Path) -> None:
    """Nine versions of five models arrive with their bytes; a second move-in adds nothing."""
    before = contents(old)
    plan = plan_move_in(old, registry, kind="files")
    assert (plan.versions, plan.problems) == (9, ())
    done = plan.execute(progress=False)
    assert (done.versions, done.present, done.problems) == (9, 0, ())
    moved = [metadata for metadata in registry.list_models() if metadata.imported]
    ids = sorted(f"{metadata.model_id} {metadata.tags['file.name']}" for metadata in moved)
    assert ids == [
        "kepler:2 kepler/v2/model.joblib",
        "model:1 model_final.pkl",
        "model:2 model_final2.pkl",
        "rf:1 rf_v1.joblib",
        "rf:10 rf_v10.joblib",
        "rf:2 rf_v2.joblib",
        "ridge:1 ridge-2024-03-01.skops",
        "svm:1 svm.pickle",
        "svm:2 svm (1).pickle.gz",
    ]
    for metadata in moved:
        assert metadata.artifact is not None
        blobs = f"models/{metadata.model_name}/blobs/{metadata.artifact.sha256}"
        stored = Path(registry.location, f"{blobs}.{metadata.artifact.format}")
        assert stored.read_bytes() == (old / metadata.tags["file.name"]).read_bytes()
    again = plan_move_in(old, registry, kind="files")
    assert (again.versions, again.present, again.changes_nothing) == (0, 9, True)
    assert again.execute(progress=False).versions == 0
    assert registry.verify().ok
    assert contents(old) == before


def test_facts_and_copies_arrive(registry: ModelRegistry, old: Path) -> None:
    """Facts beside a file and names of copies are kept."""
    plan_move_in(old, registry, kind="files").execute(progress=False)
    kepler = registry.get_metadata("kepler:2")
    assert (kepler.metrics, kepler.algorithm) == ({"r2": 0.75}, "Ridge")
    assert "files" in kepler.attachments
    tags = registry.get_metadata("rf:10").tags
    assert tags["file.same_content"] == "champion.joblib, kepler/rf_backup.joblib"
    assert registry.get_metadata("ridge").training_date.year == 2024


def test_models_are_loaded_as_those_of_an_unknown_signer(
    registry: ModelRegistry, old: Path
) -> None:
    """Models of scikit-learn load without trust, also those from before pickle protocol 2."""
    plan_move_in(old, registry, kind="files").execute(progress=False)
    model, _ = registry.load_model("rf:10")
    assert len(model.estimators_) == 10
    assert registry.load_model("model:1")[0].C == 1
    assert registry.load_model("ridge:1")[0].alpha == 1.0


def test_the_plan_shows_each_file(registry: ModelRegistry, old: Path) -> None:
    """The plan has a row for each file, in text, in HTML and as values."""
    plan = plan_move_in(old, registry, kind="files")
    assert plan.is_guessed
    assert ["rf_v2.joblib", "rf", 2] in plan.proposal
    assert ["model_final.pkl", "model", "next"] in plan.proposal
    assert len(plan.proposal) == 9
    assert "same content: champion.joblib" in repr(plan)
    assert "rf_v2.joblib" in plan.to_html()
    assert plan.to_dict()["proposal"] == plan.proposal
    assert "rows.pkl" in repr(plan)


def test_names_of_files_are_escaped(registry: ModelRegistry, tmp_path: Path) -> None:
    """A file name cannot bring markup, control characters or broken text into the plan."""
    folder = tmp_path / "old"
    folder.mkdir()
    names = ["<img src=x>_v1.pkl", "red\x1b[31m.pkl", os.fsdecode(b"caf\xe9_v3.pkl")]
    for number, name in enumerate(names):
        joblib.dump(Ridge(number).fit(X, Y), folder / name)
    plan = plan_move_in(folder, registry, kind="files")
    assert "<img" not in plan.to_html()
    assert "\x1b" not in repr(plan)
    done = plan.execute(progress=False)
    assert (done.versions, done.problems) == (3, ())
    assert registry.get_metadata("caf:3").tags["file.name"] == "caf\\xe9_v3.pkl"


def test_a_user_corrects_the_proposal(registry: ModelRegistry, old: Path) -> None:
    """Names that the user chooses replace the proposed ones, and None leaves a file out."""
    names = {"model_final*": "kepler_lr", "svm.pickle": ("kepler_lr", 7), "svm (1)*": None}
    plan = plan_move_in(old, registry, kind="files", names=names)
    plan.execute(progress=False)
    assert [m.model_id for m in registry.list_models("kepler_lr", order_by="version")] == [
        *("kepler_lr:7", "kepler_lr:8", "kepler_lr:9")
    ]
    with pytest.raises(InvalidInputError, match="does not match any model file"):
        plan_move_in(old, registry, kind="files", names={"smv.pickle": "x"})
    (old / "_pins.yaml").touch()
    with pytest.raises(InvalidInputError, match="in a folder of model files"):
        plan_move_in(old, registry, kind="pins", names={"*": "x"})
    with pytest.raises(InvalidInputError, match="pass names to the reader"):
        plan_move_in(ModelFiles(old), registry, names={"*": "x"})


def test_files_that_are_new_or_changed_are_added(registry: ModelRegistry, old: Path) -> None:
    """A later move-in adds the new and the changed files, and keeps the others."""
    plan_move_in(old, registry, kind="files").execute(progress=False)
    joblib.dump(Ridge(5).fit(X, Y), old / "rf_v11.joblib")
    joblib.dump(Ridge(6).fit(X, Y), old / "rf_v1.joblib")
    (old / "rf_v2.joblib").rename(old / "rf_v2_renamed_to_rf.joblib")
    plan = plan_move_in(old, registry, kind="files", models=["rf"])
    assert plan.versions == 2
    plan.execute(progress=False)
    assert [m.version for m in registry.list_models("rf", order_by="version")] == [1, 2, 10, 11, 12]


def test_a_hostile_pickle_is_moved_and_not_run(registry: ModelRegistry, tmp_path: Path) -> None:
    """A pickle whose loading would create a file does not create it, in any step."""
    folder = tmp_path / "old"
    folder.mkdir()
    victim = tmp_path / "victim"
    (folder / "attack_v1.pkl").write_bytes(pickle.dumps(Attack(victim)))
    plan = plan_move_in(folder, registry, kind="files", names={"attack_v1.pkl": ("attack", 1)})
    # Python 3.13 names it _io.open.
    assert f"{open.__module__}.open" in plan.needs_trust
    plan.execute(progress=False)
    with pytest.raises(UntrustedModelError, match="moved in from another tool"):
        registry.load_model("attack:1")
    assert not victim.exists()
