"""Digests of the facts that identify a version."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.values.json_codec import digest_json

# Time, place and cell of the registration do not distinguish models.
_NOT_IDENTITY = ("model_id", "version", "created_at", "training_date", "provenance")


def facts_digest(content: dict[str, Any]) -> str:
    """Return the digest of the facts that identify a version.

    Parameters
    ----------
    content : dict
        Content of the record, without ``facts_sha256``.

    Returns
    -------
    str
        sha256, 64 hexadecimal digits. It depends on the content of the model, or on its bytes if
        the record has no digest of the content.
    """
    facts = {name: value for name, value in content.items() if name not in _NOT_IDENTITY}
    artifact = facts.get("artifact")
    if artifact and artifact.get("content_sha256"):
        facts["artifact"] = {name: artifact[name] for name in ("format", "content_sha256")}
    return digest_json(facts)


def facts_digests(content: dict[str, Any]) -> tuple[str, str]:
    """Return the digests of the same facts in the record of this and of an older release."""
    facts = {name: value for name, value in content.items() if name != "facts_sha256"}
    artifact = {k: v for k, v in facts["artifact"].items() if k != "content_sha256"}
    return facts_digest(facts), facts_digest(facts | {"artifact": artifact})
