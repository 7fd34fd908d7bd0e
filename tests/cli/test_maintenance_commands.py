"""The commands that maintain a registry: stats, verify, gc."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

Run = Callable[..., Result]


def test_stats_counts_models_and_versions(run: Run, registry: ModelRegistry) -> None:
    """Text and JSON show the result of get_registry_stats."""
    registry.delete_model("kepler:2")
    lines = [line.split() for line in run("stats").stdout.splitlines()]
    for expected in (
        ["models", "2"],
        ["versions", "3"],
        ["deleted", "1"],
        ["DummyClassifier", "3"],
    ):
        assert expected in lines
    assert json.loads(run("stats", "--json").stdout) == registry.get_registry_stats()


def test_stats_of_an_empty_registry(run: Run, tmp_path: Path) -> None:
    """An empty registry has no table of algorithms; a missing one is an error."""
    ModelRegistry(tmp_path / "empty", create=True)
    done = run("stats", "--registry", "empty")
    assert "algorithm" not in done.stdout
    assert ["models", "0"] in [line.split() for line in done.stdout.splitlines()]
    assert run("stats", "--registry", "missing").exit_code == 1


def test_verify_of_an_intact_registry(run: Run) -> None:
    """An intact registry gives exit code 0 and one line."""
    done = run("verify")
    assert done.exit_code == 0
    assert done.stdout.startswith("4 versions, 0 events and ")
    assert done.stdout.endswith("checked: no faults.\n")


def test_verify_names_the_fault(run: Run, tmp_path: Path) -> None:
    """A changed file gives exit code 1 and its name, as text and as JSON."""
    (blob, *_) = sorted((tmp_path / "registry" / "models" / "kepler" / "blobs").iterdir())
    blob.write_bytes(b"changed")
    done = run("verify")
    assert done.exit_code == 1
    assert blob.name in done.stdout
    assert done.stdout.endswith("checked: 1 fault.\n")
    as_json = run("verify", "--json")
    assert as_json.exit_code == 1
    found = json.loads(as_json.stdout)
    assert found["ok"] is False
    assert found["faults"][0]["key"].endswith(blob.name)
    assert found["faults"][0]["severity"] == "damage"


def test_verify_separates_unknown_signers_from_damage(run: Run, tmp_path: Path) -> None:
    """Only records of unknown signers give exit code 3; with damage, it is 1."""
    folder = tmp_path / "registry"
    keyring = Keyring(tmp_path / "ada")
    ModelRegistry(folder, durable=False, keyring=keyring).register_model({"a": 1}, "hers")
    done = run("verify")
    assert done.exit_code == 3
    assert f"then run exo-nbregistry trust add {keyring.fingerprint}." in done.stdout
    assert done.stdout.endswith("checked: no damage, 1 record of unknown signers.\n")
    (folder / "models/kepler/versions/v000001.json").write_text("{")
    assert run("verify").exit_code == 1


def test_verify_accepts_notes(run: Run, tmp_path: Path) -> None:
    """A file of another program is shown and gives exit code 0."""
    (tmp_path / "registry" / ".DS_Store").touch()
    done = run("verify")
    assert done.exit_code == 0
    assert ".DS_Store: it does not belong to a registry" in done.stdout
    found = json.loads(run("verify", "--json").stdout)
    assert (found["ok"], found["notes"][0]["severity"]) == (True, "note")


def test_gc_requires_confirmation(run: Run, tmp_path: Path) -> None:
    """Unused files are listed, and removed after confirmation if they are old enough."""
    left = tmp_path / "registry" / "models" / "kepler" / "blobs" / f"{'0' * 64}.joblib"
    left.write_bytes(b"an unused file 17")
    assert run("gc", "--yes").stdout == "No unused files.\n"
    assert left.name in run("gc", "--dry-run", "--older-than", 0).stdout
    assert run("gc", "--older-than", 0, typed="n\n").exit_code == 1
    assert left.exists()
    listed = json.loads(run("gc", "--dry-run", "--older-than", 0, "--json").stdout)
    assert [item["size_bytes"] for item in listed] == [17]
    done = run("gc", "--older-than", 0, "--yes")
    assert done.stdout.endswith("Removed 1 file, 17 bytes.\n")
    assert not left.exists()
    assert run("verify").exit_code == 0


def test_gc_purges_versions_by_rules(run: Run, registry: ModelRegistry) -> None:
    """Versions are listed with the reason, and purged after confirmation."""
    registry.set_alias("kepler", "champion", 1)
    done = run("gc", "--keep-last", 1, "--dry-run")
    assert "kepler:2" in done.stdout
    assert "not the last" in done.stdout
    assert "To remove: 1 version and 0 files, " in done.stdout
    assert "kepler:1" not in done.stdout
    listed = json.loads(run("gc", "--keep-last", 1, "--dry-run", "--json").stdout)
    assert [item["model_id"] for item in listed["versions"]] == ["kepler:2"]
    assert listed["files"] == []
    refused = run("gc", "--keep-last", 1, typed="n\n")
    assert refused.exit_code == 1
    assert "Remove 1 version permanently?" in refused.stdout
    assert registry["kepler:2"].status == "active"
    done = run("gc", "--keep-last", 1, "--yes")
    assert "Removed 1 version, " in done.stdout
    assert registry["kepler:2"].status == "purged"
    again = run("gc", "--keep-last", 1, "--yes")
    assert again.stdout == "No versions to purge.\nNo unused files.\n"


def test_gc_purges_only_what_it_has_listed(
    run: Run, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions that are registered during the question do not lead to other purges."""
    ask = click.confirm

    def register_and_ask(*arguments: Any, **options: Any) -> bool:
        registry.register_model({"made": "meanwhile"}, "kepler")
        registry.set_alias("kepler", "champion", 1)
        return ask(*arguments, **options)

    monkeypatch.setattr(click, "confirm", register_and_ask)
    done = run("gc", "--keep-last", 1, typed="y\n")
    assert "Remove 2 versions permanently?" in done.stdout
    assert "Removed 1 version, " in done.stdout
    assert registry.list_models("kepler").ids == ("kepler:1", "kepler:3", "kepler:4")
    assert "1 version stayed because of newer changes." in done.stderr


def test_gc_keeps_the_best_versions(run: Run) -> None:
    """The metric, its direction, the age and the model are options."""
    arguments = ("gc", "--dry-run", "--json", "--model", "kep*", "--keep-best", 1)

    def purged(*more: object) -> list[str]:
        return [item["model_id"] for item in json.loads(run(*arguments, *more).stdout)["versions"]]

    assert purged() == ["kepler:1"]
    assert purged("--metric", "log_loss") == ["kepler:1", "kepler:2"]
    assert purged("--metric", "log_loss", "--higher") == ["kepler:1"]
    assert purged("--versions-older-than", 1) == ["kepler:1"]
    assert purged("--versions-older-than", 10**5) == []
    missing = run("gc", "--keep-best", 1, "--metric", "f1")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "No version has the metric 'f1'" in missing.stderr
