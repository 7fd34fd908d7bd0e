"""Which actions are possible on a version, and why others are not."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.request import Request
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED

_CHANGES = ("set_alias", "tag", "note", "delete")
NOT_HERE = "Only a notebook can export to a folder; use the code of 'Use this model'."


def actions_of(
    request: Request, item: ModelMetadata, notebook_path: str | None
) -> dict[str, dict[str, Any]]:
    """Return ``enabled`` and ``why`` (null if enabled) of each action.

    Parameters
    ----------
    request : Request
        The request, with the registry.
    item : ModelMetadata
        The version.
    notebook_path : str or None
        Path of the notebook that registered the version, if it was found.
    """
    locked = None if request.registries.is_writable(request.place) else "The registry is read-only."
    gone = {
        ACTIVE: None,
        DELETED: "The version is deleted; restore it first.",
        PURGED: "The version was deleted permanently.",
    }[item.status]
    reasons: dict[str, str | None] = dict.fromkeys(_CHANGES, locked or gone)
    restore = gone if item.status == PURGED else "The version is not deleted."
    reasons["restore"] = locked or (None if item.status == DELETED else restore)
    reasons["export"] = gone if may_export(request) else NOT_HERE
    if notebook_path is None:
        made = item.provenance.notebook
        missing = f"{made} was not found." if made else "No notebook is recorded."
        reasons["open_notebook"] = missing
    else:
        reasons["open_notebook"] = None
    return {name: {"enabled": why is None, "why": why} for name, why in reasons.items()}


def may_export(request: Request) -> bool:
    """Return whether a request can write to folders of this machine, as in a kernel."""
    return bool(getattr(request.registries, "exports", False))
