"""Panels in VS Code and Colab, which do not load extensions of JupyterLab."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from exo_nbregistry import config as option
from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel
from exo_nbregistry.panels import live_panel
from exo_nbregistry.panels.registry_panel import RegistryPanel
from exo_nbregistry.registry.facade import ModelRegistry
from tests.exoplanet.signals import scored_signals
from tests.panels.many_models import many_models

pytest.importorskip("anywidget")

LIVE = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def in_colab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as in a kernel of Colab."""
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry of seven versions."""
    return many_models(tmp_path / "registry")


def test_a_registry_brings_its_code(registry: ModelRegistry) -> None:
    """The panel is shown by anywidget, and has the stored view."""
    panel = registry.browse()
    output, _ = panel._repr_mimebundle_()
    assert isinstance(panel, RegistryPanel)
    assert (panel._model_module, panel._kind) == ("anywidget", "registry")
    assert {LIVE, "text/html"} <= set(output)


def test_a_follow_up_list_brings_its_code() -> None:
    """The panel of a list is shown by anywidget, and starts with its first page."""
    panel = CandidateList.of(scored_signals(), 0.9).browse()
    output, _ = panel._repr_mimebundle_()
    assert isinstance(panel, CandidatesPanel)
    assert (panel._model_module, panel._kind) == ("anywidget", "candidates")
    assert output["text/html"] == panel.static_html()
    assert LIVE in output
    assert list(panel._primed) == panel.first_paths()


def test_the_class_for_jupyterlab_is_used_without_anywidget(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without anywidget, the output is the stored view."""
    monkeypatch.setattr(live_panel, "find_spec", lambda _name: None)
    panel = registry.browse()
    assert type(panel) is RegistryPanel
    assert LIVE not in panel._repr_mimebundle_()[0]
