"""Tags and files of a git repository."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.git_objects import MAX_TEXT_BYTES, BlobFile, GitObjects
from tests.git_repository import git
from tests.gto_store import commit, make_repository, tag_at

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository without commits."""
    return make_repository(tmp_path / "repository")


def test_only_annotated_tags_of_commits_have_a_commit(folder: Path) -> None:
    """A light tag and a tag of a file are listed without a commit."""
    made = commit(folder, {"a.txt": "1"})
    tag_at(folder, "rf@v1.0.0", 1_700_000_000)
    git(folder, "tag", "light")
    git(folder, "tag", "-a", "-m", "A file", "file", "HEAD:a.txt")
    found = {tag.name: tag for tag in GitObjects(folder).tags()}
    assert {name: tag.commit for name, tag in found.items()} == {
        "rf@v1.0.0": made,
        "light": "",
        "file": "",
    }
    tag = found["rf@v1.0.0"]
    assert (tag.author, tag.email, tag.date) == ("Ada", "ada@mars", "1700000000")
    assert tag.subject == "By hand"


def test_small_texts_are_read_and_others_are_not(folder: Path) -> None:
    """After a large, binary, missing or impossible file, the next one is read correctly."""
    files = {"large": b"x" * (MAX_TEXT_BYTES + 1), "binary": b"\xff\xfe", "a b\u00e9.yaml": "text"}
    made = commit(folder, files)
    with GitObjects(folder).reader() as texts:
        for name in ("large", "binary", "missing", "a\nb", "", "../x", "a\0b"):
            assert texts.text(made, name) is None
            assert texts.text(made, "a b\u00e9.yaml") == "text"


def test_a_file_of_a_commit_is_extracted_and_removed(folder: Path) -> None:
    """The file is written when its path is read, once, and removed with its object."""
    made = commit(folder, {"models/rf.pkl": b"model", "other.txt": "x"})
    files = GitObjects(folder).files(made, "models")
    assert list(files) == ["models/rf.pkl"]
    file = files.pop("models/rf.pkl")
    assert file.size_bytes == 5
    assert "rf.pkl" in repr(file)
    path = file.path
    assert (path.name, path.read_bytes(), file.path) == ("rf.pkl", b"model", path)
    del file
    gc.collect()
    assert not path.parent.exists()


def test_an_object_that_is_damaged_is_an_error_of_its_file(folder: Path) -> None:
    """The error is one of the operating system, as for a file that cannot be read."""
    made = commit(folder, {"rf.pkl": b"model"})
    repository = GitObjects(folder)
    blob = git(folder, "rev-parse", f"{made}:rf.pkl")
    path = folder / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    with pytest.raises(OSError, match="git cannot read"):
        _ = BlobFile(repository, blob, 5, "rf.pkl").path


def test_a_missing_object_is_an_error_when_files_are_listed(folder: Path) -> None:
    """Git writes BAD as the size of such a file, which the error names."""
    made = commit(folder, {"rf.pkl": b"model"})
    blob = git(folder, "rev-parse", f"{made}:rf.pkl")
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(InvalidInputError, match=r"git cannot read (rf\.pkl of )?/"):
        GitObjects(folder).files(made, "rf.pkl")


def test_a_folder_below_a_repository_is_not_one(folder: Path) -> None:
    """The repository above a folder is not read instead."""
    commit(folder, {"deep/a.txt": "1"})
    with pytest.raises(InvalidInputError, match="not a git repository"):
        GitObjects(folder / "deep").tags()


def test_variables_of_git_do_not_choose_another_repository(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hook of git, GIT_DIR names the repository of the hook."""
    commit(folder, {"a.txt": "1"})
    git(folder, "tag", "here")
    other = make_repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", os.fspath(other / ".git"))
    assert [tag.name for tag in GitObjects(folder).tags()] == ["here"]


def test_without_git_the_error_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git gets one sentence."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InvalidInputError, match="git is not installed; install it"):
        GitObjects(folder)
