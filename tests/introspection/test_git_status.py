"""The commit and the state of the git repository."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.introspection import git_status
from exo_nbregistry.introspection.git_status import read_git_status
from tests.git_repository import git, write_fake_git

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
posix = pytest.mark.skipif(os.name != "posix", reason="the fake git is a shell script")


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Clear the cached git status before and after each test."""
    git_status._git_once.cache_clear()
    yield
    git_status._git_once.cache_clear()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one commit as the current folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "train.py").write_text("print(1)\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    monkeypatch.chdir(folder)
    return folder


def asked() -> tuple[str | None, bool | None]:
    """Return the commit and state from git, without cache."""
    git_status._git_once.cache_clear()
    return read_git_status(None, None)


def test_the_commit_is_read(repository: Path) -> None:
    """The commit is the one git names, also from a folder below and after another commit."""
    assert asked() == (git(repository, "rev-parse", "HEAD"), False)
    (repository / "deep" / "er").mkdir(parents=True)
    os.chdir(repository / "deep" / "er")
    git(repository, "commit", "-q", "--allow-empty", "-m", "Second")
    assert asked() == (git(repository, "rev-parse", "HEAD"), False)


def test_only_tracked_changes_are_dirty(repository: Path) -> None:
    """A changed tracked file makes it dirty, staged or not; an untracked file does not."""
    (repository / "notes.txt").write_text("new")
    assert asked()[1] is False
    (repository / "train.py").write_text("print(2)\n")
    assert asked()[1] is True
    git(repository, "add", "train.py")
    assert asked()[1] is True


@pytest.mark.parametrize(
    "commands",
    [
        ["pack-refs --all"],
        ["pack-refs --all", "commit -q --allow-empty -m Later"],
        ["tag -a -m Release v1", "pack-refs --all", "checkout -q -b feature/deep/name"],
        ["checkout -q --detach"],
        ["symbolic-ref refs/heads/alias refs/heads/main", "symbolic-ref HEAD refs/heads/alias"],
    ],
)
def test_every_form_of_head_is_read(repository: Path, commands: list[str]) -> None:
    """Loose, packed, detached and symbolic heads give the commit that git gives."""
    for command in commands:
        git(repository, *command.split())
    assert asked() == (git(repository, "rev-parse", "HEAD"), False)


@pytest.mark.parametrize("packed", [False, True])
def test_a_worktree_has_its_own_head(repository: Path, packed: bool) -> None:
    """In a worktree, whose .git is a file, the commit of its branch is read."""
    tree = repository.parent / "tree"
    git(repository, "worktree", "add", "-q", "-b", "side", str(tree))
    git(tree, "commit", "-q", "--allow-empty", "-m", "Aside")
    if packed:
        git(repository, "pack-refs", "--all")
    os.chdir(tree)
    head = git(tree, "rev-parse", "HEAD")
    assert head != git(repository, "rev-parse", "HEAD")
    assert asked() == (head, False)


def test_a_repository_without_commit(tmp_path: Path, monkeypatch) -> None:
    """Before the first commit there is neither a commit nor a difference from one."""
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    assert asked() == (None, None)


def test_outside_a_repository(tmp_path: Path, monkeypatch) -> None:
    """Outside a repository, commit and dirty are None."""
    monkeypatch.chdir(tmp_path)
    assert asked() == (None, None)


@settings(deadline=None)  # it waits for the disk
@given(st.text() | st.text().map("ref: {}".format), st.booleans())
def test_a_damaged_repository_never_raises(tmp_path_factory, text: str, as_file: bool) -> None:
    """Any content of HEAD or of a .git file gives neither an error nor a false commit."""
    root: Path = tmp_path_factory.mktemp("damaged")
    head = root / ".git" if as_file else root / ".git" / "HEAD"
    head.parent.mkdir(exist_ok=True)
    head.write_bytes((f"gitdir: {text}" if as_file else text).encode("utf-8", "replace"))
    assert git_status._git_once(str(root)) == (None, None)


def test_without_git_the_commit_is_still_read(repository: Path, monkeypatch) -> None:
    """If the git program is missing, the commit is known and dirty is None."""
    head = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "")
    assert asked() == (head, None)


@posix
@pytest.mark.parametrize("script", ["exec sleep 9", "echo M; exit 128"])
def test_a_failing_git_leaves_dirty_none(repository, tmp_path, monkeypatch, script) -> None:
    """A git that takes too long or fails leaves dirty None, soon."""
    head = git(repository, "rev-parse", "HEAD")
    monkeypatch.setattr(git_status, "GIT_TIMEOUT_S", 0.1)
    write_fake_git(tmp_path / "bin", script, monkeypatch)
    start = time.monotonic()
    assert asked() == (head, None)
    assert time.monotonic() - start < 5


@pytest.mark.usefixtures("repository")
def test_variables_of_a_git_hook_do_not_mislead(tmp_path: Path, monkeypatch) -> None:
    """GIT_DIR, which git sets in its hooks, is ignored."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert asked()[1] is False


@pytest.mark.usefixtures("repository")
def test_a_script_asks_git_again_after_a_while(monkeypatch) -> None:
    """In a script, the git status is cached for 10 s."""
    counts = []
    monkeypatch.setattr(git_status, "is_dirty", lambda root: counts.append(root))
    for instant in (100.0, 100.1, 109.9, 110.1, 111.0):
        monkeypatch.setattr(time, "monotonic", lambda instant=instant: instant)
        read_git_status(None, None)
    assert len(counts) == 2


@pytest.mark.parametrize("attribute", ["*.py filter=upper", "*.txt filter=upper"])
def test_a_filter_leaves_dirty_unknown(repository: Path, attribute: str) -> None:
    """A changed file with a filter could be unchanged to git, so the state is unknown."""
    (repository / ".gitattributes").write_text(f"{attribute}\n")
    git(repository, "config", "filter.upper.clean", "tr a-z A-Z")
    assert asked()[1] is False
    (repository / "train.py").write_text("print(2)\n")
    assert asked()[1] is (None if "py" in attribute else True)
    git(repository, "add", "train.py")
    assert asked()[1] is True


def test_a_filter_with_an_odd_name_leaves_dirty_unknown(repository: Path) -> None:
    """A filter that the command line cannot turn off is not run, and the state is unknown."""
    git(repository, "config", "filter.a=b.clean", "cat")
    assert asked()[1] is None
