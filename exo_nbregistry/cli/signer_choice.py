"""The signers that ``trust add`` offers: from a file, or all signers of a registry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.signing.public_keys import parse_key, parse_key_file
from exo_nbregistry.signing.signer_lines import is_signer_name, split_signer
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    from exo_nbregistry.registry.trust import RegistrySigner

DEFAULT_NAME = "colleague"
_MAX_BYTES = 1 << 20
_NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A signer to trust.

    Attributes
    ----------
    public_key : str
        The key as one line.
    name : str
        Name for the list of trusted signers.
    note : str
        Description of the signer for the confirmation.
    """

    public_key: str
    name: str
    note: str = ""

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the key."""
        return parse_key(self.public_key).fingerprint


def is_file_name(signer: str) -> bool:
    """Return whether an argument names a file, and not a version or a fingerprint.

    Examples
    --------
    >>> is_file_name("team/signers"), is_file_name("kepler_rf:3"), is_file_name("SHA256:a/b")
    (True, False, False)
    """
    if signer.startswith(("SHA256:", "ssh-")):
        return False
    return "/" in signer or "\\" in signer or (":" not in signer and Path(signer).is_file())


def signers_of_file(path: Path, name: str = "") -> list[Candidate]:
    """Return the signers in a public key file or in a file of signers.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Name of the only signer; by default the name in the file.

    Returns
    -------
    list of Candidate
        The signers, without those for other purposes.

    Raises
    ------
    RegistryError
        If the file cannot be read or has no signers, or has several and `name` is passed.
    """
    try:
        if not path.is_file():
            raise RegistryError(f"{path} is not a file; pass a public key or a file of signers.")
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise RegistryError(f"Cannot read {path}: {error.strerror}.") from error
    found: dict[str, Candidate] = {}
    for line in text.split("\n"):
        if parsed := parse_key_file(line):
            key, names = parsed[0], parsed[1] or ""
        else:
            signer = split_signer(line)
            if line.lstrip().startswith("#") or not signer.key or not signer.for_us:
                continue
            key, names = signer.key, signer.name
        found.setdefault(key.fingerprint, Candidate(key.line, name or valid_name(names)))
    if not found:
        raise NotFoundError(f"{path} has no ssh-ed25519 key for this package.", name=str(path))
    if name and len(found) > 1:
        raise RegistryError(
            f"{path} has {count(len(found), 'signer')}, so --name cannot name all of them; omit it."
        )
    return [*found.values()]


def signers_of_registry(
    signers: Iterable[RegistrySigner], taken: Collection[str]
) -> list[Candidate]:
    """Return the unknown signers of a registry.

    Parameters
    ----------
    signers : iterable of RegistrySigner
        Signers of the registry.
    taken : collection of str
        Names of trusted signers and in rules. A signer chose the user name in the records, so it
        must not become a name that a rule allows to move an alias.

    Returns
    -------
    list of Candidate
        Each signer with a new name: the claimed user name, or the start of the fingerprint.
    """
    used = set(taken)
    found = []
    for signer in signers:
        if signer.status != "unknown":
            continue
        digest = re.sub(r"\W", "", signer.fingerprint.removeprefix("SHA256:"))[:12]
        options = [*map(valid_name, signer.claims), f"signer-{digest}"]
        name = next(option for option in options if option not in used)
        used.add(name)
        signed = f"{count(signer.versions, 'version')}, {count(signer.events, 'event')}"
        claims = name_list(signer.claims, quoted=True) or "no name"
        found.append(Candidate(signer.public_key, name, f"{signed}; claims to be {claims}"))
    return found


def valid_name(text: str) -> str:
    """Return the first of several names as a valid name of a signer.

    Examples
    --------
    >>> valid_name("ada@mars,ada"), valid_name("Ada Lovelace"), valid_name("")
    ('ada@mars', 'Ada-Lovelace', 'colleague')
    """
    name = _NOT_IN_NAMES.sub("-", text.split(",")[0].strip())[:100].strip("-_.@+")
    return name if is_signer_name(name) else DEFAULT_NAME
