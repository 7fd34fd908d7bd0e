"""Run the build steps of mybinder.org for this repository, without Docker, in a temporary folder.

Creates an environment, installs ``binder/requirements.txt`` in a copy of the repository, and runs
``postBuild`` and a notebook with ``start``. The programs of Node are not on the path, because the
image does not contain them.

Usage: python scripts/try_binder.py

Source: repo2docker, "Configuration Files" and `buildpacks/python`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "notebooks/06_panels.ipynb"
NODE = {"node", "nodejs", "npm", "npx", "yarn", "yarnpkg", "pnpm", "corepack"}


def copy_repository(target: Path) -> None:
    """Copy the files that are tracked by git or would be added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def without_node(path: str, folder: Path) -> str:
    """Fill a folder with links to all programs of a path except those of Node.

    Parameters
    ----------
    path : str
        Folders, as in ``PATH``. The first program of a name takes precedence.
    folder : Path
        An empty folder.

    Returns
    -------
    str
        The new path.
    """
    for place in map(Path, path.split(os.pathsep)):
        for program in place.iterdir() if place.is_dir() else ():
            link = folder / program.name
            if program.name not in NODE and not os.path.lexists(link):
                link.symlink_to(program)
    return str(folder)


def interpreter() -> str:
    """Return the Python of ``runtime.txt``, or the current one if it is not installed."""
    name = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().replace("-", "")
    found = shutil.which(name)
    if found is None:
        print(f"{name} is not installed; using {sys.version.split()[0]} instead.")
    return found or sys.executable


def step(command: Sequence[str], root: Path, environment: dict[str, str]) -> None:
    """Run a command of the build and print its duration."""
    print(f"$ {' '.join(command)}", flush=True)
    begun = time.monotonic()
    subprocess.run(command, cwd=root, env=environment, check=True)
    print(f"  {time.monotonic() - begun:.0f} s", flush=True)


def main() -> None:
    """Run each step until one fails."""
    begun = time.monotonic()
    with TemporaryDirectory() as name:
        home = Path(name)
        root, programs, environment = home / "repo", home / "programs", home / "venv"
        for folder in (root, programs):
            folder.mkdir()
        copy_repository(root)
        path = without_node(os.environ["PATH"], programs)
        subprocess.run([interpreter(), "-m", "venv", environment], check=True)
        variables = os.environ | {"PATH": f"{environment / 'bin'}{os.pathsep}{path}"}
        variables = {key: variables[key] for key in variables if not key.startswith("PYTHON")}
        for command in (
            ["pip", "install", "--quiet", "--no-cache-dir", "-r", "binder/requirements.txt"],
            ["binder/postBuild"],
            ["binder/start", "jupyter", "lab", "--version"],
            ["binder/start", "jupyter", "execute", NOTEBOOK],
        ):
            step(command, root, variables)
    print(f"All steps passed in {time.monotonic() - begun:.0f} s.")


if __name__ == "__main__":
    main()
