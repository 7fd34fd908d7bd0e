"""Attachments in the details of the browser panel."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from exo_nbregistry.panels.browser import detail_attachments
from exo_nbregistry.panels.browser.detail import Detail
from exo_nbregistry.panels.browser.detail_attachments import DetailAttachments
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.panel_driver import text


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one version that has attachments of several kinds."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy")
    figure = Figure()
    figure.add_subplot().plot([1, 2])
    registry.attach("toy:1", "roc", figure)
    registry.attach("toy:1", "stars", pd.DataFrame({"depth": [0.5, 1.5], "name": ["a", "<b>"]}))
    registry.attach("toy:1", "about", "first line\nsecond <line>")
    (tmp_path / "report.pdf").write_bytes(b"%PDF" * 400_000)
    registry.attach("toy:1", "report", tmp_path / "report.pdf")
    return registry


@pytest.fixture
def reads(registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the attachments that are read, as they are read."""
    found: list[str] = []
    read = registry.attachment_bytes

    def record(ref: str, name: str, format: str | None = None) -> bytes:
        found.append(name)
        return read(ref, name, format)

    monkeypatch.setattr(registry, "attachment_bytes", record)
    return found


def shown(registry: Any) -> DetailAttachments:
    """Return the panel of toy:1."""
    panel = DetailAttachments(registry)
    panel.show(registry["toy:1"])
    return panel


def test_attachments_are_read_only_when_they_are_opened(
    registry: ModelRegistry, reads: list[str]
) -> None:
    """Selecting a version reads no attachment; opening the part reads the first picture."""
    detail = Detail(registry)
    detail.show(("toy:1",))
    detail.static_html()
    detail.static_text()
    assert reads == []
    detail.choice.value = "Attachments"
    assert reads == ["roc"]
    assert "figure, png, svg" in text(detail._inside.children[0].list.value)
    detail.close()


def test_a_figure_is_a_picture(registry: ModelRegistry) -> None:
    """The PNG of a figure is shown, with its code and a download."""
    panel = shown(registry)
    assert panel.choice.value == "roc"
    assert panel.image.value == registry.attachment_bytes("toy:1", "roc", "png")
    assert panel.image.layout.display is None
    assert "registry.load_attachment('toy:1', 'roc')" in text(panel.code.value)


def test_a_table_and_a_text_are_shown_escaped(registry: ModelRegistry) -> None:
    """A table shows its rows, a text its lines, and no picture is left."""
    panel = shown(registry)
    panel.choice.value = "stars"
    assert "1.5" in panel.preview.value
    assert "&lt;b&gt;" in panel.preview.value
    panel.choice.value = "about"
    assert "second &lt;line&gt;" in panel.preview.value
    assert panel.image.layout.display == "none"


def test_a_small_attachment_has_a_link(registry: ModelRegistry) -> None:
    """The link has the content, and the browser downloads it under a safe name."""
    panel = shown(registry)
    panel.choice.value = "about"
    match = re.search(r'download="([^"]+)" href="[^,]+,([^"]+)"', panel.link.value)
    assert match
    assert match[1] == "about.txt"
    assert base64.b64decode(match[2]) == b"first line\nsecond <line>"


def test_a_large_file_is_only_saved(
    registry: ModelRegistry, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file is not read until it is saved, and a message names the new file."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    panel = shown(registry)
    panel.choice.value = "report"
    assert "report" not in reads
    assert panel.link.value == ""
    assert "No preview of file, pdf, 1.6 MB, report.pdf" in text(panel.preview.value)
    panel.save.click()
    saved = tmp_path / "work" / "report.pdf"
    assert saved.read_bytes() == b"%PDF" * 400_000
    assert f"Saved to {saved}." in text(panel.message.value)


def test_a_file_is_never_overwritten(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file of the same name is an error in the panel."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    Path("report.pdf").write_bytes(b"mine")
    panel = shown(registry)
    panel.choice.value = "report"
    panel.save.click()
    assert 'role="alert"' in panel.message.value
    assert Path("report.pdf").read_bytes() == b"mine"


def test_a_changed_attachment_is_an_error_in_the_panel(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Changed bytes are not shown."""
    for blob in (tmp_path / "registry").rglob("*"):
        if blob.suffix != ".zip":
            continue
        blob.chmod(0o600)
        blob.write_bytes(b"changed")
    panel = shown(registry)
    assert 'role="alert"' in panel.message.value
    assert panel.image.layout.display == "none"


def test_a_version_without_attachments_has_a_hint(registry: ModelRegistry) -> None:
    """The hint has the call that attaches an object, and there is nothing to choose."""
    registry.register_model({"value": 2}, "toy")
    panel = shown(registry)
    panel.show(registry["toy:2"])
    assert "registry.attach('toy:2', 'roc', figure)" in text(panel.list.value)
    assert panel.choice.layout.display == "none"
    assert panel._actions.layout.display == "none"


def test_a_purged_version_offers_no_attachment(registry: ModelRegistry, reads: list[str]) -> None:
    """The attachments of a purged version are listed and not read."""
    registry.purge_model("toy:1")
    panel = shown(registry)
    assert "roc" in text(panel.list.value)
    assert panel.choice.layout.display == "none"
    assert reads == []


def test_the_limit_of_a_link_is_in_bytes(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attachment beyond the limit has no link."""
    monkeypatch.setattr(detail_attachments, "MAX_LINK_BYTES", 10)
    panel = shown(registry)
    panel.choice.value = "about"
    assert panel.link.value == ""
