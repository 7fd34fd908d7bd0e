"""Outputs of notebooks that nbclient runs, as nbconvert and papermill do."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.panels.base import PANEL_MIME
from tests.browser.sample_registries import sample_registries
from tests.panels.executed import execute, outputs

WIDGET = "application/vnd.jupyter.widget-view+json"
SETUP = """\
from exo_nbregistry import ModelRegistry
registry = ModelRegistry("registry")"""
CELLS = [
    SETUP,
    "registry",
    "panel = registry.browse()\npanel.view = 'models'\npanel.view = 'versions'\n"
    "panel.selected = ['kepler_svm:1']\npanel.refresh()\npanel",
    "registry.compare_models(model_name='kepler_rf')",
    "registry['kepler_svm:1']",
    "from sklearn.dummy import DummyClassifier\n"
    "from exo_nbregistry.training.fitting import fit_models\n"
    "run = fit_models({'dummy': DummyClassifier()}, [[0.0], [1.0]], [0, 1])",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a registry."""
    sample_registries(tmp_path / "registry")
    return tmp_path


def test_a_notebook_without_front_end_stores_tables(folder: Path) -> None:
    """Without a front end each panel is stored as its table, without any widget."""
    notebook = execute(CELLS, folder)
    stored = outputs(notebook)
    assert len(stored) == len(CELLS) - 1
    assert all("<table" in data["text/html"] and WIDGET not in data for data in stored)
    assert "widgets" not in notebook.metadata


def test_work_without_front_end_stores_its_result(folder: Path) -> None:
    """Without a front end, the result of work is stored, without durations that differ."""
    (work,) = outputs(execute(CELLS[-1:], folder))
    assert "1 of 1 model.\n" in work["text/plain"]
    assert "elapsed" not in work["text/html"]


def test_a_front_end_gets_live_panels(folder: Path) -> None:
    """With a front end, the same cells display live panels, also to one that lacks our code."""
    notebook = execute(CELLS[:3], folder, attended=True)
    shown = [out for cell in notebook.cells for out in cell.outputs]
    assert all(WIDGET not in out.data and "<table" in out.data["text/html"] for out in shown)
    models = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert all(out.metadata[PANEL_MIME]["model_id"] in models for out in shown)
