"""The committed JupyterLab extension is built from its sources."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import exo_nbregistry
from exo_nbregistry.panels.base import PANEL_MIME
from js.build_info import BUILT, FILES, SOURCE, source_sha256


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of the files that a build reads."""
    shutil.copytree(
        SOURCE, tmp_path / "js", ignore=shutil.ignore_patterns(".*", "*_modules", "lib")
    )
    for name in FILES:
        shutil.copy(SOURCE / name, tmp_path / "js" / name)
    return tmp_path / "js"


def test_extension_is_built_from_its_sources() -> None:
    """The digest of the sources is in the built files; otherwise run make labextension."""
    info = json.loads((BUILT / "build_info.json").read_text(encoding="utf-8"))
    assert info == {"source_sha256": source_sha256()}


def test_line_endings_do_not_change_the_digest(clone: Path) -> None:
    """A clone with the line endings of Windows has the same digest."""
    for path in clone.rglob("*.*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert source_sha256(clone) == source_sha256()


@pytest.mark.parametrize(
    "name", ["src/index.ts", "src/view/dom.ts", "style/list.css", "package.json", "yarn.lock"]
)
def test_each_source_counts(clone: Path, name: str) -> None:
    """Changing, moving or removing a source changes the digest."""
    path, digests = clone / name, {source_sha256(clone)}
    original = path.read_bytes()
    path.write_bytes(original + b"\n")
    digests.add(source_sha256(clone))
    path.write_bytes(original)
    (clone / "src" / "moved").write_bytes(original)
    digests.add(source_sha256(clone))
    assert len(digests) == 3


def test_unit_tests_are_not_sources(clone: Path) -> None:
    """Changing the unit tests or lint rules does not change the digest."""
    for name in ("tests/samples.ts", "eslint.config.mjs", "vitest.config.mjs"):
        (clone / name).write_text("changed", encoding="utf-8")
    assert source_sha256(clone) == source_sha256()


def test_extension_has_the_version_of_the_package() -> None:
    """The extension and the package have the same version."""
    for folder in (SOURCE, BUILT):
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        assert package["version"] == exo_nbregistry.__version__


def test_extension_has_one_entry_file() -> None:
    """The entry file that JupyterLab loads exists, and there is no other."""
    build = json.loads((BUILT / "package.json").read_text(encoding="utf-8"))["jupyterlab"]["_build"]
    assert [path.name for path in (BUILT / "static").glob("remoteEntry*.js")] == [
        Path(build["load"]).name
    ]


def test_extension_renders_the_mimetype_of_the_panels() -> None:
    """The renderer is registered for the MIME type of the panels."""
    assert PANEL_MIME in "".join(
        path.read_text(encoding="utf-8") for path in (BUILT / "static").glob("*.js")
    )


def test_extension_names_no_machine() -> None:
    """No built file and no lock file contains a folder or a package index of this machine."""
    files = [path for path in BUILT.rglob("*") if path.is_file()] + [SOURCE / "yarn.lock"]
    private = re.compile(rb"archiveUrl|/(home|root|tmp|work)/|127\.0\.0\.1")
    assert [path.name for path in files if private.search(path.read_bytes())] == []
