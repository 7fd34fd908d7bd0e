"""The page on the way from a folder to a bucket, executed with a real server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cloud.programs import Server
from tests.page_code import ROOT, run_page

NAME = "how-to/from-folder-to-bucket.md"
BUCKET = "team-models"


@pytest.mark.skipif(os.name != "posix", reason="requires a shell")
def test_the_page_runs(seaweedfs: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of the page run in order, in Python and in the shell, with the environment."""
    seaweedfs.make_bucket(BUCKET)
    for name, value in seaweedfs.options.items():
        monkeypatch.setenv(f"AWS_{name.upper()}", str(value))
    monkeypatch.chdir(tmp_path)
    run_page(NAME, (ROOT / "docs" / NAME).read_text(encoding="utf-8"), tmp_path)
