"""Tools that show, compare and load versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.agents.untrusted import MAX_BYTES
from exo_nbregistry.agents.version_tools import (
    code_to_load_model,
    compare_model_versions,
    model_history,
    show_model_version,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.agents.conftest import ORDER
from tests.persistence.bomb import Bomb


def marked(value: Any) -> Iterator[str]:
    """Yield the texts that are marked."""
    if isinstance(value, dict):
        if "untrusted_text" in value:
            yield value["untrusted_text"]
        for item in value.values():
            yield from marked(item)
    elif isinstance(value, list):
        for item in value:
            yield from marked(item)


def unmarked(value: Any) -> Iterator[str]:
    """Yield all other texts, also keys."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name != "untrusted_text":
                yield name
                yield from unmarked(item)
    elif isinstance(value, list):
        for item in value:
            yield from unmarked(item)
    elif isinstance(value, str):
        yield value


def test_injected_texts_are_marked_and_cut(registry: ModelRegistry) -> None:
    """Description, notes, tags and hyperparameters are marked; a megabyte is cut."""
    found = show_model_version("kepler_rf:2", registry.location)
    assert list(marked(found)).count(ORDER) >= 4
    assert not any("Ignore previous" in text for text in unmarked(found))
    long, short = found["version"]["notes"]
    assert long["text"]["cut_characters"] > 990_000
    assert short["text"] == {"untrusted_text": ORDER, "invisible_characters": 3}
    assert len(json.dumps(found)) <= MAX_BYTES


def test_injected_texts_are_marked_in_each_answer(registry: ModelRegistry) -> None:
    """Comparison, history and errors mark the same texts."""
    place = registry.location
    for found in (
        compare_model_versions(["kepler_rf:1", "kepler_rf:2"], place),
        model_history("kepler_rf", registry=place),
        show_model_version(ORDER, place),
    ):
        assert any("Ignore previous" in text for text in marked(found))
        assert not any("Ignore previous" in text for text in unmarked(found))
        assert len(json.dumps(found)) <= MAX_BYTES


def test_a_version_has_its_facts(registry: ModelRegistry) -> None:
    """References by alias and name work, and a missing version is an error."""
    found = show_model_version("kepler_rf@champion", registry.location)["version"]
    assert found["model_id"] == "kepler_rf:3"
    assert found["metrics"] == pytest.approx({"f1_score": 0.8, "log_loss": 0.2})
    assert found["aliases"] == ["champion"]
    assert found["loading"]["signer"] == "own"
    assert "packages" in found["environment"]
    missing = show_model_version("kepler_rf:9", registry.location)
    assert missing["error"]["kind"] == "VersionNotFoundError"


def test_versions_are_compared(registry: ModelRegistry) -> None:
    """Differences are by section, field and version, with the direction of metrics."""
    found = compare_model_versions(["kepler_rf:1", "kepler_rf@champion"], registry.location)
    assert found["versions"] == ["kepler_rf:1", "kepler_rf:3"]
    assert found["differences"]["metrics"]["f1_score"] == {"kepler_rf:1": 0.7, "kepler_rf:3": 0.8}
    assert found["higher_is_better"] == {"f1_score": True, "log_loss": False}
    many = compare_model_versions(["kepler_rf:1"] * 11, registry.location)
    assert "at most 10 references" in many["error"]["message"]["untrusted_text"]


def test_the_history_ends_with_the_latest_events(registry: ModelRegistry) -> None:
    """A limit keeps the latest events, and an alias only its moves."""
    place = registry.location
    found = model_history("kepler_rf", limit=2, registry=place)
    assert [event["action"] for event in found["events"]] == ["alias", "alias"]
    assert found["total"] == 8
    moves = model_history("kepler_rf", alias="champion", registry=place)
    assert [event["version"] for event in moves["events"]] == [1, 3]
    assert moves["events"][1]["previous"] == 1
    assert model_history("kepler_rf", limit=0, registry=place)["events"] == []


def test_the_code_loads_the_version(registry: ModelRegistry) -> None:
    """The code has the number of the version, runs, and states what loading requires."""
    found = code_to_load_model("kepler_rf@champion", registry.location)
    names: dict[str, Any] = {}
    exec(found["code"], names)
    assert names["metadata"].model_id == "kepler_rf:3"
    assert "trusts its signer" in found["loading"]["effect"]
    registry.delete_model("kepler_rf:3")
    found = code_to_load_model("kepler_rf:3", registry.location)
    assert "is deleted and cannot be loaded" in found["error"]["message"]["untrusted_text"]


def test_trust_is_left_to_the_user(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model of an unknown signer is not loaded, and no answer suggests to trust the signer."""
    other = ModelRegistry(registry.location, keyring=Keyring(tmp_path / "other"))
    other.register_model(Bomb(tmp_path / "marker"), "bomb")
    found = code_to_load_model("bomb", registry.location)
    assert found["loading"]["signer"] == "unknown"
    assert "Only the user can decide" in found["loading"]["effect"]
    assert "unsafe" not in json.dumps(found)
    assert "trust_signer" not in json.dumps(found)
    show_model_version("bomb", registry.location)
    compare_model_versions(["bomb", "kepler_rf"], registry.location)
    assert not (tmp_path / "marker").exists()
