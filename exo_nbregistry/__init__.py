"""A model registry in a plain folder, beside the notebook, without a server.

The public names load on first use (PEP 562), so that ``import exo_nbregistry`` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import register_renderers as _register_renderers

__all__ = [
    "Keyring",
    "ModelMetadata",
    "ModelPersistence",
    "ModelRegistry",
    "__version__",
    "bundle",
    "get_config",
    "set_config",
]
__version__ = "0.1.0"

# Classes that views and panels display. A class does not know its renderer, which is above it.
_register_renderers(
    "html",
    {
        "exo_nbregistry.records.metadata:ModelMetadata": (
            "exo_nbregistry.views.version_card:render_metadata_html"
        )
    },
)
_register_renderers(
    "panel",
    {
        "exo_nbregistry.views.comparison:Comparison": (
            "exo_nbregistry.panels.comparison:ComparisonPanel"
        )
    },
)

if TYPE_CHECKING:
    from exo_nbregistry.config import get_config, set_config
    from exo_nbregistry.inference.bundle import bundle
    from exo_nbregistry.persistence.model_files import ModelPersistence
    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.signing.keyring import Keyring
else:
    # Hidden from type checkers, because they accept every name in a module with __getattr__.
    def __getattr__(name):
        homes = {
            "Keyring": "exo_nbregistry.signing.keyring",
            "ModelMetadata": "exo_nbregistry.records.metadata",
            "ModelPersistence": "exo_nbregistry.persistence.model_files",
            "ModelRegistry": "exo_nbregistry.registry.facade",
            "bundle": "exo_nbregistry.inference.bundle",
            "get_config": "exo_nbregistry.config",
            "set_config": "exo_nbregistry.config",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(homes[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """Add the magic ``%autoregister`` to IPython, after ``%load_ext exo_nbregistry``."""
    from exo_nbregistry.autoregister.magic import add_magic
    from exo_nbregistry.registry.facade import ModelRegistry

    add_magic(shell, ModelRegistry)


def unload_ipython_extension(shell: Any) -> None:
    """Remove the magic ``%autoregister``, and stop the registration that it has started."""
    from exo_nbregistry.autoregister.magic import remove_magic

    remove_magic(shell)
