"""One run of the demo, shared by all tests of its results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from exo_nbregistry.exoplanet.demo.run import Demo, run_demo


@dataclass(frozen=True)
class Ran:
    """A finished run of the demo: its paths, its result and its output."""

    registry: Path
    report: Path
    demo: Demo
    output: list[object]


def run_quick_demo(folder: Path) -> Ran:
    """Run the demo with small models below a folder."""
    output: list[object] = []
    registry, report = folder / "registry", folder / "out" / "report.html"
    demo = run_demo(registry, report, quick=True, progress=False, show=output.append)
    return Ran(registry, report, demo, output)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the key and the index of the demo's registry."""
    return tmp_path_factory.mktemp("demo-user")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Ran:
    """Run the demo once; a test that changes the registry copies its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
        patch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
        return run_quick_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the key and the trusted signers of the user who ran the demo."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
