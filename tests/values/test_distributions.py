"""The distribution that owns the files of a module."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from exo_nbregistry.values import distributions
from exo_nbregistry.values.distributions import distribution_of, installed_version

ROOT = Path(__file__).resolve().parents[2]


def install(folder: Path, name: str, version: str, files: dict[str, str], **extra: str) -> None:
    """Write the files of an installed distribution."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    line = f"Version: {version}\n" if version else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{line}")
    for path, source in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(source)
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    for path, text in extra.items():
        (info / path.replace("__", ".")).write_text(text)


def owners(modules: list[str], *paths: Path, imported: bool = True) -> list[str | None]:
    """Return the name of the owner of each module, in a process with these paths."""
    code = (
        "import importlib, json, sys\n"
        "from exo_nbregistry.values.distributions import distribution_of\n"
        "names = json.loads(sys.argv[1])\n"
        f"if {imported}: [importlib.import_module(name) for name in names]\n"
        "found = [distribution_of(name) for name in names]\n"
        "print(json.dumps([item and item.name for item in found]))"
    )
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))}
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(modules)],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[str | None] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("sklearn.ensemble._forest", "scikit-learn"),
        ("imblearn.ensemble._bagging", "imbalanced-learn"),
        ("lightgbm.sklearn", "lightgbm"),
        ("dateutil.tz", "python-dateutil"),
    ],
)
def test_a_module_is_owned_by_its_distribution(module: str, name: str) -> None:
    """A module whose name differs from its distribution is found by its files."""
    found = distribution_of(module)
    assert found == (name, metadata.version(name))


def test_a_placeholder_with_the_name_of_a_module_is_not_its_owner(tmp_path: Path) -> None:
    """A distribution with the module's name but without its file does not own it."""
    install(tmp_path, "nebula", "0.0", {})
    install(tmp_path, "star-field", "1.2", {"nebula/__init__.py": ""})
    assert owners(["nebula"], tmp_path) == ["star-field"]
    assert owners(["nebula"], tmp_path, imported=False) == ["star-field"]


def test_parts_of_a_namespace_package_have_their_own_distribution(tmp_path: Path) -> None:
    """Distributions that share a namespace package each own their part."""
    for part in ("red", "blue"):
        install(tmp_path / part, f"sky-{part}", "1.0", {f"sky/{part}/__init__.py": ""})
    paths = (tmp_path / "red", tmp_path / "blue")
    assert owners(["sky.red", "sky.blue"], *paths) == ["sky-red", "sky-blue"]


@pytest.mark.parametrize("folder", ["", "src"], ids=["flat", "src"])
def test_an_editable_project_owns_its_package(tmp_path: Path, folder: str) -> None:
    """A package of a project that is installed in editable mode belongs to it."""
    project = tmp_path / "my project"
    package = project / folder / "comets"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    for name in ("helpers.py", "notebooks/features.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("")
    origin = {"url": project.as_uri(), "dir_info": {"editable": True}}
    install(
        tmp_path / "site", "comet-tools", "0.1", {"c.pth": ""}, direct_url__json=json.dumps(origin)
    )
    paths = (tmp_path / "site", project / folder, project, project / "notebooks")
    found = owners(["comets", "helpers", "features"], *paths)
    assert found == ["comet-tools", None, None]


def test_a_module_without_a_file_is_found_by_declared_names(tmp_path: Path) -> None:
    """A module that is not there is found by the names that a distribution declares."""
    install(tmp_path, "star-field", "1.2", {}, top_level__txt="nebula\n")
    install(tmp_path, "broken", "", {})
    assert owners(["nebula", "broken"], tmp_path, imported=False) == ["star-field", None]


def test_a_local_file_has_no_distribution(tmp_path: Path) -> None:
    """A module beside a notebook belongs to no distribution, not even to one with its name."""
    (tmp_path / "requests.py").write_text("")
    (tmp_path / "helpers.py").write_text("")
    assert owners(["helpers", "requests"], tmp_path) == [None, None]


@pytest.mark.parametrize("module", ["", "json.decoder", "__main__", "__mp_main__", "..", "a b"])
def test_other_names_have_no_distribution(module: str) -> None:
    """The standard library, the notebook and invalid names have no distribution."""
    assert distribution_of(module) is None


def test_usual_packages_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual packages are read once per process, without listing all distributions."""
    distributions._owner.cache_clear()
    asked: list[str] = []
    read = metadata.distribution
    monkeypatch.setattr(metadata, "distribution", lambda name: asked.append(name) or read(name))
    monkeypatch.delattr(metadata, "distributions")
    modules = ["sklearn.svm", "joblib", "numpy", "sklearn.tree", "imblearn"]
    first = [distribution_of(module) for module in modules]
    assert [distribution_of(module) for module in modules] == first
    assert asked == ["scikit-learn", "joblib", "numpy", "imbalanced-learn"]


def test_this_package_is_owned_by_its_distribution() -> None:
    """A checkout of this package counts as its distribution, wherever that is installed."""
    found = distribution_of("exo_nbregistry.training.ensemble")
    assert found == ("exo-nbregistry", metadata.version("exo-nbregistry"))


def test_a_version_is_read_without_an_import() -> None:
    """Versions are read from package metadata, without importing the packages."""
    program = (
        "import sys\n"
        "from exo_nbregistry.values.distributions import installed_version as installed\n"
        "print(installed('scikit-learn'), installed('exo-no-such'), installed(''),"
        " 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    version, *rest = done.stdout.split()
    assert version[0].isdigit(), done.stderr
    assert rest == ["None", "None", "False"]


def test_a_package_without_a_version_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken metadata of an installed package counts as not installed."""
    monkeypatch.setattr(metadata, "version", lambda name: None)
    assert installed_version("numpy") is None
