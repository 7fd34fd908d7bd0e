"""Loading of the server extension."""

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
    """The module of the Jupyter configuration can be loaded."""
    (name,) = json.loads(CONFIG.read_text())["ServerApp"]["jpserver_extensions"]
    points = importlib.import_module(name)._jupyter_server_extension_points()
    assert points == [{"module": name}]
    assert callable(importlib.import_module(points[0]["module"])._load_jupyter_server_extension)


def test_the_import_does_not_import_a_server() -> None:
    """Neither the library nor the package of the extension imports jupyter_server or tornado."""
    code = (
        "import sys, exo_nbregistry.registry.facade, exo_nbregistry.lab\n"
        "assert not {'jupyter_server', 'tornado', 'traitlets'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_without_jupyter_the_error_has_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jupyter_server, the error is one sentence with the install command."""
    for name in [name for name in sys.modules if name.startswith("exo_nbregistry.lab.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", None)
    monkeypatch.setitem(sys.modules, "jupyter_server", None)
    with pytest.raises(ImportError, match=r"pip install 'exo-nbregistry\[lab\]'"):
        exo_nbregistry.lab._load_jupyter_server_extension(None)
