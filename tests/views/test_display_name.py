"""The letter case of a name is kept for display."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from exo_nbregistry.cli.app import commands
from exo_nbregistry.panels.twin_sections import title_html, title_text
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


def test_comparisons_show_the_name_as_typed(registry: ModelRegistry) -> None:
    """Headings of a comparison, in a notebook and in a terminal, use the letter case."""
    registry.register_model({"any": 2}, "Kepler_RF", description="another one")
    both = ["kepler_rf:1", "kepler_rf:2"]
    comparison = registry.compare_models(both)
    command = ["compare", *both, "--registry", registry.location]
    shown = (repr(comparison), comparison.to_html(), CliRunner().invoke(commands, command).output)
    assert all("Kepler_RF:1" in text and "kepler_rf" not in text for text in shown)
    assert comparison.ids == tuple(both)


def test_metadata_show_the_name_as_typed(registry: ModelRegistry) -> None:
    """The line that a notebook prints of a version uses the letter case."""
    assert "'Kepler_RF:1'" in repr(registry["kepler_rf"])


def test_plots_show_the_name_as_typed(registry: ModelRegistry) -> None:
    """Title, legend and table of a plot use the letter case."""
    registry.register_model({"any": 2}, "Kepler_RF", evaluation_results={"f1_score": 0.5})
    registry.register_model({"any": 3}, "Kepler_RF", evaluation_results={"f1_score": 0.6})
    for plot in (registry.plot("metric"), registry.plot("metric", ["kepler_rf:2", "kepler_rf:3"])):
        legend = plot.figure.axes[0].get_legend()
        texts = [plot.title, str(plot), *(text.get_text() for text in legend.get_texts())]
        assert all("Kepler_RF" in text for text in texts)
        assert not any("kepler_rf" in text for text in texts)


def test_the_shown_id_is_a_reference(registry: ModelRegistry) -> None:
    """The displayed ID finds the version."""
    shown = registry["kepler_rf"].display_id
    assert registry[shown].model_id == "kepler_rf:1"


def test_another_name_is_not_shown(registry: ModelRegistry) -> None:
    """A name that is not the one of the ID, as in the record of another writer, is not shown."""
    import dataclasses

    metadata = dataclasses.replace(registry["kepler_rf"], model_name="other")
    assert metadata.display_id == "kepler_rf:1"
