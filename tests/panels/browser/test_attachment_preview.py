"""Previews of attachments from their bytes."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import polars as pl
import pytest

from exo_nbregistry.panels.browser.attachment_preview import can_preview, preview
from tests.html_page import PAYLOADS, Page


def words(kind: str, form: str, data: bytes) -> list[str]:
    """Return the words of a preview, whose HTML has no faults."""
    page = Page(preview(kind, form, data).page)
    assert page.faults == []
    return " ".join(page.text).split()


def test_only_png_and_jpeg_are_pictures() -> None:
    """A picture is recognized by its first bytes; an SVG or a page is never shown as one."""
    png, jpeg = b"\x89PNG\r\n\x1a\n rest", b"\xff\xd8\xff rest"
    for kind, form, data, expected in (
        ("figure", "png, svg", png, "png"),
        ("file", "png", jpeg, "jpeg"),
        ("file", "jpg", jpeg, "jpeg"),
        ("file", "png", b"<svg onload='alert(1)'>", ""),
        ("figure", "png, svg", b"", ""),
    ):
        found = preview(kind, form, data)
        assert (found.format, bool(found.picture)) == (expected, bool(expected))
    assert not can_preview("file", "svg")
    assert not can_preview("file", "html")


def test_a_table_shows_its_first_rows() -> None:
    """Ten rows and eight columns are shown, with the number of the others."""
    head = ",".join(f"c{n}" for n in range(12))
    row = ",".join(str(n) for n in range(12))
    shown = words("table", "csv", "\n".join([head, *[row] * 30]).encode())
    assert {"c7", "20", "rows", "4", "columns"} <= set(shown)
    assert "c8" not in shown


def test_numbers_of_a_table_are_rounded() -> None:
    """A fraction has four digits, and whole numbers and texts are unchanged."""
    shown = words("table", "csv", b"depth,star,name\n0.14285714285714285,1234567,v1.2.3\n")
    assert shown[3:] == ["0.1429", "1234567", "v1.2.3"]


def test_a_parquet_table_shows_its_first_rows() -> None:
    """The first rows of a Parquet file are shown with the number of the others."""
    buffer = io.BytesIO()
    pl.DataFrame({"depth": [0.5] * 30, "name": ["<b>"] * 30}).write_parquet(buffer)
    shown = words("table", "parquet", buffer.getvalue())
    assert {"depth", "<b>", "20", "rows"} <= set(shown)


def test_arrays_show_types_and_shapes() -> None:
    """Only the headers of arrays are read."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, flux=np.zeros((30, 4)), label=np.array(["a"]))
    assert words("arrays", "npz", buffer.getvalue())[3:] == [
        "flux", "<f8", "(30,", "4)", "label", "<U1", "(1,)",
    ]  # fmt: skip


def test_a_text_shows_its_first_lines() -> None:
    """Twenty lines are shown, with the number of the others."""
    shown = words("text", "txt", "\n".join(f"line{n}" for n in range(50)).encode())
    assert "line19" in shown
    assert "line20" not in shown
    assert shown[-4:] == ["and", "30", "more", "lines"]


def test_values_are_shown_as_json() -> None:
    """Plain values are indented JSON."""
    assert words("values", "json", b'{"depth":0.5}') == ["{", '"depth":', "0.5", "}"]


@pytest.mark.parametrize(
    ("kind", "form"),
    [("table", "parquet"), ("arrays", "npz"), ("values", "json"), ("text", "txt")],
)
def test_damaged_content_is_a_sentence(kind: str, form: str) -> None:
    """Content of another form has no preview, and does not raise an error."""
    assert words(kind, form, b"\xff\xfe{[ no")[:2] == ["No", "preview."]


def test_a_hostile_array_header_is_not_run() -> None:
    """A header that is code, or too long, is not evaluated."""
    for header in (b"__import__('os').system('true')", b"{" * 9_000, b"{'descr': 1}"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
            archive.writestr("a.npy", start + header)
        assert words("arrays", "npz", buffer.getvalue())[:2] == ["No", "preview."]


@pytest.mark.parametrize(("place", "value"), [(6, 1), (8, 97), (8, 12), (8, 14)])
def test_an_archive_that_cannot_be_read_is_a_sentence(place: int, value: int) -> None:
    """An encrypted file, an unknown compression and other data have no preview."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", bytes(100))
    data = bytearray(buffer.getvalue())
    for start, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        data[data.index(start) + place + shift] = value
    assert words("arrays", "npz", bytes(data))[:2] == ["No", "preview."]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_escaped(payload: str) -> None:
    """Names and values of an attacker are text in each preview."""
    csv = f'"{payload.replace(chr(34), chr(34) * 2)}",b\n"x",2'
    for kind, form, data in (
        ("text", "txt", payload),
        ("table", "csv", csv),
        ("values", "json", json.dumps({payload: payload})),
    ):
        words(kind, form, data.encode())
