"""Annotations, files and measurements of artifacts at a commit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.sources.git_objects import GitObjects
from exo_nbregistry.sources.gto_artifacts import CommitReader, Content
from tests.gto_store import artifacts_yaml, cached, commit, dvc_file, make_repository

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
NAMES = [
    *("rf", "artifacts", "path", "type", "labels", "description", "meta", "stages", "train"),
    *("outs", "md5", "hash", "metrics", "params", "m.json", "rf.pkl", "../rf.pkl"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(NAMES),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(NAMES), values, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository."""
    return make_repository(tmp_path_factory.mktemp("gto") / "repository")


def content(folder: Path, commit_id: str, artifact: str = "rf") -> Content:
    """Return the files and measurements of an artifact."""
    repository = GitObjects(folder)
    with repository.reader() as texts:
        reader = CommitReader(repository, texts)
        about = reader.annotation(commit_id, artifact)
        return reader.content(commit_id, artifact, about.path)


@settings(max_examples=15)
@given(VALUES, VALUES, VALUES)
def test_no_document_is_an_error(folder: Path, about: object, stages: object, lock: object) -> None:
    """Any form of the documents gives files below the repository, or what was lost."""
    files = {"artifacts.yaml": about, "dvc.yaml": stages, "dvc.lock": lock, "m.json": {"a": 1}}
    made = commit(folder, {name: json.dumps(value) for name, value in files.items()})
    found = content(folder, made)
    assert found.lost or found.files
    assert all(".." not in name for name in found.files)


def test_a_file_inside_a_folder_of_dvc_is_found(folder: Path) -> None:
    """The .dvc file of a folder above the model lists it."""
    listed = json.dumps([{"md5": cached(folder, b"model"), "relpath": "deep/rf.pkl"}]).encode()
    md5 = cached(folder, listed)
    place = folder / ".dvc/cache/files/md5" / md5[:2]
    (place / md5[2:]).rename(place / f"{md5[2:]}.dir")
    about = artifacts_yaml(rf={"path": "models/deep/rf.pkl"})
    made = commit(folder, {"models.dvc": dvc_file(f"{md5}.dir", "models"), "artifacts.yaml": about})
    (file,) = content(folder, made).files.values()
    assert file.path.read_bytes() == b"model"


def test_metrics_of_two_files_keep_both_values(folder: Path) -> None:
    """A metric with the name of an earlier one gets the name of its file."""
    made = commit(
        folder,
        {
            "rf.pkl": b"model",
            "artifacts.yaml": artifacts_yaml(rf={"path": "rf.pkl"}),
            "dvc.yaml": artifacts_yaml(metrics=["train.json", "test.yaml"]),
            "train.json": '{"f1": 0.9}',
            "test.yaml": "f1: 0.8",
        },
    )
    assert content(folder, made).metrics == {"f1": 0.9, "test.f1": 0.8}
