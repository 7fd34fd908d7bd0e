"""Requirements that pip can install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.values.requirements import requirements_txt
from tests.values.test_distributions import install


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("2.1.0", "star-field==2.1.0"),
        ("2.1.0+cpu", "star-field==2.1.0  # recorded: 2.1.0+cpu"),
        ("1.2.dev3+g1f2e3d4", "star-field==1.2.dev3  # recorded: 1.2.dev3+g1f2e3d4"),
    ],
)
def test_a_local_version_is_given_by_its_public_part(version: str, line: str) -> None:
    """The local part of a version is a comment, because no index has it."""
    assert requirements_txt({"star-field": version}) == f"{line}\n"


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ('{"url": "file:///home/me/p", "dir_info": {"editable": true}}', "a local folder"),
        ('{"url": "file:///home/me/p", "dir_info": {}}', "a local folder"),
        ('{"url": "https://x.org/p", "vcs_info": {"vcs": "git"}}', "a repository"),
        ('{"url": "https://x.org/p.whl", "archive_info": {}}', None),
        ("broken", None),
        ("[]", None),
    ],
)
def test_a_package_that_is_not_on_an_index_is_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str, words: str | None
) -> None:
    """A package that was installed from a folder or a repository is a comment."""
    extra: dict[str, Any] = {"direct_url__json": origin}
    install(tmp_path, "nebula-xyz", "1.0", {}, **extra)
    monkeypatch.syspath_prepend(tmp_path)
    line = requirements_txt({"nebula-xyz": "1.0"})
    if words is None:
        assert line == "nebula-xyz==1.0\n"
    else:
        assert line.startswith(f"# nebula-xyz==1.0: installed from {words}; ")
