"""The examples in docstrings run and print the documented output."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "exo_nbregistry"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: object
) -> None:
    """Every example prints exactly what its docstring shows; `registry` holds kepler_rf:1."""
    monkeypatch.chdir(tmp_path)
    assert (
        doctest.testmod(
            import_module(name), optionflags=FLAGS, extraglobs={"registry": registry}
        ).failed
        == 0
    )
