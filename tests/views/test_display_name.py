"""The letter case of a name is kept for display."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from exo_nbregistry.cli.app import commands
from exo_nbregistry.panels.browser.detail_sections import title_html, title_text
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.version_card import render_metadata_html, render_metadata_text


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one version, whose name has capital letters."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    assert registry.register_model({"any": 1}, "Kepler_RF") == "kepler_rf:1"
    return registry


def test_lists_show_the_name_as_typed(registry: ModelRegistry) -> None:
    """Lists of versions and of models show the letter case, and IDs are in lower case."""
    versions, models = registry.list_models(), registry.list_model_names()
    for text in (repr(versions), versions.to_html(), repr(registry.browse())):
        assert "Kepler_RF:1" in text
    for text in (repr(models), models.to_html()):
        assert "Kepler_RF" in text
    assert versions.to_frame()["model_id"].tolist() == ["kepler_rf:1"]
    assert models[0].model_name == "kepler_rf"


def test_cards_show_the_name_as_typed(registry: ModelRegistry) -> None:
    """The card and the details of a version show the letter case."""
    metadata = registry["kepler_rf:1"]
    show = (render_metadata_html, render_metadata_text, title_html, title_text)
    assert all("Kepler_RF:1" in str(function(metadata)) for function in show)


def test_the_terminal_shows_the_name_as_typed(registry: ModelRegistry) -> None:
    """Commands that list or show a version use the letter case."""
    for command in (["list"], ["show", "kepler_rf"]):
        done = CliRunner().invoke(commands, [*command, "--registry", registry.location])
        assert "Kepler_RF:1" in done.output


def test_the_shown_id_is_a_reference(registry: ModelRegistry) -> None:
    """The displayed ID finds the version."""
    shown = registry["kepler_rf"].display_id
    assert registry[shown].model_id == "kepler_rf:1"


def test_another_name_is_not_shown(registry: ModelRegistry) -> None:
    """A name that is not the one of the ID, as in the record of another writer, is not shown."""
    import dataclasses

    metadata = dataclasses.replace(registry["kepler_rf"], model_name="other")
    assert metadata.display_id == "kepler_rf:1"
