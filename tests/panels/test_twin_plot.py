"""The plot in the stored view of selected versions."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression, Ridge

from exo_nbregistry.panels.twin_plot import MAX_BYTES, plots
from exo_nbregistry.panels.twin_selection import selection_html, selection_text
from exo_nbregistry.persistence import loading
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page

X = [[float(i), float(i % 7)] for i in range(60)]
CLASSES = [int(i % 3 == 0) for i in range(60)]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with classifiers, regressors, and versions with a metric only."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for c in (0.1, 1.0):
        model = LogisticRegression(C=c).fit(X, CLASSES)
        registry.register_model(model, "churn", X_test=X, y_test=CLASSES)
    for alpha in (1.0, 100.0):
        target = [3 * row[0] for row in X]
        registry.register_model(Ridge(alpha).fit(X, target), "price", X_test=X, y_test=target)
    for value in (0.5, 0.6):
        model = LogisticRegression(C=value).fit(X, CLASSES)
        registry.register_model(model, "scored", evaluation_results={"f1_score": value})
    registry.register_model(LogisticRegression().fit(X, CLASSES), "single")
    return registry


@pytest.mark.parametrize(
    ("refs", "title"),
    [
        (["churn:1"], "ROC curve"),
        (["churn:1", "churn:2"], "ROC curve"),
        (["price:1"], "Predicted against true"),
        (["price:1", "price:2"], "Distribution of errors"),
        (["scored:1"], "Metric over versions"),
        (["scored:1", "churn:1"], "ROC curve"),
    ],
)
def test_the_plot_fits_the_versions(registry: ModelRegistry, refs: list[str], title: str) -> None:
    """The first kind of plot that the versions have data for is shown."""
    (section,) = plots(registry, [registry.get_metadata(ref) for ref in refs])
    assert section.title == title
    assert refs[0] in section.text


def test_the_plot_is_small_and_described(registry: ModelRegistry) -> None:
    """The picture has at most 15 kB, its values as alternative text, and elements that are kept."""
    page = Page(selection_html(registry, ["churn:1", "churn:2"]))
    assert page.faults == []
    attributes = dict(page.attributes)
    data = base64.b64decode((attributes["src"] or "").partition(",")[2])
    assert len(data) <= MAX_BYTES
    assert "churn:2" in (attributes["alt"] or "")
    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_version_without_data_has_no_plot(registry: ModelRegistry) -> None:
    """A single version without metrics has no plot, and no section for it."""
    assert plots(registry, [registry.get_metadata("single")]) == []
    assert "<img" not in selection_html(registry, ["single:1"])


def test_the_stored_view_is_deterministic(registry: ModelRegistry) -> None:
    """The same versions have the same bytes."""
    first = selection_html(registry, ["churn:1"])
    assert first == selection_html(registry, ["churn:1"])


def test_the_plot_loads_no_model(registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stored view reads the arrays of the test rows only."""
    monkeypatch.delattr(loading, "load_verified")
    assert "<img" in selection_html(registry, ["churn:1"])


def test_damaged_arrays_are_a_sentence(registry: ModelRegistry, tmp_path: Path) -> None:
    """If the plot cannot be drawn, the reason is in its place, and the rest is shown."""
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.read_bytes()[:2] == b"PK":
            path.write_bytes(b"PK damaged")
    text = selection_text(registry, ["churn:1"])
    assert re.search("ROC curve\\n.*(checksum|size|changed)", text)
    assert "Metrics" in text


def test_a_page_with_details_is_small(registry: ModelRegistry) -> None:
    """The details of a version, with the plot, have at most 30 kB, and a comparison too."""
    for refs in (["churn:1"], ["churn:1", "churn:2"]):
        assert len(selection_html(registry, refs).encode()) <= 30_000


def test_descriptions_and_notes_are_markdown(registry: ModelRegistry) -> None:
    """The stored view has the elements of the Markdown, and the text has none of its marks."""
    model = LogisticRegression().fit(X, CLASSES)
    registry.register_model(model, "described", description="A **good** one")
    registry.annotate("described:1", "See `table`.")
    html, text = (
        selection_html(registry, ["described:1"]),
        selection_text(registry, ["described:1"]),
    )
    assert "A <strong>good</strong> one" in html
    assert "See <code>table</code>." in html
    assert "A good one" in text
    assert "See table." in text
