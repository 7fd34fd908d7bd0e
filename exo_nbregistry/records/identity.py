"""Digests of the facts that identify a version."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.values.json_codec import digest_json

# Time, place and cell of the registration do not distinguish models. The names of defaults follow
# from the hyperparameters, and the code of a model is in the digest of its content.
_NOT_IDENTITY = (
    "model_id",
    "version",
    "created_at",
    "training_date",
    "provenance",
    "code",
    "default_hyperparameters",
)


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
    if facts.get("artifact"):
        facts["artifact"] = _identity(facts["artifact"])
    # Comments and lines of the code that a model carries do not distinguish models either.
    ignored = {"sources"} if content.get("code") else set()
    if facts.get("attachments"):
        facts["attachments"] = {
            name: _identity(item)
            for name, item in facts["attachments"].items()
            if name not in ignored
        }
    signature = facts.get("signature")
    if signature and "container" in signature:
        # An older release does not record it, and the input example depends on it.
        facts["signature"] = {k: v for k, v in signature.items() if k != "container"}
    return digest_json(facts)


def _identity(artifact: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that identify a payload: without its bytes if its content is known."""
    if not artifact.get("content_sha256"):
        return artifact
    names = ("format", "content_sha256", "kind")
    return {name: artifact[name] for name in names if name in artifact}


def facts_digests(content: dict[str, Any]) -> tuple[str, str]:
    """Return the digests of the same facts in the record of this and of an older release."""
    facts = {name: value for name, value in content.items() if name != "facts_sha256"}
    artifact = {k: v for k, v in facts["artifact"].items() if k != "content_sha256"}
    return facts_digest(facts), facts_digest(facts | {"artifact": artifact})
