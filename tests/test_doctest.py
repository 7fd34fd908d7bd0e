"""The examples in docstrings run and print the documented output."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "exo_nbregistry"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples(module: ModuleType, registry: object) -> list[doctest.DocTest]:
    """Return the examples of a module, without those of methods that it delegates."""
    found = doctest.DocTestFinder().find(module, extraglobs={"registry": registry})
    return [test for test in found if test.examples and not _is_delegated(module, test.name)]


def _is_delegated(module: ModuleType, name: str) -> bool:
    path = name.removeprefix(f"{module.__name__}.")
    documented = inspect.unwrap(attrgetter(path)(module)) if path != name else module
    return inspect.isfunction(documented) and documented.__globals__ is not vars(module)


# MLflow warns of its own type hints when it is imported.
@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")
@pytest.mark.parametrize("name", MODULES)
def test_examples_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: object
) -> None:
    """Every example prints exactly what its docstring shows; `registry` holds kepler_rf:1."""
    monkeypatch.chdir(tmp_path)
    tests = examples(import_module(name), registry)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    assert tests
    for test in tests:
        runner.run(test)
    assert runner.failures == 0


def test_a_delegated_example_runs_once(registry: object) -> None:
    """The examples of `ModelRegistry` run where their docstrings are written."""
    facade = import_module("exo_nbregistry.registry.facade")
    own = {test.name.rpartition(".")[2] for test in examples(facade, registry)}
    assert own == {"ModelRegistry", "browse"}
    aliases = import_module("exo_nbregistry.registry.aliases")
    assert "set_alias" in {test.name.rpartition(".")[2] for test in examples(aliases, registry)}
