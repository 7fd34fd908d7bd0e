"""The commands that look after a registry: verify, gc."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]


def test_verify_says_that_all_is_well(run: Run) -> None:
    """A whole registry is exit code 0 and one line."""
    done = run("verify")
    assert done.exit_code == 0
    assert done.stdout.startswith("4 versions, 0 events and ")
    assert done.stdout.endswith("checked: no fault.\n")


def test_verify_names_the_fault(run: Run, tmp_path: Path) -> None:
    """A changed file is exit code 3, with its name, as text and as JSON."""
    (blob, *_) = sorted((tmp_path / "registry" / "models" / "kepler" / "blobs").iterdir())
    blob.write_bytes(b"changed")
    done = run("verify")
    assert done.exit_code == 3
    assert blob.name in done.stdout
    assert done.stdout.endswith("checked: 1 fault.\n")
    as_json = run("verify", "--json")
    assert as_json.exit_code == 3
    found = json.loads(as_json.stdout)
    assert found["ok"] is False
    assert found["faults"][0]["key"].endswith(blob.name)


def test_gc_asks_before_it_removes(run: Run, tmp_path: Path) -> None:
    """Files that nothing needs are listed, and removed after a yes once they are old enough."""
    left = tmp_path / "registry" / "models" / "kepler" / "blobs" / f"{'0' * 64}.joblib"
    left.write_bytes(b"nobody needs this")
    assert run("gc", "--yes").stdout == "There is nothing to remove.\n"
    assert left.name in run("gc", "--dry-run", "--older-than", 0).stdout
    assert run("gc", "--older-than", 0, typed="n\n").exit_code == 1
    assert left.exists()
    listed = json.loads(run("gc", "--dry-run", "--older-than", 0, "--json").stdout)
    assert [item["size_bytes"] for item in listed] == [17]
    done = run("gc", "--older-than", 0, "--yes")
    assert done.stdout.endswith("Removed 1 file, 17 bytes.\n")
    assert not left.exists()
    assert run("verify").exit_code == 0
