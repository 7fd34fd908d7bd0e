"""Do what mybinder.org does with this repository, without Docker, in a folder that is removed.

A fresh environment, ``binder/requirements.txt`` from the root of a copy, ``postBuild``, then a
notebook through ``start``. No program of Node is on the path: visitors need none.

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
    """Copy the files that git knows or would add: what a push would show to others."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def without_node(path: str, folder: Path) -> str:
    """Fill a folder with links to all programs of a path but those of Node.

    Parameters
    ----------
    path : str
        Folders, as in ``PATH``; of two programs with one name the first counts.
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
    """Return the Python that ``runtime.txt`` names, or this one where it is not installed."""
    name = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().replace("-", "")
    found = shutil.which(name)
    if found is None:
        print(f"{name} is not installed: trying {sys.version.split()[0]} instead.")
    return found or sys.executable


def step(command: Sequence[str], root: Path, environment: dict[str, str]) -> None:
    """Run one command as the image's build would, and say how long it took."""
    print(f"$ {' '.join(command)}", flush=True)
    begun = time.monotonic()
    subprocess.run(command, cwd=root, env=environment, check=True)
    print(f"  {time.monotonic() - begun:.0f} s", flush=True)


def main() -> None:
    """Run every step; the first that fails ends it."""
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
    print(f"The image would work: {time.monotonic() - begun:.0f} s.")


if __name__ == "__main__":
    main()
