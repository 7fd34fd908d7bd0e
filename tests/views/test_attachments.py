"""The table of the attachments of a version."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from exo_nbregistry.config import set_config
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.attachments import AttachmentInfo, Attachments, kind_and_format
from tests.html_page import PAYLOADS, Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def item(name: str = "roc", **facts: Any) -> AttachmentInfo:
    """Return an attachment."""
    defaults: dict[str, Any] = {
        "kind": "file",
        "format": "pdf",
        "size_bytes": 2_500_000,
        "file_name": "roc.pdf",
        "attached_at": NOW,
        "attached_by": "ada",
    }
    return AttachmentInfo(name, **{**defaults, **facts})


def test_the_table_has_readable_sizes() -> None:
    """Text and HTML have the name, kind, format, size, file, time and user."""
    for text in (repr(Attachments([item()])), Attachments([item()]).to_html()):
        for cell in ("roc", "file", "pdf", "2.5 MB", "roc.pdf", "2026-01-01 00:00", "ada"):
            assert cell in text
        assert "signer" not in text


def test_an_unknown_signer_is_shown() -> None:
    """A column names the signer of each attachment whose signer is not trusted."""
    shown = Attachments(
        [item(), item("b", trusted=False, signer="SHA256:x"), item("c", trusted=False)]
    )
    assert "not trusted: SHA256:x" in repr(shown)
    assert "not signed" in shown.to_html()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_user_text_is_escaped(payload: str) -> None:
    """Hostile names, files and users are text, in HTML and in a terminal."""
    hostile = item(payload, file_name=payload, attached_by=payload, kind=payload, format=payload)
    page, harmless = Page(Attachments([hostile]).to_html()), Page(Attachments([item()]).to_html())
    assert (page.elements, page.faults) == (harmless.elements, [])
    text = repr(Attachments([hostile]))
    assert all(visible(line) == line for line in text.split("\n"))


def test_no_attachments_are_a_sentence() -> None:
    """The empty table names the call that adds one."""
    assert "registry.attach(" in repr(Attachments())
    assert "registry.attach(" in Attachments().to_html()


def test_the_display_can_be_text() -> None:
    """If the display is text, the listing does not return HTML."""
    set_config(display="text")
    assert Attachments([item()])._repr_html_() is None


def test_attachments_are_a_tuple() -> None:
    """Slices, copies and pickles are Attachments, and a frame has one row for each."""
    shown = Attachments([item("a"), item("b")])
    assert shown.names == ("a", "b")
    assert type(shown[1:]) is Attachments
    assert shown[1].name == "b"
    assert copy.deepcopy(shown) == pickle.loads(pickle.dumps(shown)) == shown
    frame = shown.to_frame()
    assert list(frame.index) == ["a", "b"]
    assert frame.loc["b", "size_bytes"] == 2_500_000


@pytest.mark.parametrize(
    ("format", "kind", "file_name", "shown"),
    [
        ("npz", None, None, ("arrays", "npz")),
        ("json", None, None, ("values", "json")),
        ("zip", "figure", None, ("figure", "png, svg")),
        ("csv.zip", "table", None, ("table", "csv")),
        ("zip", "folder", "plots", ("folder", "folder")),
        ("bin", "bytes", None, ("bytes", "bin")),
        ("bin", "file", "a.tar.GZ", ("file", "gz")),
        ("bin", "file", "Makefile", ("file", "file")),
        ("bin", "file", None, ("file", "file")),
    ],
)
def test_the_kind_and_format_are_named(
    format: str, kind: str | None, file_name: str | None, shown: tuple[str, str]
) -> None:
    """Attachments of earlier releases have a kind too, and a file has its ending."""
    artifact = Artifact(format, "ab" * 32, 7, kind=kind, file_name=file_name)
    assert kind_and_format(artifact) == shown
