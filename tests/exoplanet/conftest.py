"""One run of the demo for all tests that look at what it made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from exo_nbregistry.exoplanet.demo.run import Demo, run_demo


@dataclass(frozen=True)
class Ran:
    """A demo that ran: where, what it made and what it said."""

    registry: Path
    report: Path
    demo: Demo
    said: list[object]


def run_quick_demo(folder: Path) -> Ran:
    """Run the demo with small models below a folder."""
    said: list[object] = []
    registry, report = folder / "registry", folder / "out" / "report.html"
    demo = run_demo(registry, report, quick=True, progress=False, show=said.append)
    return Ran(registry, report, demo, said)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the key and the index that go with the demo's registry."""
    return tmp_path_factory.mktemp("demo-user")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Ran:
    """Run the demo once; tests that change anything copy its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
        patch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
        return run_quick_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test sign and trust as the user who ran the demo."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
