"""A team with a continuous integration: trust through two environment variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.signing.keyring import Keyring

ROOT = Path(__file__).resolve().parents[2]
REGISTER = """
from sklearn.linear_model import LogisticRegression
from exo_nbregistry import ModelRegistry
registry = ModelRegistry("registry")
model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
print(registry.register_model(model, "kepler", description=__import__("sys").argv[1]))
"""
LOAD = """
from exo_nbregistry import ModelRegistry
registry = ModelRegistry("registry")
model, metadata = registry.load_model("kepler")
status = registry.signer_status("kepler")
print(model.predict([[1.0]])[0], status.status, status.name)
"""


class Team:
    """A folder with a registry, the key of the continuous integration and a file of signers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "secrets" / "id_ed25519"
        Keyring(self.key.parent).sign("")
        self.signers = folder / "team_signers"
        self.signers.touch(0o600)
        self.signers.write_text(
            f'ci@team namespaces="exo-nbregistry" {Keyring(self.key.parent).public_key}\n'
        )
        self.homes = 0

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder of the team, with a fresh home and only these variables."""
        self.homes += 1
        home = self.folder / f"home{self.homes}"
        home.mkdir(mode=0o700)
        environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EXO_", "XDG_")) and name != "CI"
        }
        environ |= {"HOME": str(home), "PYTHONPATH": str(ROOT), **variables}
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def written(self, home: int) -> list[str]:
        """Return the files with keys or signers in a home."""
        names = ("id_ed25519", "id_ed25519.pub", "allowed_signers")
        return [p.name for p in (self.folder / f"home{home}").rglob("*") if p.name in names]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a team without a registry."""
    return Team(tmp_path)


def checked(done: subprocess.CompletedProcess[str]) -> str:
    """Return the output of a process that succeeded."""
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("form", ["path", "content"])
def test_ci_registers_and_the_team_loads(team: Team, form: str) -> None:
    """A new home registers with two variables; another one with the file loads and verifies."""
    key = str(team.key) if form == "path" else team.key.read_text()
    trusted = {"EXO_NBREGISTRY_TRUSTED_SIGNERS": str(team.signers)}
    first = team.run("-c", REGISTER, "one", EXO_NBREGISTRY_SIGNING_KEY=key, **trusted)
    assert checked(first) == "kepler:1"
    assert first.stderr == ""
    assert team.written(1) == []
    second = team.run("-c", LOAD, **trusted)
    assert checked(second) == "1 trusted ci@team"
    verified = team.run("-m", "exo_nbregistry", "verify", "--registry", "registry", **trusted)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_five_runs_of_ci_are_one_signer(team: Team) -> None:
    """Five runs on new machines have one signer, with the name in the file of the team."""
    key = team.key.read_text().replace("\n", "\\n")
    trusted = {"EXO_NBREGISTRY_TRUSTED_SIGNERS": str(team.signers)}
    for number in range(5):
        variables = {"EXO_NBREGISTRY_SIGNING_KEY": key, "CI": "true", **trusted}
        done = team.run("-c", REGISTER, f"run {number}", **variables)
        assert checked(done) == f"kepler:{number + 1}"
        assert done.stderr == ""
    (signer,) = list_signers(team, **trusted)
    assert (signer["status"], signer["name"], signer["versions"]) == ("trusted", "ci@team", 5)


def test_ci_without_a_key_is_told_once(team: Team) -> None:
    """Without the variable each run of CI has a new key, and one line names the variable."""
    for number in range(2):
        done = team.run("-c", REGISTER, f"run {number}", CI="true")
        checked(done)
        assert done.stderr.count("EXO_NBREGISTRY_SIGNING_KEY") == 1
    assert [signer["status"] for signer in list_signers(team)] == ["unknown", "unknown"]


def list_signers(team: Team, **variables: str) -> list[dict[str, Any]]:
    """Return the signers of the registry, as a new home of the team sees them."""
    code = (
        "import dataclasses, json\n"
        "from exo_nbregistry import ModelRegistry\n"
        "found = ModelRegistry('registry').list_signers()\n"
        "print(json.dumps([dataclasses.asdict(signer) for signer in found]))\n"
    )
    found: list[dict[str, Any]] = json.loads(checked(team.run("-c", code, **variables)))
    return found
