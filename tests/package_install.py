"""Installations of the project without Node: ``make package-test``.

It installs JupyterLab into an environment of its own, so it is not among the tests that
``pytest`` finds by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAME = "exo-nbregistry"
BUILD = "import sys; from hatchling import build; getattr(build, sys.argv[1])(sys.argv[2])"


class Environment:
    """A virtual environment whose PATH contains only its own programs."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self._variables = os.environ | {"PATH": str(self.bin), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        self._variables.pop("PYTHONPATH", None)

    def run(self, *command: str) -> str:
        """Run a program of the environment and return its output."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            env=self._variables,
            cwd=self.bin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def lines(self, *command: str) -> list[str]:
        """Return the lines about this project from the output of a program."""
        named = ("exo-nbregistry", "exo_nbregistry")
        return [line for line in self.run(*command).splitlines() if any(n in line for n in named)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment with JupyterLab and the dependencies of the project."""
    environment = Environment(tmp_path_factory.mktemp("environment"))
    environment.run("python", "-m", "pip", "install", "--quiet", f"{ROOT}[lab]")
    environment.run("python", "-m", "pip", "uninstall", "--quiet", "--yes", NAME)
    return environment


@pytest.fixture(params=["wheel", "sdist", "folder", "editable"])
def installed(
    request: pytest.FixtureRequest, environment: Environment, tmp_path: Path
) -> Iterator[str]:
    """Install the project in one way, and uninstall it."""
    built = {"wheel": "build_wheel", "sdist": "build_sdist"}.get(request.param)
    if built is not None:
        subprocess.run([sys.executable, "-c", BUILD, built, tmp_path], cwd=ROOT, check=True)
        what = [str(next(tmp_path.iterdir()))]
    else:
        what = [*(["--editable"] if request.param == "editable" else []), str(ROOT)]
    environment.run("python", "-m", "pip", "install", "--quiet", "--no-deps", *what)
    yield request.param
    environment.run("python", "-m", "pip", "uninstall", "--quiet", "--yes", NAME)


@pytest.mark.usefixtures("installed")
def test_both_extensions_are_there_without_node(environment: Environment) -> None:
    """JupyterLab and its server list their extensions as enabled and OK, without Node."""
    assert "node" not in {path.stem for path in environment.bin.iterdir()}
    (lab,) = environment.lines("jupyter", "labextension", "list")
    assert "enabled" in lab
    assert "OK" in lab
    *_, server = environment.lines("jupyter", "server", "extension", "list")
    assert "OK" in server


@pytest.mark.usefixtures("installed")
def test_the_library_is_the_one_that_was_installed(environment: Environment) -> None:
    """The command line works."""
    assert "--version" in environment.run("exo-nbregistry", "--help")


@pytest.mark.usefixtures("installed")
def test_the_view_for_vs_code_and_colab_is_there(environment: Environment) -> None:
    """The module and the style sheet of the view are installed with the panels."""
    code = (
        "from importlib.resources import files\n"
        "static = files('exo_nbregistry.panels') / 'static'\n"
        "print(*sorted(path.name for path in static.iterdir()))"
    )
    assert environment.run("python", "-c", code).split() == ["view.css", "view.js"]


def test_uninstall_removes_the_extensions(environment: Environment) -> None:
    """After uninstalling, neither extension is listed."""
    assert environment.lines("jupyter", "labextension", "list") == []
    assert environment.lines("jupyter", "server", "extension", "list") == []
