"""Opening a registry for an agent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.agents.answers import ChosenPlace, answer
from exo_nbregistry.errors import StoreError
from exo_nbregistry.registry.facade import ModelRegistry


def names(opened: ModelRegistry) -> dict[str, Any]:
    """Return the names of the models."""
    return {"names": [model.model_name for model in opened.list_model_names()]}


def test_the_default_registry_is_that_of_the_user(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a place, the environment variable or models/registry is used."""
    monkeypatch.chdir(tmp_path)
    found = answer("", names)
    assert found["error"]["kind"] == "RegistryNotFoundError"
    assert "EXO_NBREGISTRY" in found["error"]["message"]["untrusted_text"]
    monkeypatch.setenv("EXO_NBREGISTRY", registry.location)
    assert answer("", names)["names"] == ["kepler_rf"]


def test_a_registry_is_never_created(tmp_path: Path) -> None:
    """A missing folder is an error, and stays missing."""
    found = answer(str(tmp_path / "new"), names)
    assert found["error"]["kind"] == "RegistryNotFoundError"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "place", ["s3://bucket/registry", "https://host/x", "//host/x", "\\\\h\\x"]
)
def test_an_agent_cannot_choose_a_host(place: str) -> None:
    """A URL and a network path are refused, unless the user has chosen them."""
    found = answer(place, names)
    assert found["error"]["kind"] == "InvalidInputError"
    assert "folder of this machine" in found["error"]["message"]["untrusted_text"]


def test_a_place_is_text() -> None:
    """A number instead of a folder is an error in the answer."""
    found = answer(5, names)  # type: ignore[arg-type]
    assert found["error"]["message"]["untrusted_text"] == "registry must be text, got int."


def test_the_user_can_choose_a_bucket() -> None:
    """A URL that the user has chosen is opened, here with a scheme that is not supported."""
    found = answer(ChosenPlace("ftp://bucket/registry"), names)
    assert found["error"]["kind"] != "InvalidInputError" or (
        "folder of this machine" not in found["error"]["message"]["untrusted_text"]
    )


def test_nothing_can_be_written(registry: ModelRegistry) -> None:
    """A change of the opened registry raises an error, which is the answer."""
    before = {path: path.stat().st_mtime_ns for path in Path(registry.location).rglob("*")}
    for change in (
        lambda r: r.tag_model("kepler_rf:1", "x"),
        lambda r: r.purge_model("kepler_rf:1"),
        lambda r: r.register_model({"a": 1}, "new"),
    ):
        found = answer(registry.location, lambda r, change=change: {"done": change(r)})
        assert found["error"]["kind"] == StoreError.__name__, found
    after = {path: path.stat().st_mtime_ns for path in Path(registry.location).rglob("*")}
    assert after == before


def test_warnings_are_part_of_the_answer(registry: ModelRegistry) -> None:
    """A message of the library is a marked text."""
    found = answer(registry.location, lambda r: {"n": len(r.list_models(where="metrics.x > 1"))})
    assert found["n"] == 0
    assert "No version has metrics.x" in found["warnings"][0]["untrusted_text"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="requires file permissions")
def test_an_unreadable_folder_is_an_error(registry: ModelRegistry) -> None:
    """An error of the operating system is an answer, not an exception."""
    folder = Path(registry.location)
    folder.chmod(0)
    try:
        assert "error" in answer(registry.location, names)
    finally:
        folder.chmod(0o755)
