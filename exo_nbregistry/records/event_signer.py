"""Names of the signers of events, and problems of events."""

from __future__ import annotations

from dataclasses import dataclass, field

from exo_nbregistry.records.record import Record
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.terminal import cut, visible

OWN = SignerStatus("own")
_ACTOR_WIDTH = 60
_FINGERPRINT_LENGTH = len("SHA256:") + 8


@dataclass(frozen=True, slots=True)
class EventProblem:
    """Why an event is not followed.

    Attributes
    ----------
    key : str
        Store key of the event.
    kind : {'damaged', 'missing', 'chain', 'signature', 'unknown signer', 'policy'}
        Kind of the problem.
    reason : str
        The reason, which continues a sentence that begins with the key: ``is not signed``.
    record : Record or None
        The event; None if its file is missing or is not an event.
    """

    key: str
    kind: str
    reason: str
    record: Record | None = field(default=None, repr=False, compare=False)


def signer_label(signer: SignerStatus) -> str:
    """Return the name of a trusted signer or the short fingerprint of an unknown one.

    Returns
    -------
    str
        Empty for the user's own key.

    Examples
    --------
    >>> signer_label(SignerStatus("trusted", "SHA256:abcdefghijkl", "ada@observatory.org"))
    'ada@observatory.org'
    >>> signer_label(SignerStatus("unknown", "SHA256:abcdefghijkl"))
    'unknown signer SHA256:abcdefgh…'
    >>> signer_label(SignerStatus("unsigned"))
    'not signed'
    """
    if signer.status == "own":
        return ""
    if signer.status == "trusted":
        return visible(signer.name or signer.signer or "")
    if signer.signer is None:
        return {"unknown": "unknown signer", "unsigned": "not signed"}.get(
            signer.status, f"{signer.status} signature"
        )
    return f"unknown signer {visible(signer.signer[:_FINGERPRINT_LENGTH])}…"


def signed_actor(actor: str, signer: SignerStatus) -> str:
    """Return the name that an event states, with its signer unless it is the user's own key.

    Examples
    --------
    >>> signed_actor("ada", OWN)
    'ada'
    >>> signed_actor("ada", SignerStatus("unknown", "SHA256:abcdefghijkl"))
    'ada (unknown signer SHA256:abcdefgh…)'
    """
    label = signer_label(signer)
    return f"{cut(actor, _ACTOR_WIDTH)} ({label})" if label else actor
