"""Contents of the wheel and the sdist."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

import exo_nbregistry

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "exo_nbregistry" / "labextension"
DATA = f"exo_nbregistry-{exo_nbregistry.__version__}.data/data"
BUILD = "import sys; from hatchling import build; getattr(build, sys.argv[1])(sys.argv[2])"


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and return its files."""
    with ZipFile(_build("build_wheel", tmp_path_factory.mktemp("wheel"))) as wheel:
        return set(wheel.namelist())


def _build(what: str, folder: Path) -> Path:
    command = [sys.executable, "-c", BUILD, what, str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def test_wheel_holds_every_file_of_the_package(contents: set[str]) -> None:
    """Each module, the type marker and the embedded table are in the wheel."""
    package = ROOT / "exo_nbregistry"
    files = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and BUILT not in path.parents
    }
    assert "exo_nbregistry/py.typed" in files
    assert {name for name in files if name.startswith("exo_nbregistry/exoplanet/data/")}
    assert files <= contents


def test_wheel_puts_the_extension_where_jupyterlab_looks(contents: set[str]) -> None:
    """The wheel contains the built extension once, with its uninstall information."""
    files = {path.relative_to(BUILT).as_posix() for path in BUILT.rglob("*") if path.is_file()}
    share = f"{DATA}/share/jupyter/labextensions/exo-nbregistry"
    expected = {f"{share}/{name}" for name in files | {"install.json"}}
    assert {name for name in contents if name.startswith(f"{DATA}/share/")} == expected
    assert not [name for name in contents if name.startswith("exo_nbregistry/labextension")]


def test_wheel_enables_the_server_extension(contents: set[str]) -> None:
    """The wheel contains one Jupyter configuration, which enables the server extension."""
    configured = f"{DATA}/etc/jupyter/jupyter_server_config.d/exo_nbregistry.json"
    assert {name for name in contents if name.startswith(f"{DATA}/etc/")} == {configured}


def test_wheel_holds_nothing_else(contents: set[str]) -> None:
    """The wheel contains only the package, the extension and their metadata."""
    tops = {name.partition("/")[0] for name in contents}
    assert tops == {
        "exo_nbregistry",
        DATA.partition("/")[0],
        f"exo_nbregistry-{exo_nbregistry.__version__}.dist-info",
    }


def test_sdist_holds_the_extension_with_its_sources(tmp_path: Path) -> None:
    """The sdist contains the built extension and its sources, so building requires no Node."""
    with tarfile.open(_build("build_sdist", tmp_path)) as sdist:
        files = {name.partition("/")[2] for name in sdist.getnames()}
    built = {path.relative_to(ROOT).as_posix() for path in BUILT.rglob("*") if path.is_file()}
    assert built <= files
    assert {"install.json", "js/package.json", "js/yarn.lock", "js/src/index.ts"} <= files
    assert not [name for name in files if name.startswith(("js/node_modules", "js/lib"))]
