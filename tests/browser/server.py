"""A Jupyter server with JupyterLab, Notebook 7 and Voila, and default settings."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

PACKAGE = Path(__file__).resolve().parents[2] / "exo_nbregistry"
EXTENSION = PACKAGE / "labextension"

_START_S, _END_S, _POLL_S = 120, 30, 0.1
# No popups, and cells stay in the page when they are scrolled out of view.
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}


class Server:
    """A running server with JupyterLab, Notebook 7 and Voila.

    Parameters
    ----------
    home : Path
        An empty folder; its folder ``root`` is the root of the server.
    extension : Path, optional
        Folder of another build of the extension than that of the working tree.
    """

    def __init__(self, home: Path, extension: Path = EXTENSION) -> None:
        self.root = home / "root"
        self.root.mkdir(parents=True)
        self.environment = environment(home, extension)
        self.token = secrets.token_hex(16)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        _write_settings(Path(self.environment["JUPYTERLAB_SETTINGS_DIR"]))
        self._log = home / "server.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _command(self) -> list[str]:
        return [
            # "jupyter lab" would run the first one on PATH.
            *(sys.executable, "-m", "jupyterlab"),
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()}")
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        address = f"{self.url}/api/status?token={self.token}"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @contextmanager
    def user(self) -> Iterator[None]:
        """Use the key, the trusted signers and the index of the kernels."""
        own = {name: folder for name, folder in self.environment.items() if "EXO_NBREG" in name}
        with mock.patch.dict(os.environ, own):
            yield

    def close(self) -> None:
        """Stop the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def environment(home: Path, extension: Path = EXTENSION) -> dict[str, str]:
    """Return environment variables that keep all files of Jupyter and the registry in one folder.

    Parameters
    ----------
    home : Path
        The folder.
    extension : Path, optional
        Folder of the extension; without a build in it, the installed one is used.

    Returns
    -------
    dict of str to str
        Variables to add to `os.environ`.
    """
    share = home / "share" / "jupyter"
    if extension.is_dir():
        # It takes precedence over the installed one; it is a copy, as Voila rejects links.
        name = json.loads((extension / "package.json").read_text())["name"]
        shutil.copytree(extension, share / "labextensions" / name)
    folders = {
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "JUPYTERLAB_SETTINGS_DIR": "jupyter/settings",
        "JUPYTERLAB_WORKSPACES_DIR": "jupyter/workspaces",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
        "EXO_NBREGISTRY_CONFIG_DIR": "config",
        "EXO_NBREGISTRY_CACHE_DIR": "cache",
    }
    return {"JUPYTER_PATH": str(share)} | {
        name: str(home / folder) for name, folder in folders.items()
    }


def _write_settings(folder: Path) -> None:
    for plugin, settings in _SETTINGS.items():
        path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
