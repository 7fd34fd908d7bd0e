"""Previews of attachments from their bytes."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import polars as pl
import pytest

from exo_nbregistry.api.attachment_preview import can_preview, preview
from tests.html_page import PAYLOADS


def words(kind: str, form: str, data: bytes) -> list[str]:
    """Return the words of a preview, in which no character is invisible."""
    found = preview(kind, form, data)
    assert json.loads(json.dumps(found)) == found
    if found["kind"] == "table":
        cells = [*found["columns"], *(cell for row in found["rows"] for cell in row)]
        assert all(isinstance(cell, str) and cell.isprintable() for cell in cells)
        return " ".join(cells).split()
    text: str = found["text"]
    assert all(line.isprintable() for line in text.split("\n"))
    return text.split()


def test_only_png_and_jpeg_are_pictures() -> None:
    """A picture is recognized by its first bytes; an SVG or a page is never shown as one."""
    png, jpeg = b"\x89PNG\r\n\x1a\n rest", b"\xff\xd8\xff rest"
    for kind, form, data, expected in (
        ("figure", "png, svg", png, "image/png"),
        ("file", "png", jpeg, "image/jpeg"),
        ("file", "jpg", jpeg, "image/jpeg"),
        ("file", "png", b"<svg onload='alert(1)'>", None),
        ("figure", "png, svg", b"", None),
    ):
        found = preview(kind, form, data)
        assert found.get("mime") == expected
        assert (found["kind"] == "image") is (expected is not None)
    assert not can_preview("file", "svg")
    assert not can_preview("file", "html")


def test_a_table_shows_its_first_rows() -> None:
    """Fifty rows and thirty columns are shown, with the number of all."""
    head = ",".join(f"c{n}" for n in range(40))
    row = ",".join(str(n) for n in range(40))
    shown = preview("table", "csv", "\n".join([head, *[row] * 70]).encode())
    assert (shown["total"], len(shown["rows"])) == (70, 50)
    assert (shown["total_columns"], len(shown["columns"])) == (40, 30)


def test_numbers_of_a_table_are_rounded() -> None:
    """A fraction has four digits, and whole numbers and texts are unchanged."""
    shown = words("table", "csv", b"depth,star,name\n0.14285714285714285,1234567,v1.2.3\n")
    assert shown[3:] == ["0.1429", "1234567", "v1.2.3"]


def test_a_parquet_table_shows_its_first_rows() -> None:
    """The first rows of a Parquet file are shown with the number of the others."""
    buffer = io.BytesIO()
    pl.DataFrame({"depth": [0.5] * 30, "name": ["<b>"] * 30}).write_parquet(buffer)
    shown = words("table", "parquet", buffer.getvalue())
    assert {"depth", "<b>"} <= set(shown)
    assert preview("table", "parquet", buffer.getvalue())["total"] == 30


def test_arrays_show_types_and_shapes() -> None:
    """Only the headers of arrays are read."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, flux=np.zeros((30, 4)), label=np.array(["a"]))
    assert words("arrays", "npz", buffer.getvalue())[3:] == [
        "flux", "<f8", "(30,", "4)", "label", "<U1", "(1,)",
    ]  # fmt: skip


def test_a_text_shows_its_first_lines() -> None:
    """Two hundred lines are shown, with the number of the others."""
    shown = words("text", "txt", "\n".join(f"line{n}" for n in range(230)).encode())
    assert "line199" in shown
    assert "line200" not in shown
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


def test_deeply_nested_json_is_a_sentence() -> None:
    """Nested lists do not exhaust the stack."""
    assert words("values", "json", b"[" * 200_000)[:2] == ["No", "preview."]
