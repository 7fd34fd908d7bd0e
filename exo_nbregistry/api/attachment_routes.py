"""Attachments: download and preview. Their bytes are verified, and nothing is deserialized."""

from __future__ import annotations

from urllib.parse import quote

from exo_nbregistry.api.attachment_preview import (
    MAX_BYTES,
    no_preview,
    part_to_read,
    preview,
)
from exo_nbregistry.api.attachment_preview import (
    can_preview as has_preview,
)
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.payloads.attachment_name import safe_file_name
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.text.markup import size
from exo_nbregistry.views.attachments import kind_and_format

MAX_DOWNLOAD_BYTES = 64 << 20
_ENDINGS = {"figure": "png", "text": "txt", "array": "npz", "arrays": "npz", "value": "json"}
# A browser must neither open the file as a page nor guess its type.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


def can_preview(kind: str, format: str, size_bytes: int) -> bool:
    """Return whether an attachment has a preview.

    Examples
    --------
    >>> can_preview("text", "txt", 10), can_preview("model", "joblib", 10)
    (True, False)
    """
    return has_preview(kind, format) and size_bytes <= MAX_BYTES


def attachment(request: Request) -> Reply:
    """Return an attachment as a file to download; its digest is verified first."""
    artifact = _artifact(request)
    if artifact.size_bytes > MAX_DOWNLOAD_BYTES:
        raise Problem(
            413,
            "too_large",
            f"The attachment has {size(artifact.size_bytes)}; downloads are limited to "
            f"{size(MAX_DOWNLOAD_BYTES)}.",
            f"Save it with registry.save_attachments({request.ref!r}, 'folder').",
        )
    kind, form = kind_and_format(artifact)
    part = part_to_read(kind, form)
    data = request.registry.attachment_bytes(request.ref, request.names["attachment"], part)
    given = artifact.file_name or f"{request.names['attachment']}.{_ENDINGS.get(kind, form)}"
    if kind == "folder" and not given.endswith(".zip"):
        given += ".zip"
    return Reply(data, "application/octet-stream", _HEADERS | disposition(given))


def attachment_preview(request: Request) -> Reply:
    """Return the first rows, the first lines or the picture of an attachment."""
    artifact = _artifact(request)
    kind, form = kind_and_format(artifact)
    if not has_preview(kind, form):
        return Reply(no_preview(f"Content of the kind {kind} ({form}) is not shown."))
    if artifact.size_bytes > MAX_BYTES:
        return Reply(no_preview(f"It has {size(artifact.size_bytes)}."))
    part = part_to_read(kind, form)
    data = request.registry.attachment_bytes(request.ref, request.names["attachment"], part)
    return Reply(preview(kind, form, data))


def disposition(file_name: str) -> dict[str, str]:
    """Return the header that names a downloaded file, without an unsafe name.

    Examples
    --------
    >>> disposition("../x")
    {'Content-Disposition': "attachment; filename*=UTF-8''attachment"}
    """
    name = safe_file_name(file_name) or "attachment"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def _artifact(request: Request) -> Artifact:
    name, known = (
        request.names["attachment"],
        request.registry.get_metadata(request.ref).attachments,
    )
    if name not in known:
        raise NotFoundError(
            f"{request.ref} has no attachment {name!r:.60}.", name=name, known=known
        )
    return known[name]
