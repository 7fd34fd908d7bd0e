"""Provenance: notebook, cell, git commit, user and host."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.introspection import provenance
from exo_nbregistry.introspection.provenance import current_user, read_provenance

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
posix = pytest.mark.skipif(os.name != "posix", reason="the fake git is a shell script")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, away from the developer's own settings."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@mars", "-c", "init.defaultBranch=main"]
    command = ["git", *who, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Clear the cached git status before and after each test."""
    provenance._git_once.cache_clear()
    yield
    provenance._git_once.cache_clear()


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
    provenance._git_once.cache_clear()
    read = read_provenance()
    return read.git_commit, read.git_dirty


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
    """Outside a repository, commit and dirty are None; user and host are set."""
    monkeypatch.chdir(tmp_path)
    read = read_provenance()
    assert (read.git_commit, read.git_dirty) == (None, None)
    assert (read.user, read.host) == (current_user(), platform.node())


@settings(deadline=None)  # it waits for the disk
@given(st.text() | st.text().map("ref: {}".format), st.booleans())
def test_a_damaged_repository_never_raises(tmp_path_factory, text: str, as_file: bool) -> None:
    """Any content of HEAD or of a .git file gives neither an error nor a false commit."""
    root: Path = tmp_path_factory.mktemp("damaged")
    head = root / ".git" if as_file else root / ".git" / "HEAD"
    head.parent.mkdir(exist_ok=True)
    head.write_bytes((f"gitdir: {text}" if as_file else text).encode("utf-8", "replace"))
    assert provenance._git_once(str(root)) == (None, None)


def test_without_git_the_commit_is_still_read(repository: Path, monkeypatch) -> None:
    """If the git program is missing, the commit is known and dirty is None."""
    head = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "")
    assert asked() == (head, None)


def write_fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a shell script named git at the start of the path."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@posix
@pytest.mark.parametrize("script", ["exec sleep 9", "echo M; exit 128"])
def test_a_failing_git_leaves_dirty_none(repository, tmp_path, monkeypatch, script) -> None:
    """A git that takes too long or fails leaves dirty None, soon."""
    head = git(repository, "rev-parse", "HEAD")
    monkeypatch.setattr(provenance, "GIT_TIMEOUT_S", 0.1)
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
    monkeypatch.setattr(provenance, "_is_dirty", lambda root: counts.append(root))
    for instant in (100.0, 100.1, 109.9, 110.1, 111.0):
        monkeypatch.setattr(time, "monotonic", lambda instant=instant: instant)
        read_provenance()
    assert len(counts) == 2


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_an_unknown_user(monkeypatch, error: type[Exception]) -> None:
    """If the system has no name for the user, as in some containers, the user is None."""

    def fail() -> str:
        raise error("no such user")

    monkeypatch.setattr("getpass.getuser", fail)
    current_user.cache_clear()
    assert read_provenance().user is None
    monkeypatch.undo()
    current_user.cache_clear()


def notebook(folder: Path, cells: list[str], after: str = "", **environ: str) -> list[dict]:
    """Run cells in a real IPython shell; return what each ``show()`` showed."""
    prelude = (
        "import dataclasses, json, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from traitlets.config import Config\n"
        "from exo_nbregistry.introspection.provenance import read_provenance\n"
        "config = Config({'HistoryManager': {'hist_file': ':memory:'}})\n"
        "shell = InteractiveShell.instance(config=config)\n"
        "def show():\n"
        "    print('@', json.dumps(dataclasses.asdict(read_provenance())))\n"
        "shell.user_ns['show'] = show\n"
        "for cell in json.loads(sys.argv[1]):\n"
        "    shell.run_cell(cell, store_history=True).raise_error()\n"
    )
    command = [sys.executable, "-c", prelude + after, json.dumps(cells)]
    environ = (
        os.environ | {"IPYTHONDIR": str(folder / ".ipython"), "PYTHONPATH": str(ROOT)} | environ
    )
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return [json.loads(line[2:]) for line in done.stdout.splitlines() if line.startswith("@ ")]


def test_the_running_cell_is_read(tmp_path: Path) -> None:
    """In IPython each call sees the number and the source, as typed, of its own cell."""
    cells = ["x = 1", "%time show()\n# très bien", "show()"]
    first, second = notebook(tmp_path, cells)
    assert (first["cell_number"], first["cell_source"]) == (2, cells[1])
    assert (second["cell_number"], second["cell_source"]) == (3, cells[2])


def test_a_callback_is_not_a_cell(tmp_path: Path) -> None:
    """A callback that runs after its cell has neither cell number nor source."""
    (read,) = notebook(tmp_path, ["x = 1"], after="show()\n")
    assert (read["cell_number"], read["cell_source"]) == (None, None)


def test_a_huge_cell_is_cut(tmp_path: Path) -> None:
    """The source of a cell is cut to a length that a record can store."""
    (read,) = notebook(tmp_path, ["show() #" + "x" * 70_000])
    assert len(read["cell_source"]) == provenance.MAX_SOURCE_CHARACTERS


def test_a_kernel_distinguishes_cells_and_callbacks(tmp_path: Path) -> None:
    """In a real kernel, a cell has its number, and a later callback has none."""
    nbformat, nbclient = pytest.importorskip("nbformat.v4"), pytest.importorskip("nbclient")
    cells = [
        f"import asyncio, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from exo_nbregistry.introspection.provenance import read_provenance\n"
        "later, done = [], asyncio.Event()\n"
        "def call():\n    later.append(read_provenance())\n    done.set()",
        "asyncio.get_running_loop().call_later(0.01, call); print(read_provenance().cell_number)",
        "print(read_provenance().cell_number)",
    ]
    book = nbformat.new_notebook(cells=[nbformat.new_code_cell(cell) for cell in cells])
    book.cells.append(nbformat.new_code_cell("print(later[0].cell_number)"))
    client = nbclient.NotebookClient(book, resources={"metadata": {"path": str(tmp_path)}})
    client.on_cell_executed = lambda cell_index, **_: time.sleep(0.2 * (cell_index == 1))
    client.execute()
    shown = [cell.outputs[0].text.strip() for cell in book.cells[1:]]
    assert shown == ["2", "3", "None"]


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("work/deep/train.ipynb", "train.ipynb"),
        ("C:\\work\\train.ipynb", "train.ipynb"),
        ("RTC:train.ipynb", "train.ipynb"),
        ("work/console-1-abc", None),
        ("", None),
    ],
)
def test_the_notebook_is_named_without_its_folder(tmp_path: Path, session, name) -> None:
    """The name of the notebook comes from the session of Jupyter; a console has none."""
    (read,) = notebook(tmp_path, ["show()"], JPY_SESSION_NAME=session)
    assert read["notebook"] == name


def test_the_notebook_of_vs_code_is_named(tmp_path: Path) -> None:
    """VS Code sets the notebook in its own variable."""
    cells = ["__vsc_ipynb_file__ = '/home/ada/work/train.ipynb'", "show()"]
    assert notebook(tmp_path, cells)[0]["notebook"] == "train.ipynb"


def test_a_program_started_from_a_notebook(monkeypatch) -> None:
    """A script that inherits the environment of a notebook has no notebook name."""
    monkeypatch.setenv("JPY_SESSION_NAME", "work/train.ipynb")
    assert read_provenance().notebook is None


@posix
@pytest.mark.usefixtures("repository")
def test_git_status_is_read_once_per_cell(tmp_path: Path, monkeypatch) -> None:
    """The git status is read once for each cell."""
    write_fake_git(tmp_path / "bin", f"echo asked >> {tmp_path}/log", monkeypatch)
    notebook(tmp_path, ["show(); show(); show()", "show()", "show()"])
    assert (tmp_path / "log").read_text() == "asked\n" * 3
