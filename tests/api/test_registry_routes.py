"""The head of a registry, its fields, and the progress of its index."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.registry_routes import fields, head, indexing
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.api.route_caller import RouteCaller


def test_the_head_has_place_counts_and_signer(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The head names the registry, counts models and versions, and names the user's key."""
    registry.delete_model("kepler:1")
    found = caller.get(head)
    assert (found["name"], found["location"]) == ("registry", "models/registry")
    assert found["counts"] == {"models": 1, "versions": 2, "deleted": 1}
    assert found["signer"]["fingerprint"].startswith("SHA256:")
    assert (found["writable"], found["why_read_only"], found["format_version"]) == (True, None, 1)


def test_the_head_names_the_trusted_signers(
    caller: RouteCaller, registry: ModelRegistry, tmp_path: Path
) -> None:
    """The number of other trusted signers is in the head, with their names as title."""
    assert caller.get(head)["trust"]["text"] == "Trusts no other signers"
    other = Keyring(tmp_path / "ada")
    other.sign("0" * 64)
    registry.trust_signer(str(other.public_key), "ada")
    assert caller.get(head)["trust"] == {"text": "Trusts 1 other signer", "title": "ada"}


def test_a_read_only_registry_says_why(root: Path, registry: ModelRegistry) -> None:
    """The head of a read-only registry has a sentence for users."""
    found = RouteCaller(root, read_only=True).get(head)
    assert found["writable"] is False
    assert "read-only" in found["why_read_only"]


def test_fields_have_values_and_directions(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A field has its kind, group, direction, and its values if there are few."""
    registry.tag_model("kepler:1", "reviewed", team="vetting")
    found = {field["name"]: field for field in caller.get(fields)["fields"]}
    assert found["aliases"]["values"] == ["champion"]
    assert found["algorithm"]["values"] == ["DummyClassifier"]
    assert found["model_name"]["values"] == ["kepler"]
    assert found["metrics.f1_score"] == {
        "name": "metrics.f1_score",
        "label": "f1_score",
        "kind": "number",
        "group": "metrics",
        "sortable": True,
        "higher_is_better": True,
        "default_column": True,
    }
    assert found["tags.team"]["group"] == "tags"
    assert found["tags"]["sortable"] is False
    assert "hyperparameters.random_state" in found


def test_the_progress_is_known_while_the_index_is_built(
    caller: RouteCaller, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another request reads the records, the progress is answered at once."""
    reached, released = threading.Event(), threading.Event()
    skim = Journal.skim

    def slow(self: Journal, model: str, number: int) -> Any:
        if number == 3:
            reached.set()
            assert released.wait(60)
        return skim(self, model, number)

    assert caller.get(indexing) == {"read": None, "total": None}
    opened = caller.catalogue.registry(caller.catalogue.places()[0])
    opened._workspace.index._freshness.reset()
    registry.register_model({}, "kepler")
    monkeypatch.setattr(Journal, "skim", slow)
    builder = threading.Thread(target=lambda: opened.list_models(limit=0))
    builder.start()
    try:
        if reached.wait(5):
            assert caller.get(indexing) == {"read": 2, "total": 4}
    finally:
        released.set()
        builder.join()
    assert reached.is_set()
    assert caller.get(indexing) == {"read": None, "total": None}
