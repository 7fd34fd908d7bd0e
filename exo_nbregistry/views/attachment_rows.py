"""Name, kind and size of the attachments of a version, for lists of facts."""

from __future__ import annotations

from exo_nbregistry.records.metadata import Artifact, ModelMetadata
from exo_nbregistry.text.markup import size
from exo_nbregistry.views.attachments import kind_and_format

ATTACHMENTS = "attachments"


def attachment_rows(metadata: ModelMetadata) -> list[list[str]]:
    """Return name and description of each attachment, sorted by name.

    Examples
    --------
    >>> registry.attach("kepler_rf:1", "limits", {"depth": 0.5})
    >>> attachment_rows(registry["kepler_rf:1"])
    [['limits', 'values, json, ... bytes']]
    """
    return [[name, describe(metadata.attachments[name])] for name in sorted(metadata.attachments)]


def describe(artifact: Artifact) -> str:
    """Return kind, format, size and file name of an attachment.

    Examples
    --------
    >>> describe(Artifact("bin", "ab" * 32, 7, kind="file", file_name="Report.PDF"))
    'file, pdf, 7 bytes, Report.PDF'
    """
    kind, form = kind_and_format(artifact)
    parts = [kind, form] if form != kind else [kind]
    return ", ".join([*parts, size(artifact.size_bytes), *filter(None, [artifact.file_name])])
