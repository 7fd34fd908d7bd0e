"""The plots in a version's detail."""

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
    """Return a registry with three measured versions of kepler_lr."""
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
    """Refuse to deserialise any model."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)


def shown(registry: ModelRegistry, *refs: str) -> DetailPlot:
    """Return the plots of versions."""
    plots = DetailPlot(registry)
    plots.show([registry.get_metadata(ref) for ref in refs])
    return plots


def kinds(plots: DetailPlot) -> list[str]:
    """Return the kinds that are offered."""
    return [name for _, name in plots.kind.options]


def test_each_kind_is_drawn_without_loading(registry: ModelRegistry) -> None:
    """Every button gives another picture and its caption; none needs the model."""
    plots = shown(registry, "kepler_lr:2")
    assert {"metric", "roc", "confusion_matrix", "calibration"} <= set(kinds(plots))
    assert "importances" not in kinds(plots)
    pictures = set()
    for name in kinds(plots):
        plots.kind.value = name
        assert bytes(plots.image.value).startswith(b"\x89PNG")
        assert plots.image.layout.display is None
        pictures.add((bytes(plots.image.value), plots.caption.value))
    assert len(pictures) == len(kinds(plots))


def test_the_picture_keeps_its_place_and_height(registry: ModelRegistry) -> None:
    """One image takes all pictures, and its height does not depend on them."""
    plots = shown(registry, "kepler_lr:2")
    image, height = plots.image, plots.image.layout.height
    plots.kind.value = "roc"
    plots.show([registry.get_metadata("kepler_lr:3")])
    assert plots.kind.value == "roc"
    assert plots.image is image
    assert plots.children[1] is image
    assert image.layout.height == height == "400px"


def test_the_metric_of_one_version_is_shown_among_its_neighbours(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A metric over versions takes those around it, so that a long history stays cheap."""
    asked: list[dict[str, Any]] = []
    plot = registry.plot
    monkeypatch.setattr(
        registry, "plot", lambda kind, **how: (asked.append(how), plot(kind, **how))[1]
    )
    plots = shown(registry, "kepler_lr:2")
    assert asked == [{"model_name": "kepler_lr", "where": "version >= 1 and version <= 52"}]
    caption = "".join(Page(plots.caption.value).text)
    assert [
        ref for ref in ("kepler_lr:1", "kepler_lr:2", "kepler_lr:3") if ref not in caption
    ] == []


def test_several_versions_share_a_picture(registry: ModelRegistry) -> None:
    """Curves of those that are selected are together, and of no others."""
    plots = shown(registry, "kepler_lr:1", "kepler_lr:3")
    assert "hyperparameter" in kinds(plots)
    plots.kind.value = "roc"
    caption = "".join(Page(plots.caption.value).text)
    assert "kepler_lr:1" in caption
    assert "kepler_lr:3" in caption
    assert "kepler_lr:2" not in caption


def test_what_was_not_measured_says_how_to(tmp_path: Path) -> None:
    """Without metrics there is no button, no picture, and a sentence on what to do."""
    plots = shown(toys(tmp_path / "toys", 1), "toy:1")
    assert kinds(plots) == []
    assert plots.image.layout.display == "none"
    assert "Register with X_test and y_test" in plots.caption.value


def test_a_damaged_evaluation_is_said_in_place(registry: ModelRegistry) -> None:
    """The sentence takes the picture's place, and the next kind is drawn all the same."""
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
