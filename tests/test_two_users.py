"""Two users of a group use one registry, with any umasks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.two_users import TEAM

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that other users can open."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        yield Path(place)


def run(folder: Path, mode: str, *umasks: str) -> Any:
    """Run the program of two users as root, and return what it printed."""
    command = [sys.executable, "-m", "tests.two_users", str(folder), mode, *umasks]
    if not hasattr(os, "geteuid"):
        pytest.skip("Windows does not have permission bits")
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
            pytest.skip("only root, or a user with sudo, can become two other users")
        command = [sudo, "-n", "env", *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    if os.geteuid() != 0:
        subprocess.run(["sudo", "-n", "rm", "-rf", str(folder / "share")], check=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("mode", ["2770", "0770", "2775"])
@pytest.mark.parametrize("umasks", [("022", "022"), ("077", "077"), ("022", "077")])
def test_a_folder_of_a_group_decides_the_permissions(
    folder: Path, mode: str, umasks: tuple[str, str]
) -> None:
    """Each of two users can do everything in a group-writable folder, with any umasks."""
    result = run(folder, mode, *umasks)
    assert result["errors"] == {}
    found = result["modes"]
    assert found.pop("share") == [mode.lstrip("0"), TEAM]
    folders = {tuple(facts) for path, facts in found.items() if "." not in path}
    files = {tuple(facts) for path, facts in found.items() if "." in path}
    assert folders == {(f"2{mode[1:]}", TEAM)}
    assert files == {("644" if mode.endswith("5") else "640", TEAM)}


def test_the_error_says_how_to_share_a_folder(folder: Path) -> None:
    """The second user gets an error that names two commands, after which everything works."""
    result = run(folder, "0755", "022", "022")
    share = f"{folder}/share"
    expected = (
        "Permission denied; ask the owner for permission, or work on a copy of the folder. If the "
        f"owner runs chgrp -R {TEAM} {share} && chmod -R g+rwX,g+s {share}, its group can write."
    )
    assert expected in result["errors"]["1 register_model"]
    assert not [step for step in result["errors"] if step.startswith("0 register_model")]
    assert result["again"] == {}


def test_without_group_write_the_umask_decides(folder: Path) -> None:
    """In a folder that its group cannot write to, new files have the usual permissions."""
    found = run(folder, "2755", "022", "022")["modes"]
    assert found["share/models/m/versions"] == ["2755", TEAM]
    assert found["share/models/m/versions/v000001.json"] == ["644", TEAM]
