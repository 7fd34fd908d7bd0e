"""A repository that names programs in its settings: reading its state runs none of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git_repository import git

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("git"), reason="requires git and a shell"
)
READ = "from exo_nbregistry.introspection.provenance import read_provenance as r; print(r())"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a changed file, of which each setting below would be used."""
    folder = tmp_path / "download"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "train.py").write_text("print(1)\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    (folder / "train.py").write_text("print(2)\n")
    return folder


def read_state(folder: Path) -> str:
    """Return the provenance that a process in the folder reads."""
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def attack(folder: Path, kind: str, program: str) -> None:
    """Write a program to a setting of the repository."""
    hook = folder / ".git" / "hooks" / "post-index-change"
    if kind == "monitor":
        git(folder, "config", "core.fsmonitor", program)
    elif kind == "hook":
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{program}\n")
        hook.chmod(0o755)
        os.utime(folder / "train.py", (1, 1))
    elif kind in ("clean", "process"):
        (folder / ".gitattributes").write_text("*.py filter=own.1\n")
        git(folder, "config", f"filter.own.1.{kind}", program)
        git(folder, "config", "filter.own.1.required", "true")
    elif kind == "included":
        (folder / ".gitattributes").write_text("*.py filter=own\n")
        (folder / "more").write_text(f'[filter "own"]\n\tclean = {program}\n')
        git(folder, "config", "include.path", str(folder / "more"))
    elif kind == "alias":
        git(folder, "config", "alias.status", f"!{program}")
        git(folder, "config", "core.pager", program)
        git(folder, "config", "pager.status", "true")
    elif kind == "diff":
        (folder / ".gitattributes").write_text("*.py diff=own\n")
        git(folder, "config", "diff.external", program)
        git(folder, "config", "diff.own.textconv", program)
        git(folder, "config", "diff.own.command", program)
    else:
        attack_submodule_or_remote(folder, kind, program)


def attack_submodule_or_remote(folder: Path, kind: str, program: str) -> None:
    """Write a program to the settings of a submodule or of the remote of a partial clone."""
    if kind == "submodule":
        source = folder.parent / "source"
        shutil.copytree(folder, source)
        allowed = ["-c", "protocol.file.allow=always"]
        git(folder, *allowed, "submodule", "--quiet", "add", str(source), "inner")
        git(folder, "commit", "-q", "-m", "Inner")
        inner = folder / "inner"
        (inner / ".gitattributes").write_text("*.py filter=own\n")
        git(inner, "config", "filter.own.clean", program)
        git(inner, "config", "core.fsmonitor", program)
        (inner / "train.py").write_text("print(3)\n")
    else:
        git(folder, "config", "remote.origin.url", f"ext::sh -c {program}")
        git(folder, "config", "remote.origin.promisor", "true")
        git(folder, "config", "extensions.partialClone", "origin")
        git(folder, "config", "protocol.ext.allow", "always")
        tree = git(folder, "rev-parse", "HEAD^{tree}")
        (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()


@pytest.mark.parametrize(
    "kind",
    ["monitor", "hook", "clean", "process", "included", "alias", "diff", "submodule", "remote"],
)
def test_no_program_of_a_repository_runs(repository: Path, tmp_path: Path, kind: str) -> None:
    """Reading the state of a repository runs no program that its settings name."""
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho {kind} >> {marker}\ncat\n")
    program.chmod(0o755)
    attack(repository, kind, str(program))
    marker.unlink(missing_ok=True)
    assert "git_commit='" in read_state(repository)
    assert not marker.exists()
