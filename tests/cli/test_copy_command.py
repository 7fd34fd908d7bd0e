"""The command copy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry
from tests.registry.bucket_double import install

Run = Callable[..., Result]


def test_a_registry_is_copied(run: Run, tmp_path: Path) -> None:
    """The command prints what it copied, and repeats nothing."""
    done = run("copy", "registry", "copy")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Copied: 4 versions, 0 events and 4 payloads (")
    assert ModelRegistry(tmp_path / "copy").list_models().total == 4
    again = run("copy", "registry", "copy")
    assert "0 versions" in again.stdout
    assert "8 files already there." in again.stdout


def test_a_copy_is_planned(run: Run, tmp_path: Path) -> None:
    """With --dry-run nothing is written; --json prints the numbers."""
    done = run("copy", "registry", "copy", "--dry-run", "--json")
    assert json.loads(done.stdout)["versions"] == 4
    assert not (tmp_path / "copy").exists()


def test_a_url_is_a_source_and_a_target(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command accepts the URL of a bucket as the registry."""
    install(monkeypatch)
    assert run("copy", "registry", "s3://team/models").exit_code == 0
    assert run("--registry", "s3://team/models", "show", "kepler:2").exit_code == 0
    assert run("stats", "--registry", "s3://team/models").exit_code == 0
    monkeypatch.setenv("EXO_NBREGISTRY", "s3://team/models")
    assert run("alias", "set", "kepler@champion", "2").exit_code == 0
    assert run("copy", "s3://team/models", "back").exit_code == 0
    assert ModelRegistry("back")["kepler@champion"].version == 2


def test_errors_are_one_line(run: Run, tmp_path: Path) -> None:
    """A missing source and a foreign target exit with status 1 and one line."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/table.csv").touch()
    for arguments in (("gone", "copy"), ("registry", "data")):
        done = run("copy", *arguments)
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1, done.stderr
