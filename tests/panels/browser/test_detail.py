"""The detail of what is selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances

from exo_nbregistry import config as option
from exo_nbregistry.panels.browser import detail as module
from exo_nbregistry.panels.browser.detail import Detail
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page
from tests.panels.panel_driver import text, toys

PARTS = ["Overview", "Provenance", "History", "Notes", "Plots", "Code"]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    """Return a registry with three versions of toy, of which none can be loaded."""
    registry = toys(tmp_path / "registry", 3)
    registry.set_alias("toy", "champion", 2)
    registry.annotate("toy:2", "Looks good")

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)
    return registry


def body(detail: Detail) -> str:
    """Return the text that is shown live."""
    return text(detail._title.value) + text(detail._body.value)


def offered(detail: Detail) -> list[str]:
    """Return the parts that can be chosen."""
    return [] if detail.choice.layout.display == "none" else list(detail.choice.options)


def test_without_a_selection_it_says_what_to_do(registry: ModelRegistry) -> None:
    """Live there is a hint; the static twins, where nothing can be selected, are empty."""
    detail = Detail(registry)
    assert "Select a version" in body(detail)
    assert offered(detail) == []
    assert (detail.static_html(), detail.static_text()) == ("", "")


def test_one_version_is_told_in_parts(registry: ModelRegistry) -> None:
    """Each part says its own, under the version's name and badges."""
    detail = Detail(registry)
    detail.show(("toy@champion",))
    assert offered(detail) == PARTS
    said = {}
    for title in PARTS:
        detail.choice.value = title
        said[title] = body(detail)
        assert said[title].startswith("toy:2 champion")
    assert "signed byyou" in said["Overview"].replace("\n", "")
    assert "History (3 events)" in said["History"]
    assert "Looks good" in said["Notes"]
    assert "registry.load_model('toy@champion')" in said["Code"]


def test_a_part_is_drawn_when_it_is_looked_at(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A selection reads what the part on show needs, and nothing else."""
    drawn: list[str] = []
    parts = {
        title: (lambda *_, title=title: drawn.append(title) or [], tooltip)
        for title, (_, tooltip) in module._PARTS.items()
    }
    monkeypatch.setattr(module, "_PARTS", parts)
    detail = Detail(registry)
    detail.show(("toy:1",))
    assert drawn == ["Overview"]
    detail.choice.value = "Notes"
    detail.show(("toy:2",))
    assert drawn == ["Overview", "Notes", "Notes"]


def test_several_versions_are_compared(registry: ModelRegistry) -> None:
    """With the switch of the comparison, whose setting outlasts the drawing anew."""
    detail = Detail(registry)
    detail.show(("toy:1", "toy:2", "toy:1"))
    assert offered(detail) == ["Comparison", "Plots"]
    assert detail.comparison is not None
    assert detail.comparison.comparison.items[0].model_id == "toy:1"
    assert len(detail.comparison.comparison.items) == 2
    detail.comparison.show_all = True
    assert detail.static_text() == repr(registry.compare_models(["toy:1", "toy:2"]).all())
    detail.show(("toy:1", "toy:2"))
    assert detail.comparison.show_all


def test_the_choice_is_kept(registry: ModelRegistry) -> None:
    """The next version opens at the part that was looked at, also after a comparison."""
    detail = Detail(registry)
    detail.show(("toy:1",))
    detail.choice.value = "Code"
    detail.show(("toy:1", "toy:2"))
    assert detail.choice.value == "Comparison"
    detail.show(())
    detail.show(("toy:2",))
    assert detail.choice.value == "Code"


def test_static_twins_say_all_parts(registry: ModelRegistry) -> None:
    """HTML that JupyterLab keeps, and text, the same each time and whatever part is shown."""
    detail = Detail(registry)
    detail.show(("toy:2",))
    page, plain = detail.static_html(), detail.static_text()
    detail.choice.value = "Code"
    assert (detail.static_html(), detail.static_text()) == (page, plain)
    assert Page(page).faults == []
    for fact in ("toy:2", "champion", "History (3 events)", "Looks good", "load_model('toy:2')"):
        assert fact in " ".join(Page(page).text)
        assert fact in plain


def test_the_bundle_has_the_twins(registry: ModelRegistry) -> None:
    """Outside of a kernel the detail is its static twin."""
    detail = Detail(registry)
    detail.show(("toy:2",))
    bundle = detail._repr_mimebundle_()
    assert bundle == {"text/plain": detail.static_text(), "text/html": detail.static_html()}
    option.set_config(display="text")
    try:
        assert detail._repr_mimebundle_() == {"text/plain": detail.static_text()}
    finally:
        option.set_config(display="panel")


@pytest.mark.parametrize("refs", [("toy:77",), ("toy:1", "toy:77"), ("toi",)])
def test_what_is_not_there_is_said_in_place(registry: ModelRegistry, refs: Any) -> None:
    """One sentence, live and static, and the next selection is sound."""
    detail = Detail(registry)
    detail.show(refs)
    assert 'role="alert"' in detail._body.value
    assert "toy" in body(detail)
    assert Page(detail.static_html()).faults == []
    assert detail.static_text() == " ".join(body(detail).split())
    detail.show(("toy:1",))
    assert body(detail).startswith("toy:1")


def test_a_deleted_version_is_still_told(registry: ModelRegistry) -> None:
    """Another kernel's deletion is a badge, and the code brings it back."""
    detail = Detail(registry)
    detail.show(("toy:2",))
    ModelRegistry(registry.location).delete_model("toy:2")
    detail.choice.value = "Code"
    assert "deleted" in detail._title.value
    assert "registry.restore_model('toy:2')" in body(detail)


def test_every_choice_has_a_tooltip(registry: ModelRegistry) -> None:
    """Each part says what is in it before it is opened."""
    detail = Detail(registry)
    for refs in (("toy:1",), ("toy:1", "toy:2")):
        detail.show(refs)
        assert len(detail.choice.tooltips) == len(detail.choice.options)
        assert all(detail.choice.tooltips)


def test_a_closed_detail_leaves_nothing(registry: ModelRegistry) -> None:
    """However much was looked at, the kernel holds no widget of it afterwards."""
    before = set(_instances)
    detail = Detail(registry)
    for refs in (("toy:1",), ("toy:1", "toy:2"), ("toy:2", "toy:3"), ("toy:1",)):
        detail.show(refs)
        for title in reversed(offered(detail)):
            detail.choice.value = title
    detail.close()
    assert set(_instances) <= before
