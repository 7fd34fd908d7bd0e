"""Whether a version can be loaded without trust in its signer."""

from __future__ import annotations

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.restricted.trust_needed import trust_label


def trust_needed(item: ModelMetadata) -> str | None:
    """Return why loading a version requires trust in its signer; None if it does not.

    The model is not loaded: its record has the names that loading imports.

    Parameters
    ----------
    item : ModelMetadata
        The version.
    """
    if item.artifact is None:
        return None
    if item.code is not None:
        return "required for the code that it carries"
    return trust_label(item.artifact.globals, item.environment.packages.get("scikit-learn"))
