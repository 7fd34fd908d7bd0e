"""Plots of the selected versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.panels.browser.detail_plot import DetailPlot
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page
from tests.panels.panel_driver import toys


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of kepler_lr with metrics."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    chance = np.random.default_rng(0)
    X = pd.DataFrame(chance.normal(size=(60, 2)), columns=["period", "depth"])
    y = (X["period"] + chance.normal(size=60) > 0).astype(int)
    for number in (1, 2, 3):
        model = LogisticRegression(C=number).fit(X, y)
        registry.register_model(model, "kepler_lr", X=X, y=y, X_test=X, y_test=y)
    return registry


@pytest.fixture(autouse=True)
def _nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if a model is loaded."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)


def shown(registry: ModelRegistry, *refs: str) -> DetailPlot:
    """Return the plots of versions."""
    plots = DetailPlot(registry)
    plots.show([registry.get_metadata(ref) for ref in refs])
    return plots


def kinds(plots: DetailPlot) -> list[str]:
    """Return the available kinds."""
    return [name for _, name in plots.kind.options]


def test_each_kind_is_drawn_without_loading(registry: ModelRegistry) -> None:
    """Each kind has another plot and caption, and does not load the model."""
    plots = shown(registry, "kepler_lr:2")
    assert {"metric", "roc", "confusion_matrix", "calibration"} <= set(kinds(plots))
    assert "importances" not in kinds(plots)
    plots_seen = set()
    for name in kinds(plots):
        plots.kind.value = name
        assert bytes(plots.image.value).startswith(b"\x89PNG")
        assert plots.image.layout.display is None
        plots_seen.add((bytes(plots.image.value), plots.caption.value))
    assert len(plots_seen) == len(kinds(plots))


def test_plots_share_one_image(registry: ModelRegistry) -> None:
    """All plots are shown in one image of fixed height."""
    plots = shown(registry, "kepler_lr:2")
    image, height = plots.image, plots.image.layout.height
    plots.kind.value = "roc"
    plots.show([registry.get_metadata("kepler_lr:3")])
    assert plots.kind.value == "roc"
    assert plots.image is image
    assert plots.children[1] is image
    assert image.layout.height == height == "400px"


def test_the_metric_of_one_version_is_shown_with_its_neighbors(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A metric over versions is read only for neighboring versions."""
    queries: list[dict[str, Any]] = []
    plot = registry.plot
    monkeypatch.setattr(
        registry, "plot", lambda kind, **how: (queries.append(how), plot(kind, **how))[1]
    )
    plots = shown(registry, "kepler_lr:2")
    assert queries == [{"model_name": "kepler_lr", "where": "version >= 1 and version <= 52"}]
    caption = "".join(Page(plots.caption.value).text)
    assert [
        ref for ref in ("kepler_lr:1", "kepler_lr:2", "kepler_lr:3") if ref not in caption
    ] == []


def test_several_versions_share_a_plot(registry: ModelRegistry) -> None:
    """A plot has the curves of the selected versions only."""
    plots = shown(registry, "kepler_lr:1", "kepler_lr:3")
    assert "hyperparameter" in kinds(plots)
    plots.kind.value = "roc"
    caption = "".join(Page(plots.caption.value).text)
    assert "kepler_lr:1" in caption
    assert "kepler_lr:3" in caption
    assert "kepler_lr:2" not in caption


def test_a_version_without_metrics_shows_a_hint(tmp_path: Path) -> None:
    """A version without metrics has a hint instead of plots."""
    plots = shown(toys(tmp_path / "toys", 1), "toy:1")
    assert kinds(plots) == []
    assert plots.image.layout.display == "none"
    assert "Pass X_test and y_test to register_model" in plots.caption.value


def test_a_damaged_evaluation_shows_an_error(registry: ModelRegistry) -> None:
    """The error is shown instead of the plot, and other kinds are still drawn."""
    plots = shown(registry, "kepler_lr:1")
    blob = registry.get_metadata("kepler_lr:1").attachments["evaluation"].sha256
    (file,) = Path(registry.location).rglob(f"{blob}*")
    file.chmod(0o644)
    file.write_bytes(b"torn")
    plots.kind.value = "roc"
    assert plots.image.layout.display == "none"
    assert 'role="alert"' in plots.caption.value
    plots.kind.value = "confusion_matrix"
    assert plots.image.layout.display is None
