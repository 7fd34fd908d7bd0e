"""How Jupyter comes to the extension, and that nobody else pays for it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import exo_nbregistry.lab

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "jupyter-config/jupyter_server_config.d/exo_nbregistry.json"


def test_the_configuration_names_what_can_be_loaded() -> None:
    """The module that Jupyter's configuration enables says where to load from, and can be."""
    (name,) = json.loads(CONFIG.read_text())["ServerApp"]["jpserver_extensions"]
    points = importlib.import_module(name)._jupyter_server_extension_points()
    assert points == [{"module": name}]
    assert callable(importlib.import_module(points[0]["module"])._load_jupyter_server_extension)


def test_importing_it_imports_no_server() -> None:
    """Neither the library nor the extension's package loads Jupyter's server or tornado."""
    code = (
        "import sys, exo_nbregistry.registry.facade, exo_nbregistry.lab\n"
        "assert not {'jupyter_server', 'tornado', 'traitlets'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_without_jupyter_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server is missing, the error is one sentence with the command."""
    for name in [name for name in sys.modules if name.startswith("exo_nbregistry.lab.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", None)
    monkeypatch.setitem(sys.modules, "jupyter_server", None)
    with pytest.raises(ImportError, match=r"pip install 'exo-nbregistry\[lab\]'"):
        exo_nbregistry.lab._load_jupyter_server_extension(None)
