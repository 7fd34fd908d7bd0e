"""The origin of versions that were moved in from other tools, and the trust in their files."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Protocol

from exo_nbregistry.records.record import VERSION, Record
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.frozen import immutable

FIELD = "imported"


@immutable
@dataclass(frozen=True, slots=True)
class Imported:
    """The origin of a version that was moved in from another tool.

    The user who moved it in signs the record, which does not mean that this user trained the model.

    Attributes
    ----------
    tool : str
        The tool, such as ``MLflow``.
    source_id : str
        The version in its store, such as ``mlflow:kepler_rf:7``.
    trusted : bool
        Whether the user who moved it in declared that they trust its files. If False, its
        model is loaded as one of an unknown signer.

    Examples
    --------
    >>> Imported("MLflow", "mlflow:kepler_rf:7").trusted
    False
    """

    tool: str
    source_id: str
    trusted: bool = False

    @property
    def label(self) -> str:
        """The tool and the version in its store, for pages.

        Examples
        --------
        >>> Imported("MLflow", "mlflow:kepler_rf:7").label
        'MLflow (mlflow:kepler_rf:7)'
        """
        return f"{self.tool} ({self.source_id})"


class Signers(Protocol):
    """Interface of `Keyring` that `record_status` uses."""

    def signer_status(self, check: str, signature: Any, /) -> SignerStatus:
        """Return the status of a signature."""
        ...


def record_status(signers: Signers, record: Record) -> SignerStatus:
    """Return the status of a record's signer, which decides how the model is loaded.

    Parameters
    ----------
    signers : Signers
        The trusted signers.
    record : Record
        The record of a version or an event.

    Returns
    -------
    SignerStatus
        As `Keyring.signer_status` returns it. If a trusted signer has moved the version in from
        another tool without trust in its files, the status is "imported".
    """
    status = signers.signer_status(record.check, record.signature)
    if not status.trusted or record.fields["kind"] != VERSION:
        return status
    imported = record.content.get(FIELD)
    if imported is None or (isinstance(imported, dict) and imported.get("trusted") is True):
        return status
    return dataclasses.replace(status, status="imported")


def needs_trust(imported: Imported | None) -> bool:
    """Return whether a version was moved in by a user who did not trust its files."""
    return imported is not None and not imported.trusted
