"""Tests of the facts of a model as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry import ModelRegistry
from exo_nbregistry.errors import RecordError
from exo_nbregistry.registry.model_facts import (
    list_model_facts,
    read_model_facts,
    write_model_facts,
)


@pytest.fixture
def empty(tmp_path: Path) -> ModelRegistry:
    """Return a registry that does not exist yet."""
    return ModelRegistry(tmp_path / "new", durable=False)


def test_facts_survive_the_process(empty: ModelRegistry) -> None:
    """Another handle reads the name as typed, the description and the tags."""
    change = {"action": "model created", "description": "Transits.", "tags": {"team": "vetting"}}
    write_model_facts(empty, "Kepler_RF", change)
    found = read_model_facts(ModelRegistry(empty.location), "kepler_rf")
    assert (found.name, found.description) == ("Kepler_RF", "Transits.")
    assert (found.tags, found.versions, found.exists) == ({"team": "vetting"}, [], True)


def test_a_tag_is_removed_and_a_value_is_checked(registry: Any) -> None:
    """Changes add up, and a value that cannot be stored is refused before it is written."""
    write_model_facts(registry, "kepler_rf", {"tags": {"a": 1, "b": 2}})
    assert write_model_facts(registry, "kepler_rf", {"untag": ["a", "c"]}).tags == {"b": 2}
    with pytest.raises(RecordError):
        write_model_facts(registry, "kepler_rf", {"tags": {"a": object()}})
    assert read_model_facts(registry, "kepler_rf").tags == {"b": 2}


def test_a_removed_model_is_created_anew(empty: ModelRegistry) -> None:
    """A model that is created again has none of its former facts."""
    write_model_facts(empty, "rf", {"action": "model created", "tags": {"a": 1}})
    write_model_facts(empty, "rf", {"action": "model removed"})
    assert not read_model_facts(empty, "rf").exists
    assert list_model_facts(empty) == []
    write_model_facts(empty, "rf", {"action": "model created"})
    assert read_model_facts(empty, "rf").tags == {}


def test_a_change_can_depend_on_the_facts(registry: Any) -> None:
    """A callable that returns None changes nothing."""
    before = registry.revision()
    write_model_facts(registry, "kepler_rf", lambda facts: None if facts.exists else {})
    assert registry.revision() == before


def test_the_other_calls_ignore_the_events(registry: Any) -> None:
    """Lists, aliases and verify are as before, and the history shows the event."""
    write_model_facts(registry, "kepler_rf", {"description": "Transits."})
    registry.set_alias("kepler_rf", "champion", 1)
    assert registry.verify().ok
    assert registry["kepler_rf@champion"].description == ""
    assert "model changed" in repr(registry.history("kepler_rf"))


def test_times_of_versions_are_those_of_their_events(registry: Any) -> None:
    """A tag changes the time of its version, and a move of an alias does not."""
    registry.set_alias("kepler_rf", "champion", 1)
    assert read_model_facts(registry, "kepler_rf").changed_at == {}
    registry.tag_model("kepler_rf:1", "reviewed")
    assert set(read_model_facts(registry, "kepler_rf").changed_at) == {1}


def test_events_of_a_foreign_shape_are_harmless(registry: Any) -> None:
    """Tags and names of an event that another program wrote are ignored if they are invalid."""
    work = registry._workspace
    event = {"action": "model changed", "tags": [1], "untag": 3, "description": {"a": 1}}
    work.journal.append("kepler_rf", lambda _: event, "ada")
    facts = read_model_facts(registry, "kepler_rf")
    assert (facts.tags, facts.description) == ({}, "{'a': 1}")


@pytest.mark.parametrize(
    "event",
    [
        {"action": "model changed", "tags": {"$type": "unknown"}, "description": "Hidden."},
        {"action": "model created", "name": "../other"},
        {"action": "model created", "name": "other"},
        {"action": "model changed", "tags": ["team"], "untag": [["team"], {}]},
    ],
    ids=str,
)
def test_an_event_of_another_program_does_not_hide_a_model(registry: Any, event: Any) -> None:
    """Invalid fields, which any signer can write, are ignored, so that all models are listed."""
    work = registry._workspace
    work.journal.append("kepler_rf", lambda _: event, work.actor)
    (found,) = (facts for facts in list_model_facts(registry) if facts.key == "kepler_rf")
    assert (found.name, found.description, found.tags) == ("kepler_rf", None, {})
