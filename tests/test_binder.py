"""The files for mybinder.org; ``make binder-test`` runs the whole build."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from scripts.try_binder import NODE, NOTEBOOK, copy_repository, without_node

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Each of these files would take precedence over the two files of this project.
STRONGER = ("Dockerfile", "Project.toml", "default.nix", "environment.yml", "Pipfile", "setup.py")


def test_the_image_gets_this_package_with_jupyterlab() -> None:
    """The only requirement is this folder with an extra that installs JupyterLab."""
    (line,) = (BINDER / "requirements.txt").read_text(encoding="utf-8").split()
    extra = re.fullmatch(r"\.\[(\w+)\]", line)
    assert extra
    assert any(one.startswith("jupyterlab") for one in PROJECT["optional-dependencies"][extra[1]])


def test_the_image_has_a_supported_python() -> None:
    """The package supports the requested release of Python."""
    text = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    version = re.fullmatch(r"python-(\d+\.\d+)", text)
    assert version
    assert SpecifierSet(PROJECT["requires-python"]).contains(version[1])


def test_no_other_file_takes_precedence() -> None:
    """No file or folder `.binder` takes precedence over requirements.txt."""
    assert not (ROOT / ".binder").exists()
    assert [name for name in STRONGER if (BINDER / name).exists()] == []


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_can_be_run(name: str) -> None:
    """A script is executable, and its syntax is valid."""
    script = BINDER / name
    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", script], check=True)


def test_start_runs_its_arguments() -> None:
    """The last command of the script replaces it with the given program and arguments."""
    start = BINDER / "start"
    assert start.read_text(encoding="utf-8").splitlines()[-1] == 'exec "$@"'
    command = [start, "printf", "[%s]", "one word", ""]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"[one word][]"


def test_each_visitor_gets_a_key_of_their_own(tmp_path: Path) -> None:
    """The folder of the key is new at each start, and private."""
    command = [BINDER / "start", "printenv", "EXO_NBREGISTRY_CONFIG_DIR"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    folders = {
        Path(subprocess.check_output(command, env=environment, text=True).strip()) for _ in range(2)
    }
    assert folders == set(tmp_path.iterdir())
    assert len(folders) == 2
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.parametrize(
    ("listed", "passes"),
    [
        ("exo-nbregistry v0.1.0 enabled OK (python, exo-nbregistry)", True),
        ("exo-nbregistry v0.1.0 enabled X (python, exo-nbregistry)", False),
        ("@jupyter-notebook/lab-extension v7.6.5 enabled OK", False),
    ],
)
def test_the_build_fails_without_the_extension(tmp_path: Path, listed: str, passes: bool) -> None:
    """The build fails if JupyterLab does not list the extension as OK."""
    for name, output in (("pip", "No broken requirements found."), ("jupyter", listed)):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{output}' >&2\n")
        (tmp_path / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([BINDER / "postBuild"], env=environment, capture_output=True, text=True)
    assert (done.returncode == 0) is passes
    assert passes or listed in done.stderr


def test_a_path_without_node_has_everything_else(tmp_path: Path) -> None:
    """The path has the same programs in the same order, except those of Node."""
    folders = [tmp_path / name for name in ("one", "two", "gone")]
    for folder in folders[:2]:
        folder.mkdir()
        for program in ("python", *NODE):
            (folder / program).write_text(folder.name)
    (folders[1] / "bash").write_text("two")
    new = tmp_path / "new"
    new.mkdir()
    assert without_node(os.pathsep.join(map(str, folders)), new) == str(new)
    found = {path.name: path.read_text() for path in new.iterdir()}
    assert found == {"python": "one", "bash": "two"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows what is ignored")
def test_the_copy_is_what_a_push_would_show(tmp_path: Path) -> None:
    """The copy has the notebook that visitors open, and no files that git ignores."""
    copy_repository(tmp_path)
    assert (tmp_path / "binder" / "start").stat().st_mode & stat.S_IXUSR
    assert (tmp_path / NOTEBOOK).is_file()
    assert not list(tmp_path.rglob("__pycache__"))
    assert not (tmp_path / ".git").exists()
