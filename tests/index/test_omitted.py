"""Warnings about versions that are omitted from listings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.tamper import reseal

RECORD = "models/toy/versions/v000002.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with three versions, of which one has an invalid field; all are old."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    reseal(tmp_path / "registry" / RECORD, Keyring().sign, algorithm=[])
    for path in [tmp_path / "registry", *(tmp_path / "registry").rglob("*")]:
        os.utime(path, (1e9, 1e9))
    return tmp_path / "registry"


def test_a_version_is_named_once_in_each_kernel(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each kernel names an omitted version once, also if another kernel has indexed its model."""
    for _ in range(2):
        registry = ModelRegistry(folder)
        for _ in range(3):
            assert registry.list_models().ids == ("toy:1", "toy:3")
        (record,) = caplog.records
        assert record.getMessage().startswith("toy:2 is omitted from listings: ")
        assert "algorithm must be str or None, got []" in record.getMessage()
        caplog.clear()


def test_a_restored_record_is_listed_again(folder: Path) -> None:
    """A record that is written again in place is listed by the next kernel."""
    assert ModelRegistry(folder).list_models().ids == ("toy:1", "toy:3")
    reseal(folder / RECORD, Keyring().sign, algorithm="dict")
    assert ModelRegistry(folder).list_models().ids == ("toy:1", "toy:2", "toy:3")


def test_a_new_error_is_named_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A version whose record gets another error is named with it."""
    registry = ModelRegistry(folder)
    registry.list_models()
    reseal(folder / RECORD, Keyring().sign, algorithm="dict", description=3)
    os.utime(folder / "models/toy/versions")
    registry.list_models()
    assert ["algorithm" in r.getMessage() for r in caplog.records] == [True, False]
    assert "description must be str, got 3" in caplog.records[1].getMessage()
