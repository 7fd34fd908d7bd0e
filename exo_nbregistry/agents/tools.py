"""Functions that agents call to read a registry.

Each returns a JSON-serializable dict of limited size, in which texts of other users are marked.
No function changes a registry, creates one or loads a model. Their docstrings are the
descriptions that a language model reads.
"""

from __future__ import annotations

from exo_nbregistry.agents.model_tools import (
    best_model_version,
    list_model_versions,
    list_registered_models,
    list_registry_fields,
)
from exo_nbregistry.agents.version_tools import (
    code_to_load_model,
    compare_model_versions,
    model_history,
    show_model_version,
)

__all__ = [
    "best_model_version",
    "code_to_load_model",
    "compare_model_versions",
    "list_model_versions",
    "list_registered_models",
    "list_registry_fields",
    "model_history",
    "show_model_version",
    "tool_names",
]

TOOLS = (
    list_registered_models,
    list_model_versions,
    list_registry_fields,
    show_model_version,
    compare_model_versions,
    best_model_version,
    model_history,
    code_to_load_model,
)


def tool_names() -> list[str]:
    """Return the functions as ``module:function``, for the tools of a Jupyter server.

    Source: the entry point group ``jupyter_server_mcp.tools`` of jupyter-server-mcp 0.3, whose
    value is a list or a function that returns one.

    Examples
    --------
    >>> tool_names()[0]
    'exo_nbregistry.agents.tools:list_registered_models'
    """
    return [f"{__name__}:{tool.__name__}" for tool in TOOLS]
