"""The relative links of all Markdown files lead to a file and a heading."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs", "benchmarks", "binder", "notebooks", "tests/golden")
FILES = [
    *sorted(ROOT.glob("*.md")),
    *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.md"))),
]
# Not in code: neither in a block nor between backticks.
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")


def links(path: Path) -> list[str]:
    """Return the targets of the links of a file."""
    return _LINK.findall(_CODE.sub("``", path.read_text(encoding="utf-8")))


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a file, as GitHub and the site write them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h.lower().strip()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_file_exist(path: Path) -> None:
    """Relative links have a target, and other links have a host."""
    broken = []
    for link in links(path):
        parts = urlsplit(link)
        if parts.scheme:
            if parts.scheme not in ("http", "https", "mailto") or not (parts.netloc or parts.path):
                broken.append(link)
            continue
        target = path.parent / parts.path if parts.path else path
        is_missing = not target.exists() or ROOT not in (
            target.resolve(),
            *target.resolve().parents,
        )
        if is_missing or (parts.fragment and parts.fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_links_are_found() -> None:
    """The files have links, so that the pattern finds something."""
    assert sum(len(links(path)) for path in FILES) > 50
