"""The Jupyter server extension: registries over REST, for the sidebar. See docs/rest.md.

jupyter_server is imported only when the server loads the extension.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "exo_nbregistry.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    try:
        from exo_nbregistry.lab.extension import load
    except ModuleNotFoundError as error:
        raise ImportError(
            "The server extension of the sidebar requires "
            f"{error.name}; run pip install 'exo-nbregistry[lab]'."
        ) from error
    load(server)
