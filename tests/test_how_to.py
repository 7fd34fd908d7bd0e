"""The commands of the how-to pages work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/how-to/team-ci-containers.md").read_text(encoding="utf-8")
TRAIN = """
from sklearn.linear_model import LogisticRegression
from exo_nbregistry import ModelRegistry
model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
ModelRegistry("models/registry").register_model(model, "kepler_rf")
"""


def sections() -> dict[str, list[str]]:
    """Return the shell commands of each section."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.MULTILINE)[1:]
    found = zip(parts[::2], parts[1::2], strict=True)
    return {title: re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for title, text in found}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the project, with the commands on the path."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "train.py").write_text(TRAIN)
    (folder / "bin").mkdir()
    for name, arguments in (("python", ""), ("exo-nbregistry", " -m exo_nbregistry")):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        script.chmod(0o755)
    ssh = folder / "home" / ".ssh"
    ssh.mkdir(parents=True, mode=0o700)
    make_key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh / "id_ed25519"]
    if shutil.which("ssh-keygen"):
        subprocess.run(make_key, check=True)
    return folder


@pytest.mark.skipif(
    os.name != "posix" or not shutil.which("ssh-keygen"), reason="requires a shell and OpenSSH"
)
@pytest.mark.parametrize("title", [title for title, blocks in sections().items() if blocks])
def test_the_commands_of_a_section_run(folder: Path, title: str) -> None:
    """Each section runs after those before it, with a user folder that it shares with them."""
    known = {"HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EXO_")}
    environ |= known | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    blocks = "\n".join(["umask 022", "set -e", *sections()[title]])
    done = subprocess.run(
        ["sh", "-c", blocks], cwd=folder, env=environ, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_each_variable_of_the_page_exists() -> None:
    """The environment variables on the page are read by the package."""
    sources = "".join(path.read_text() for path in (ROOT / "exo_nbregistry").rglob("*.py"))
    named = set(re.findall(r"EXO_NBREGISTRY_\w+", PAGE))
    assert named
    assert [name for name in named if f'"{name}"' not in sources] == []
