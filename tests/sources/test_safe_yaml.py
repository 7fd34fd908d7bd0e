"""YAML of other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.sources import safe_yaml
from exo_nbregistry.sources.safe_yaml import parse_yaml, read_yaml


def test_plain_values_are_read(tmp_path: Path) -> None:
    """Texts, numbers, null and nested values are read."""
    (tmp_path / "a.yaml").write_text("a: 1\nb: [null, 'x', 0.5]\n")
    assert read_yaml(tmp_path / "a.yaml") == {"a": 1, "b": [None, "x", 0.5]}


@pytest.mark.parametrize(
    "text",
    [
        *("a: [", "!!python/object/apply:os.system ['true']", "a: \0", "- " * 100_000),
        *("[" * 100_000, "!!timestamp x", "!!bool x", "!!int ''", "a: &a {<<: *a}"),
        ":".join(["1"] * 3_000) + ".5",
    ],
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


def test_aliases_cannot_repeat_values_without_limit() -> None:
    """A document of nine lines with 10 ** 9 values, and one that contains itself, are errors."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ValueError, match="too many values"):
        parse_yaml("\n".join(lines))
    with pytest.raises(ValueError, match="too deeply"):
        parse_yaml("a: &a {b: *a}")


def test_a_few_aliases_and_merged_mappings_are_read() -> None:
    """The anchors that people write in dvc.yaml are followed."""
    text = "base: &base {trees: 100, seeds: [1, 2]}\nrf: {<<: *base, depth: 3}\nsame: *base"
    assert parse_yaml(text)["rf"] == {"trees": 100, "seeds": [1, 2], "depth": 3}


def test_merged_mappings_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mappings that are merged many times are an error, and are not copied."""
    monkeypatch.setattr(safe_yaml, "MAX_YAML_BYTES", 2_000)
    text = "a: &a {k: 1}\n" + "b: {<<: [" + ", ".join(["*a"] * 30) + "]}"
    with pytest.raises(ValueError, match="not YAML of plain values"):
        parse_yaml(text)


def test_a_large_document_without_aliases_is_read() -> None:
    """A dvc.lock with more than 20,000 values is whole."""
    assert len(parse_yaml("{" + ", ".join(f"k{n}: {n}" for n in range(30_000)) + "}")) == 30_000


def test_a_long_number_stays_text() -> None:
    """A number of base 60 with many digits is not computed; a duration is."""
    long = ":".join(["1"] * 100)
    assert parse_yaml(f"{{a: 1:30:00, b: {long}}}") == {"a": 5400, "b": long}
