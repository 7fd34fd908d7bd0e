"""Trials of a search in the details of a version."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.panels.browser.detail import Detail
from exo_nbregistry.panels.browser.detail_trials import trials
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import text


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with a search, searched:1, and a model without one, plain:1."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    tried = [{"params": {"C": i, "<b>": "<i>"}, "value": i / 10} for i in range(20)]
    registry.register_model({"rule": 1}, "searched", trials=tried)
    registry.register_model({"rule": 2}, "plain")
    return registry


def test_the_overview_has_the_best_trials(registry: ModelRegistry) -> None:
    """The live overview and the static page have a section with the best trials."""
    detail = Detail(registry)
    detail.show(("searched:1",))
    assert "Trials (20)" in text(detail._body.value)
    assert "<i>" not in detail._body.value
    assert "Trials (20)" in detail.static_html()
    assert "best score first" in detail.static_text()


def test_a_version_without_trials_has_no_section(registry: ModelRegistry) -> None:
    """A model without a search has no section, and nothing is read for it."""
    assert trials(None, registry["plain:1"]) == []


def test_damaged_trials_are_explained(registry: ModelRegistry) -> None:
    """If the trials cannot be read, the section has the reason."""
    (blob,) = Path(registry.location).rglob("blobs/*.json")
    blob.chmod(0o600)
    blob.write_text("{}")
    (section,) = trials(registry, registry["searched:1"])
    assert section.title == "Trials"
    assert "changed" in section.text
