"""Run git in the repositories of tests, and replace the program git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


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


def write_fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a shell script named git at the start of the path."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
