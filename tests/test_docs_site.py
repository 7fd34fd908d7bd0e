"""The generated parts of the site are complete, and the check of a built site finds problems."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from exo_nbregistry.api.routes import ROUTES
from exo_nbregistry.lab.settings import ExoNBRegistry
from exo_nbregistry.registry.facade import ModelRegistry
from scripts.documentation import api_pages, check_site, command_page, errors_page, settings_page
from scripts.documentation.generated import generate, stage_notebooks

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"


def page(name: str) -> str:
    """Return a page of the reference with its generated parts."""
    return generate((REFERENCE / name).read_text(encoding="utf-8"))


def test_every_method_of_the_registry_has_an_entry() -> None:
    """Methods and properties are listed once, by the headings in the source."""
    names = [name for group in api_pages.registry_groups().values() for name in group]
    assert sorted(names) == [name for name in dir(ModelRegistry) if not name.startswith("_")]
    assert all(f"{api_pages.REGISTRY}.{name}" in page("model-registry.md") for name in names)


@pytest.mark.parametrize("module", api_pages.MODULES)
def test_every_public_name_has_an_entry(module: str) -> None:
    """Each public name of a module is on one page of the reference."""
    pages = "".join(page(path.name) for path in REFERENCE.glob("*.md"))
    names = set(api_pages.public_names(module)) - {"__version__"}
    assert names
    entries = {name: (f":: {module}.{name}\n", f":py:obj:`{name} <") for name in names}
    assert [n for n, texts in entries.items() if not any(text in pages for text in texts)] == []


def test_every_command_has_a_section() -> None:
    """Each command is a heading, with its options."""
    text = page("command-line.md")
    headings = set(re.findall(r"^#+ `(.+)`$", text, re.MULTILINE))
    assert set(command_page.command_paths()) <= headings
    assert "--require-token / --no-require-token" in text


def test_every_environment_variable_is_listed() -> None:
    """The page of the settings names the variables that the package reads, and no other one."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "exo_nbregistry").rglob("*.py"))
    read = set(re.findall(r'"(EXO_NBREGISTRY(?:_[A-Z_]+)?)"', sources))
    assert read
    assert set(re.findall(r"^\| `(EXO_\w+)`", page("settings.md"), re.MULTILINE)) == read


def test_every_setting_is_listed() -> None:
    """The tables have each setting of JupyterLab and of the server."""
    schema = json.loads(settings_page.SCHEMA.read_text(encoding="utf-8"))
    text = page("settings.md")
    assert [key for key in schema["properties"] if f"`{key}`" not in text] == []
    traits = ExoNBRegistry.class_own_traits(config=True)
    assert [name for name in traits if f"`c.ExoNBRegistry.{name}`" not in text] == []


def test_every_error_is_in_the_tree() -> None:
    """The tree has all error classes."""
    tree = errors_page.errors_tree()
    names = [kind.__name__ for kind in errors_page.error_classes()]
    assert len(names) > 15
    assert [name for name in names if not re.search(rf"^ *{name}\b", tree, re.MULTILINE)] == []


def test_every_route_is_described() -> None:
    """The REST page has a heading or a row for each method of each route."""
    text = (
        (DOCS / "rest.md").read_text(encoding="utf-8").replace("/registries/{id}", "/registries/*")
    )
    described = {
        (method, re.sub(r"\{[^}]+\}", "*", path))
        for method, path in re.findall(r"`(GET|PUT|POST|DELETE) (/registries[^`? ]*)", text)
    }
    routes = {
        (method, re.sub(r"\(\?P<\w+>\[\^/\]\+\)", "*", path))
        for path, methods in ROUTES.items()
        for method in methods
    }
    assert described == routes


def test_an_unknown_part_is_an_error() -> None:
    """A misspelled mark stops the build."""
    with pytest.raises(KeyError, match="comands"):
        generate("<!-- generated: comands -->")


def test_notebooks_are_copied_if_they_change(tmp_path: Path) -> None:
    """New and changed notebooks are copied, removed ones are removed, others are not touched."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "a.ipynb").write_text("new")
    (source / "b.ipynb").write_text("same")
    (target / "a.ipynb").write_text("old")
    (target / "b.ipynb").write_text("same")
    (target / "c.ipynb").write_text("removed")
    before = (target / "b.ipynb").stat().st_mtime_ns
    stage_notebooks(source, target)
    assert {p.name: p.read_text() for p in target.iterdir()} == {
        "a.ipynb": "new",
        "b.ipynb": "same",
    }
    assert (target / "b.ipynb").stat().st_mtime_ns == before


def test_each_notebook_is_a_tutorial() -> None:
    """The index of the tutorials lists the notebooks of the repository."""
    index = (DOCS / "tutorials/index.md").read_text(encoding="utf-8")
    assert re.findall(r"^\d\d_\w+$", index, re.MULTILINE) == sorted(
        path.stem for path in (ROOT / "notebooks").glob("*.ipynb")
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', "loads https://cdn"),
        ('<link rel="stylesheet" href="//fonts.example.org/a.css">', "loads //fonts"),
        ('<img src="missing.png">', "missing.png, which does not exist"),
        ('<img srcset="missing.png 2x, own.png">', "missing.png, which does not exist"),
        ('<a href="missing.html">a</a>', "missing.html, which does not exist"),
        ('<a href="#missing">a</a>', "#missing, which has no such heading"),
        ('<a href="other.html#missing">a</a>', "other.html#missing, which has no such heading"),
        ('<a href="javascript:alert(1)">a</a>', "the invalid link javascript:"),
        ('<a href="https://nothing">a</a>', "the invalid link https://nothing"),
    ],
)
def test_a_problem_of_a_page_is_found(tmp_path: Path, body: str, message: str) -> None:
    """Broken links, and scripts, styles and pictures from elsewhere, are reported."""
    (tmp_path / "other.html").write_text('<h1 id="there">b</h1>')
    (tmp_path / "own.png").write_bytes(b"")
    (tmp_path / "index.html").write_text(body)
    (found,) = check_site.check(tmp_path)
    assert message in found


def test_a_page_without_problems_is_accepted(tmp_path: Path) -> None:
    """Links to other sites, to headings and embedded pictures are accepted."""
    (tmp_path / "other.html").write_text(
        '<h1 id="there">b</h1><a href="https://example.org/">c</a>'
    )
    (tmp_path / "index.html").write_text(
        '<a href="other.html#there">a</a><img src="data:image/png;base64,AA=="><a href="#b"></a>'
        '<h2 id="b">b</h2>'
    )
    (tmp_path / "own.css").write_text("a { background: url(data:image/png;base64,AA==) }")
    assert check_site.check(tmp_path) == []


def test_a_style_sheet_that_loads_a_font_is_found(tmp_path: Path) -> None:
    """A font of another site is reported."""
    (tmp_path / "own.css").write_text("@font-face { src: url('https://example.org/a.woff2') }")
    assert check_site.check(tmp_path) == ["own.css loads https://example.org/a.woff2"]
