"""The code on the pages of the documentation runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.page_code import ROOT, blocks_of, run_page

DOCS = ROOT / "docs"
# The sections of the first share a user folder with ssh keys, the second needs a bucket:
# test_how_to.py and cloud/test_from_folder_to_bucket.py run them.
ELSEWHERE = {"how-to/team-ci-containers.md", "how-to/from-folder-to-bucket.md"}
PAGES = {
    str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if "adr" not in path.relative_to(DOCS).parts
}
WITH_CODE = [name for name, page in PAGES.items() if name not in ELSEWHERE and blocks_of(page)]


@pytest.mark.skipif(os.name != "posix", reason="requires a shell")
@pytest.mark.parametrize("name", WITH_CODE)
def test_the_code_of_a_page_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All blocks of a page run in order, and give what the page states."""
    monkeypatch.chdir(tmp_path)
    run_page(name, PAGES[name], tmp_path)
    assert "Traceback" not in capsys.readouterr().err


def test_each_guide_has_code_that_runs() -> None:
    """No page of the guides has only code that is not tested."""
    guides = {name for name in PAGES if name.startswith("how-to/")} - ELSEWHERE
    assert guides - set(WITH_CODE) == {"how-to/index.md"}
