"""The commands that attach files and list attachments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_a_file_is_attached_and_listed(run: Run, registry: ModelRegistry, tmp_path: Path) -> None:
    """The list has the name, kind, size and file of the attachment."""
    (tmp_path / "roc.pdf").write_bytes(b"x" * 1500)
    done = run("attach", "kepler:1", "roc", str(tmp_path / "roc.pdf"))
    assert done.stdout == "Attached roc to kepler:1.\n"
    listed = run("attachments", "kepler:1").stdout
    assert "roc" in listed
    assert "1.5 kB" in listed
    (item,) = [
        i for i in json.loads(run("attachments", "kepler:1", "--json").stdout) if i["name"] == "roc"
    ]
    assert (item["kind"], item["format"], item["file_name"]) == ("file", "pdf", "roc.pdf")
    assert registry.load_attachment("kepler:1", "roc").read_bytes() == b"x" * 1500


def test_attachments_are_saved(run: Run, registry: ModelRegistry, tmp_path: Path) -> None:
    """Each file is printed, and a repeated command keeps equal files."""
    registry.attach("kepler:1", "notes", "Good.")
    for _ in range(2):
        done = run("attachments", "kepler:1", "--save", str(tmp_path / "out"))
        assert str(tmp_path / "out/notes.txt") in done.stdout.splitlines()
    assert (tmp_path / "out/notes.txt").read_text() == "Good."


def test_errors_are_one_line(run: Run, registry: ModelRegistry, tmp_path: Path) -> None:
    """A missing file, an invalid name and a taken name are errors."""
    registry.attach("kepler:1", "notes", "Good.")
    (tmp_path / "a.txt").write_text("a")
    for name, file in (("b", "missing"), ("../b", "a.txt"), ("notes", "a.txt")):
        done = run("attach", "kepler:1", name, str(tmp_path / file))
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1


def test_a_version_without_attachments_says_so(run: Run, registry: ModelRegistry) -> None:
    """The list is not empty."""
    ref = registry.register_model({}, "empty")
    assert run("attachments", ref).stdout == "No attachments.\n"
