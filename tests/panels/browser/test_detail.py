"""Details of the selected versions."""

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

PARTS = ["Overview", "Provenance", "History", "Notes", "Plots", "Attachments", "Code"]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    """Return a registry with three versions of toy, which cannot be loaded."""
    registry = toys(tmp_path / "registry", 3)
    registry.set_alias("toy", "champion", 2)
    registry.annotate("toy:2", "Looks good")

    def load(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", load)
    return registry


def body(detail: Detail) -> str:
    """Return the text of the live panel."""
    return text(detail._title.value) + text(detail._body.value)


def offered(detail: Detail) -> list[str]:
    """Return the available parts."""
    return [] if detail.choice.layout.display == "none" else list(detail.choice.options)


def test_without_a_selection_a_hint_is_shown(registry: ModelRegistry) -> None:
    """The live panel has a hint, and the static view is empty."""
    detail = Detail(registry)
    assert "Select a version" in body(detail)
    assert offered(detail) == []
    assert (detail.static_html(), detail.static_text()) == ("", "")


def test_one_version_is_shown_in_parts(registry: ModelRegistry) -> None:
    """Each part has the title with the aliases of the version."""
    detail = Detail(registry)
    detail.show(("toy@champion",))
    assert offered(detail) == PARTS
    message = {}
    for title in PARTS:
        detail.choice.value = title
        message[title] = body(detail)
        assert message[title].startswith("toy:2 champion")
    assert "signaturesigned by you" in message["Overview"].replace("\n", "")
    assert "History (3 events)" in message["History"]
    assert "Looks good" in message["Notes"]
    assert "registry.load_model('toy@champion')" in message["Code"]


def test_only_the_selected_part_is_drawn(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A selection reads only the data of the visible part."""
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
    """Several versions are compared, and the check box of the comparison is kept."""
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
    """The next version opens at the same part, also after a comparison."""
    detail = Detail(registry)
    detail.show(("toy:1",))
    detail.choice.value = "Code"
    detail.show(("toy:1", "toy:2"))
    assert detail.choice.value == "Comparison"
    detail.show(())
    detail.show(("toy:2",))
    assert detail.choice.value == "Code"


def test_the_static_form_has_all_parts(registry: ModelRegistry) -> None:
    """The static view has all parts and does not depend on the visible part."""
    detail = Detail(registry)
    detail.show(("toy:2",))
    page, plain = detail.static_html(), detail.static_text()
    detail.choice.value = "Code"
    assert (detail.static_html(), detail.static_text()) == (page, plain)
    assert Page(page).faults == []
    for fact in ("toy:2", "champion", "History (3 events)", "Looks good", "load_model('toy:2')"):
        assert fact in " ".join(Page(page).text)
        assert fact in plain


def test_the_bundle_has_the_static_form(registry: ModelRegistry) -> None:
    """Without a kernel, the bundle has only the static view."""
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
def test_a_missing_version_shows_an_error(registry: ModelRegistry, refs: Any) -> None:
    """A missing version shows one sentence, and the next selection works."""
    detail = Detail(registry)
    detail.show(refs)
    assert 'role="alert"' in detail._body.value
    assert "toy" in body(detail)
    assert Page(detail.static_html()).faults == []
    assert detail.static_text() == " ".join(body(detail).split())
    detail.show(("toy:1",))
    assert body(detail).startswith("toy:1")


def test_a_deleted_version_is_shown(registry: ModelRegistry) -> None:
    """A deleted version has a badge and the code to restore it."""
    detail = Detail(registry)
    detail.show(("toy:2",))
    ModelRegistry(registry.location).delete_model("toy:2")
    detail.choice.value = "Code"
    assert "deleted" in detail._title.value
    assert "registry.restore_model('toy:2')" in body(detail)


def test_parts_have_tooltips(registry: ModelRegistry) -> None:
    """Each part has a tooltip."""
    detail = Detail(registry)
    for refs in (("toy:1",), ("toy:1", "toy:2")):
        detail.show(refs)
        assert len(detail.choice.tooltips) == len(detail.choice.options)
        assert all(detail.choice.tooltips)


def test_a_closed_detail_frees_its_widgets(registry: ModelRegistry) -> None:
    """After closing, no widget of the details remains in the kernel."""
    before = set(_instances)
    detail = Detail(registry)
    for refs in (("toy:1",), ("toy:1", "toy:2"), ("toy:2", "toy:3"), ("toy:1",)):
        detail.show(refs)
        for title in reversed(offered(detail)):
            detail.choice.value = title
    detail.close()
    assert set(_instances) <= before
