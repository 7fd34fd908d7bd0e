"""The trust in a version as text."""

from __future__ import annotations

from collections.abc import Mapping

from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.markup import count

MAX_NAMES = 20

# Trust values of the REST API by signer status; the last two count as unsigned.
TRUST = {
    "own": "yours",
    "trusted": "trusted",
    "unknown": "stranger",  # prose: ok, value on the wire
    "unsigned": "unsigned",
    "invalid": "unsigned",
    # The page does not offer to trust the signer, who is trusted already.
    "imported": "unsigned",
}


def trusted_text(names: Mapping[str, str]) -> dict[str, str]:
    """Return how many other signers are trusted as text, and their names as title.

    Examples
    --------
    >>> trusted_text({"SHA256:a": "ada", "SHA256:b": "ben"})
    {'text': 'Trusts 2 other signers', 'title': 'ada, ben'}
    >>> trusted_text({})["text"]
    'Trusts no other signers'
    """
    shown = [*names.values()][:MAX_NAMES]
    title = ", ".join(shown) + (", ..." if len(names) > len(shown) else "")
    number = count(len(names), "other signer") if names else "no other signers"
    return {
        "text": f"Trusts {number}",
        "title": title or "registry.trust_signer(...) trusts the signer of a version.",
    }


def trust_text(signed: SignerStatus) -> dict[str, str]:
    """Return the signer of a version: the value of the API, a text, and the key as title."""
    texts = {
        "own": "verified, signed by you",
        "trusted": f"verified, signed by {signed.name}",
        "unknown": "signed by an unknown signer",
        "unsigned": "not signed",
        "invalid": "changed after it was signed",
        "imported": f"imported by {signed.name}, without trust in its files",
    }
    title = signed.signer or "The record has no valid signature."
    return {"status": TRUST[signed.status], "text": texts[signed.status], "title": title}
