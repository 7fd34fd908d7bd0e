"""YAML of other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.sources import safe_yaml
from exo_nbregistry.sources.safe_yaml import read_yaml


def test_plain_values_are_read(tmp_path: Path) -> None:
    """Texts, numbers, null and nested values are read."""
    (tmp_path / "a.yaml").write_text("a: 1\nb: [null, 'x', 0.5]\n")
    assert read_yaml(tmp_path / "a.yaml") == {"a": 1, "b": [None, "x", 0.5]}


@pytest.mark.parametrize(
    "text",
    ["a: [", "!!python/object/apply:os.system ['true']", "a: \0", "- " * 100_000, "[" * 100_000],
)
def test_other_text_is_an_error(tmp_path: Path, text: str) -> None:
    """Damaged text, objects and extreme nesting are a ValueError, and run no code."""
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"."):
        read_yaml(tmp_path / "a.yaml")


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit is an OSError."""
    monkeypatch.setattr(safe_yaml, "MAX_YAML_BYTES", 10)
    (tmp_path / "a.yaml").write_text("a: 1234567890")
    with pytest.raises(OSError, match="more than 10 bytes"):
        read_yaml(tmp_path / "a.yaml")
