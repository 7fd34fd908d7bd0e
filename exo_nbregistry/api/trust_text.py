"""The trust in a version as text."""

from __future__ import annotations

from exo_nbregistry.signing.keyring import SignerStatus

# Trust values of the REST API by signer status; an invalid signature counts as unsigned.
TRUST = {
    "own": "yours",
    "trusted": "trusted",
    "unknown": "stranger",  # prose: ok, value on the wire
    "unsigned": "unsigned",
    "invalid": "unsigned",
}


def trust_text(signed: SignerStatus) -> dict[str, str]:
    """Return the signer of a version: the value of the API, a text, and the key as title."""
    texts = {
        "own": "signed by you",
        "trusted": f"signed by {signed.name}",
        "unknown": "signed by an unknown signer",
        "unsigned": "not signed",
        "invalid": "changed after it was signed",
    }
    title = signed.signer or "The record has no valid signature."
    return {"status": TRUST[signed.status], "text": texts[signed.status], "title": title}
