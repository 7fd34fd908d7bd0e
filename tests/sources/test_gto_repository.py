"""Models that gto registered, read from real repositories."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import gto.api
import pytest

from exo_nbregistry.errors import InvalidInputError, ModelNotFoundError
from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.gto_repository import GtoRepository
from tests.git_repository import git, write_fake_git
from tests.gto_store import (
    artifacts_yaml,
    cached,
    cached_folder,
    commit,
    dvc_file,
    make_repository,
    model_bytes,
)

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
RF = artifacts_yaml(
    rf={"path": "rf.joblib", "type": "model", "description": "Forest", "labels": ["kepler"]}
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository without commits."""
    return make_repository(tmp_path / "repository")


def versions(folder: Path, name: str = "rf") -> list[FoundVersion]:
    """Return the versions of an artifact."""
    return list(GtoRepository(folder).versions(name))


def registered(folder: Path, files: dict[str, bytes | str], name: str = "rf") -> FoundVersion:
    """Commit files, register the commit with gto, and return the version that is found."""
    commit(folder, files)
    gto.api.register(folder, name, "HEAD")
    return versions(folder, name)[-1]


def test_a_registered_version_arrives_with_its_facts(folder: Path) -> None:
    """Bytes, description, author, time and every field of the annotation are read."""
    data = model_bytes(folder, 1.0)
    made = commit(folder, {"rf.joblib": data, "artifacts.yaml": RF})
    gto.api.register(folder, "rf", "HEAD", version="v1.2.0", message="The good one")
    found = versions(folder)[0]
    assert found.source_id == f"gto:rf:v1.2.0:{made[:12]}"
    assert (found.number, found.description, found.lost, found.files) == (1, "Forest", (), {})
    assert found.model_file is not None
    assert found.model_file.size_bytes == len(data)
    assert found.model_file.path.read_bytes() == data
    tags = dict(found.tags)
    assert tags.pop("gto.created_at") == found.created_at.isoformat()
    assert tags == {
        "gto.version": "v1.2.0",
        "gto.tag": "rf@v1.2.0",
        "gto.commit": made,
        "gto.author": "Ada",
        "gto.author_email": "ada@mars",
        "gto.message": "The good one",
        "gto.type": "model",
        "gto.path": "rf.joblib",
        "gto.labels": ["kepler"],
    }


def test_stages_become_a_history_of_aliases(folder: Path) -> None:
    """A stage that moved forth, back and away has one move for each change, in the tags' order."""
    for number in range(2):
        commit(folder, {"rf.joblib": bytes([number]), "artifacts.yaml": RF})
        gto.api.register(folder, "rf", "HEAD", version=f"v1.0.{number}")
        gto.api.assign(folder, "rf", "prod", version=f"v1.0.{number}", author="Grace")
    gto.api.assign(folder, "rf", "prod", version="v1.0.0", force=True)
    gto.api.assign(folder, "rf", "dev", version="v1.0.1")
    gto.api.unassign(folder, "rf", stage="prod", version="v1.0.0")
    gto.api.unassign(folder, "rf", stage="dev", version="v1.0.1")
    (model,) = GtoRepository(folder).models()
    ids = [version.source_id for version in versions(folder)]
    assert [(move.alias, move.source_id) for move in model.alias_moves] == [
        ("prod", ids[0]),
        ("prod", ids[1]),
        ("prod", ids[0]),
        ("dev", ids[1]),
        # Version 1.0.1 was never removed from the stage, so gto shows it again.
        ("prod", ids[1]),
        ("dev", None),
    ]
    assert [move.by for move in model.alias_moves][:3] == ["Grace", "Grace", "Ada"]
    assert [version.aliases for version in versions(folder)] == [(), ("prod",)]
    assert gto.api.show(folder)["rf"]["stage"] == {"prod": "v1.0.1"}


def test_a_deregistered_version_leaves_its_stages(folder: Path) -> None:
    """The version is deleted, with the time of its removal, and its alias is removed."""
    commit(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    gto.api.register(folder, "rf", "HEAD")
    gto.api.assign(folder, "rf", "prod", version="v0.0.1")
    gto.api.deregister(folder, "rf", version="v0.0.1", simple=False)
    (found,), (model,) = versions(folder), GtoRepository(folder).models()
    assert "gto.deregistered_at" in found.tags
    assert found.deleted
    assert [move.source_id for move in model.alias_moves] == [found.source_id, None]
    gto.api.register(folder, "rf", "HEAD", version="v0.0.1", simple=False, force=True)
    assert not versions(folder)[0].deleted


def test_a_version_that_is_only_in_a_stage_is_found(folder: Path) -> None:
    """A stage of an unregistered commit makes a version without a semantic version."""
    made = commit(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    gto.api.assign(folder, "rf", "dev", ref="HEAD", skip_registration=True)
    (found,) = versions(folder)
    assert (found.source_id, found.aliases) == (f"gto:rf:{made[:12]}", ("dev",))
    assert "gto.version" not in found.tags


def test_a_deprecated_artifact_is_marked(folder: Path) -> None:
    """The time of the deprecation is a tag of the model."""
    registered(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    gto.api.deprecate(folder, "rf")
    (model,) = GtoRepository(folder).models()
    assert list(model.tags) == ["gto.deprecated_at"]
    assert model.lost == ("that it is deprecated",)


def test_each_version_has_the_bytes_of_its_commit(folder: Path) -> None:
    """Two commits of a path give two contents, and each file is removed with its version."""
    for number in range(2):
        commit(folder, {"rf.joblib": f"content {number}", "artifacts.yaml": RF})
        gto.api.register(folder, "rf", "HEAD")
    first, second = versions(folder)
    paths = [version.model_file.path for version in (first, second)]
    assert [path.read_text() for path in paths] == ["content 0", "content 1"]
    del first
    assert [path.exists() for path in paths] == [False, True]


def test_a_folder_of_dvc_yaml_names_the_artifact(folder: Path) -> None:
    """An artifact of models/dvc.yaml has the folder in its name and in its path."""
    about = {"path": "rf.pkl", "desc": "Forest", "meta": {"owner": {"team": "vetting"}}}
    text = artifacts_yaml(artifacts={"rf": about})
    found = registered(folder, {"models/rf.pkl": b"1", "models/dvc.yaml": text}, "models:rf")
    assert found.model_file is not None
    assert found.description == "Forest"
    assert found.tags["gto.path"] == "models/rf.pkl"
    assert found.tags["gto.meta.owner.team"] == "vetting"


@pytest.mark.parametrize("old", [False, True])
def test_a_dvc_file_names_a_file_of_the_cache(folder: Path, old: bool) -> None:
    """The model is found in the cache of DVC 3 and of earlier releases, and stays there."""
    md5 = cached(folder, b"model", old)
    found = registered(
        folder, {"rf.joblib.dvc": dvc_file(md5, "rf.joblib", not old), "artifacts.yaml": RF}
    )
    assert found.model_file is not None
    assert found.model_file.path.is_relative_to(folder / ".dvc")
    assert found.model_file.path.read_bytes() == b"model"


def test_a_stage_of_dvc_gives_files_metrics_and_parameters(folder: Path) -> None:
    """The model of a pipeline comes with the parameters and the metrics of its stage."""
    out = {"path": "rf.joblib", "hash": "md5", "md5": cached(folder, b"model")}
    made = {"params": {"params.yaml": {"train.trees": 100}}, "outs": [out]}
    lock = artifacts_yaml(stages={"train": made})
    stages = artifacts_yaml(stages={"train": {"metrics": [{"m.json": {"cache": False}}]}})
    files = {"dvc.lock": lock, "dvc.yaml": stages, "m.json": '{"test": {"f1": 0.5}, "name": "x"}'}
    found = registered(folder, {**files, "artifacts.yaml": RF})
    assert found.model_file is not None
    assert found.metrics == {"test.f1": 0.5}
    assert found.hyperparameters == {"train.trees": 100}


def test_a_folder_of_dvc_keeps_its_files(folder: Path) -> None:
    """A tracked folder gives its only model file and the others by their relative paths."""
    md5 = cached_folder(folder, {"model.pkl": b"model", "docs/card.md": b"# Card"})
    yaml_text = artifacts_yaml(rf={"path": "model"})
    found = registered(folder, {"model.dvc": dvc_file(md5, "model"), "artifacts.yaml": yaml_text})
    assert found.model_file is not None
    assert found.model_file.path.read_bytes() == b"model"
    assert {name: file.path.read_bytes() for name, file in found.files.items()} == {
        "docs/card.md": b"# Card"
    }


def test_a_file_that_is_missing_or_damaged_in_the_cache_is_lost(folder: Path) -> None:
    """The version arrives without its file, and the reason is listed."""
    md5 = cached(folder, b"model")
    files = {"rf.joblib.dvc": dvc_file(md5, "rf.joblib"), "artifacts.yaml": RF}
    path = folder / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
    path.write_bytes(b"other")
    found = registered(folder, files)
    assert found.model_file is None
    assert found.lost == ("the files (rf.joblib is damaged in the cache of DVC)",)
    path.unlink()
    lost = "the files (rf.joblib is not in the cache of DVC (run dvc pull))"
    assert versions(folder)[0].lost == (lost,)


def test_a_local_remote_replaces_the_cache(folder: Path) -> None:
    """A file that is only in a remote on this machine is found there."""
    md5 = cached(folder, b"model")
    (folder / ".dvc/cache").rename(folder.parent / "remote")
    (folder / ".dvc/config").write_text(
        "[core]\nremote = r\n['remote \"r\"']\nurl = ../../remote\n"
    )
    found = registered(folder, {"rf.joblib.dvc": dvc_file(md5, "rf.joblib"), "artifacts.yaml": RF})
    assert found.model_file is not None
    assert found.model_file.path.read_bytes() == b"model"


def test_git_lfs_is_followed_to_its_object(folder: Path) -> None:
    """A pointer is replaced by the object, and a missing object is lost."""
    digest = hashlib.sha256(b"model").hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 5\n"
    place = folder / ".git/lfs/objects" / digest[:2] / digest[2:4]
    place.mkdir(parents=True)
    (place / digest).write_bytes(b"model")
    found = registered(folder, {"rf.joblib": pointer, "artifacts.yaml": RF})
    assert found.model_file is not None
    assert found.model_file.path.read_bytes() == b"model"
    (place / digest).unlink()
    assert versions(folder)[0].lost == (
        "the files (rf.joblib is in Git LFS only (run git lfs pull))",
    )


def test_without_an_annotation_the_file_of_the_same_name_is_used(folder: Path) -> None:
    """One model file with the artifact's name is the model; two are not guessed."""
    found = registered(folder, {"models/rf.pkl": b"1", "models/svm.pkl": b"2"})
    assert found.model_file is not None
    assert found.model_file.path.read_bytes() == b"1"
    found = registered(folder, {"other/rf.pkl": b"3"})
    assert found.model_file is None
    assert found.lost == ("the files (gto has no path of the artifact at this commit)",)


def test_links_and_paths_outside_are_not_followed(folder: Path) -> None:
    """A link in a commit and a path above the root give no file."""
    (folder / "rf.joblib").symlink_to("/etc/passwd")
    found = registered(folder, {"artifacts.yaml": RF})
    assert (found.model_file, found.files) == (None, {})
    for outside in ("../../etc/passwd", "/etc/passwd", "s3://bucket/rf.pkl"):
        found = registered(folder, {"artifacts.yaml": artifacts_yaml(rf={"path": outside})})
        assert (found.model_file, found.files) == (None, {})
        assert found.lost == (f"the files ({outside} is outside of the repository)",)
        assert found.tags["gto.path"] == outside


def test_a_list_of_dvc_with_a_path_outside_is_damaged(folder: Path) -> None:
    """No file of a folder of DVC gets a path above the folder."""
    md5 = cached_folder(folder, {"../../outside.pkl": b"model"})
    yaml_text = artifacts_yaml(rf={"path": "model"})
    found = registered(folder, {"model.dvc": dvc_file(md5, "model"), "artifacts.yaml": yaml_text})
    assert found.lost == ("the files (the list of model is damaged)",)


def test_data_sets_and_light_tags_are_listed(folder: Path) -> None:
    """An artifact of data does not move, and gto ignores tags without an author."""
    about = artifacts_yaml(kepler={"path": "k.csv", "type": "dataset"})
    commit(folder, {"k.csv": "a,b", "artifacts.yaml": about})
    gto.api.register(folder, "kepler", "HEAD")
    git(folder, "tag", "rf@v1.0.0")
    source = GtoRepository(folder)
    assert list(source.models()) == []
    assert source.lost == (
        "artifact kepler of the type dataset",
        "1 tags without an author, which gto ignores",
    )


def test_a_clone_without_all_objects_keeps_the_facts_of_its_tags(
    folder: Path, tmp_path: Path
) -> None:
    """A version whose commit or files are missing arrives without files."""
    for content in (b"1", b"2"):
        found = registered(folder, {"rf.joblib": content, "artifacts.yaml": RF})
    git(folder, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", folder.as_uri(), str(clone))
    missing = ("the files (this clone does not have them; fetch all of it)",)
    assert [version.lost for version in versions(clone)] == [missing, missing]
    commit_id = found.tags["gto.commit"]
    (folder / ".git/objects" / commit_id[:2] / commit_id[2:]).unlink()
    first, second = versions(folder)
    assert (first.lost, second.lost) == ((), missing)
    assert second.tags["gto.version"] == "v0.0.2"


def test_a_repository_is_recognized_by_its_tags(folder: Path, tmp_path: Path) -> None:
    """A repository with tags of gto is one, bare or not; without them it is refused plainly."""
    commit(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    git(folder, "tag", "-a", "-m", "Release", "v1.0.0")
    assert not GtoRepository.detects(folder)
    assert not GtoRepository.detects(folder / ".git/refs")
    with pytest.raises(InvalidInputError, match="has no tags of gto"):
        GtoRepository(folder)
    gto.api.register(folder, "rf", "HEAD")
    bare = tmp_path / "bare"
    git(tmp_path, "clone", "-q", "--bare", str(folder), str(bare))
    assert GtoRepository.detects(folder)
    assert GtoRepository.detects(bare)
    assert versions(bare)[0].model_file is not None


@pytest.mark.skipif(os.name != "posix", reason="the fake git is a shell script")
def test_the_repository_of_another_user_is_one_clear_error(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting of git that trusts the folder."""
    registered(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    script = "echo \"fatal: detected dubious ownership in repository at '$PWD'\" >&2\nexit 128"
    write_fake_git(tmp_path / "bin", script, monkeypatch)
    assert GtoRepository.detects(folder)
    with pytest.raises(InvalidInputError, match=r"--add safe\.directory "):
        GtoRepository(folder)


def test_an_unknown_artifact_is_an_error_with_a_suggestion(folder: Path) -> None:
    """A misspelled name suggests the right one."""
    registered(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    with pytest.raises(ModelNotFoundError, match="Did you mean rf"):
        next(GtoRepository(folder).versions("rff"))


def test_no_program_of_the_repository_runs(folder: Path, tmp_path: Path) -> None:
    """Hooks, monitors and pagers of the repository do not run, and no byte of it changes."""
    registered(folder, {"rf.joblib": b"1", "artifacts.yaml": RF})
    witness = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {witness}\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.sshCommand"):
        git(folder, "config", name, str(program))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    (found,) = versions(folder)
    assert found.model_file.path.read_bytes() == b"1"
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert not witness.exists()
