"""Kinds of attachments."""

from __future__ import annotations

from exo_nbregistry.records.fields import Artifact

FIGURE, TABLE, MODEL, FILE, FOLDER = "figure", "table", "model", "file", "folder"
# Records of earlier releases have no kinds.
_BY_FORMAT = {"npz": "arrays", "json": "values"}


def kind_of(artifact: Artifact) -> str:
    """Return the kind of an attachment, which records of earlier releases do not name.

    Examples
    --------
    >>> (
    ...     kind_of(Artifact("zip", "ab" * 32, 7, kind="figure")),
    ...     kind_of(Artifact("npz", "cd" * 32, 7)),
    ... )
    ('figure', 'arrays')
    """
    return artifact.kind or _BY_FORMAT.get(artifact.format, "bytes")
