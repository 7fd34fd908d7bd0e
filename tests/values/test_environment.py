"""Versions of what a model's classes come from."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.values import environment
from exo_nbregistry.values.environment import read_environment

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["sklearn.svm._classes.SVC", "numpy.ndarray", "joblib.x", "collections.OrderedDict"]


@pytest.fixture
def _forgotten() -> None:
    """Clear the caches of the process."""
    environment._providers.cache_clear()
    environment._distributions_by_module.cache_clear()


def test_a_module_is_named_by_its_distribution() -> None:
    """A class of sklearn is recorded as scikit-learn, in the version installed."""
    packages = read_environment(["sklearn.svm._classes.SVC", "sklearn.tree._tree.Tree"])["packages"]
    assert packages == {"scikit-learn": metadata.version("scikit-learn")}


def test_python_and_platform_are_returned_without_the_host() -> None:
    """Python's version and the platform are there, the name of the machine is not."""
    read = read_environment([])
    assert read["python"] == platform.python_version()
    assert platform.system() in read["platform"]
    assert platform.node() not in read["platform"].split()
    assert read["packages"] == {}


@settings(deadline=None)  # the first example loads libraries
@given(st.lists(st.sampled_from(NAMES)))
def test_order_and_repetition_do_not_matter(names: list[str]) -> None:
    """The same set of names gives the same packages, in the same order."""
    packages = read_environment(names)["packages"]
    assert list(packages.items()) == list(read_environment(sorted({*names}))["packages"].items())


@settings(deadline=None)  # the first example loads libraries
@given(st.lists(st.sampled_from(sorted(sys.stdlib_module_names)) | st.just("__main__")))
def test_the_standard_library_is_left_out(modules: list[str]) -> None:
    """The standard library and the notebook itself add no packages."""
    assert read_environment(f"{module}.Thing" for module in modules)["packages"] == {}


@settings(deadline=None)  # the first example loads libraries
@given(st.text())
def test_a_module_of_no_distribution_is_left_out(text: str) -> None:
    """A name without a distribution, or an invalid name, is ignored."""
    assert read_environment([f"of_nobody_{text}"])["packages"] == {}


@pytest.mark.usefixtures("_forgotten")
def test_versions_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual packages are read once per process, without listing all distributions."""
    asked: list[str] = []
    read = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: asked.append(name) or read(name))
    monkeypatch.delattr(metadata, "packages_distributions")
    assert read_environment(NAMES) == read_environment(NAMES)
    assert sorted(asked) == ["joblib", "numpy", "scikit-learn"]


def test_an_odd_distribution_is_found_by_its_modules(tmp_path: Path) -> None:
    """A module whose distribution has quite another name is found through what that provides."""
    for name, version in (("star-field", "1.2"), ("broken", "")):
        folder = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        folder.mkdir()
        line = f"Version: {version}\n" if version else ""
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{line}")
        (folder / "top_level.txt").write_text("nebula\n")
    code = (
        "from exo_nbregistry.values.environment import read_environment\n"
        "print(read_environment(['nebula.Thing', 'broken.Thing'])['packages'])"
    )
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True
    )
    assert done.stdout == "{'star-field': '1.2'}\n"
