"""The commands that carry a version elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_a_version_travels(run: Run, tmp_path: Path) -> None:
    """What export wrote, import takes into a registry that it makes, under its name or another."""
    done = run("export", "kepler:2", "out")
    assert done.exit_code == 0
    assert str(Path("out", "record.json")) in done.stdout.splitlines()
    assert run("import", "out", "--registry", "new").stdout == "Imported as kepler:1.\n"
    assert run("import", "out", "--registry", "new", "--name", "k2").stdout == "Imported as k2:1.\n"
    assert ModelRegistry(tmp_path / "new").get_metadata("k2:1").f1_score == 0.9


def test_a_stranger_is_not_imported(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that somebody else signed is refused unless the user vouches for it."""
    run("export", "kepler:2", "out")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "somebody"))
    done = run("import", "out", "--registry", "new")
    assert done.exit_code == 1
    assert "SHA256:" in done.stderr
    assert run("import", "out", "--registry", "new", "--unsafe").exit_code == 0
