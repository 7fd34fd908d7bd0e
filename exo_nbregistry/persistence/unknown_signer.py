"""Models without a trusted signer or origin: loaded by the restricted loader, or rejected.

No code of the author runs, except that of packages which the user names with ``trust=``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.records.code import Code
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.names import MAX_NAMES, name_list
from exo_nbregistry.text.terminal import visible

_log = logging.getLogger("exo_nbregistry")
_BY_VALUE = "cloudpickle."
# The signers, or unsigned models, that this process has named, with the trusted packages.
_logged: set[tuple[str, ...]] = set()


@dataclass(frozen=True, slots=True)
class Alternatives:
    """How a user can load a model that was rejected.

    Attributes
    ----------
    call : str
        Beginning of the call that loads the model, such as ``registry.load_model('rf:1'``.
    others : str
        The other calls that would allow the model.
    """

    call: str = ""
    others: str = ""

    def text(self, types: Sequence[str]) -> str:
        """Return the calls for a model with some types that are not allowed."""
        from exo_nbregistry.restricted.trusted import can_be_trusted

        packages = sorted({_package(name) for name in types})
        is_short = 0 < len(packages) <= MAX_NAMES
        if not self.call or not is_short or not all(map(can_be_trusted, types)):
            return f" {self.others}" if self.others else ""
        call = f"{self.call}, trust=[{name_list(packages, quoted=True)}])"
        return f" To run only the code of {name_list(packages)}: {call}. {self.others}".rstrip()


def load_of_unknown_signer(
    source: BinaryIO,
    *,
    name: str,
    format: str,
    verdict: SignerStatus,
    trust: Sequence[str],
    alternatives: Alternatives,
    code: Code | None = None,
    sources: str = "",
) -> Any:
    """Load a model by the restricted loader.

    A log message names each signer once in each process, with the first of their models.

    Parameters
    ----------
    source : BinaryIO
        The bytes, which match the record.
    name : str
        Name of the model at the start of the error or the log message.
    format : str
        Name of the format.
    verdict : SignerStatus
        Status of the signature, which is unknown or missing.
    trust : sequence of str
        Packages and classes whose own code may run.
    alternatives : Alternatives
        The calls that would allow a rejected model.
    code : Code or None, default=None
        The code that the model carries with it, from the record.
    sources : str, default=""
        Where the sources of this code are, for the error.

    Returns
    -------
    object
        The model.

    Raises
    ------
    UntrustedModelError
        If the model has anything that the restricted loader does not allow.
    """
    from exo_nbregistry.restricted.load import load_restricted
    from exo_nbregistry.restricted.rejection import Rejection

    try:
        if format == SKOPS.name:
            model = SKOPS.load_restricted(source.read(), trust)
        else:
            model = load_restricted(source, trust=trust)
    except Rejection as rejection:
        types = _all_types(rejection, source, format, trust)
        raise UntrustedModelError(
            f"{name} {signature_text(verdict)}. It was not loaded: "
            f"{_reason(rejection, types, code, sources)}"
            f"{alternatives.text(types)}",
            signer=verdict.signer,
            types=types,
        ) from None
    _log_once(name, verdict, trust)
    return model


def _log_once(name: str, verdict: SignerStatus, trust: Sequence[str]) -> None:
    known = (verdict.signer or name, *trust)
    if known in _logged:
        return
    _logged.add(known)
    own = f" except that of {name_list(trust)}" if trust else ""
    _log.warning(
        "%s %s. It was loaded by the restricted loader, which runs no code of its author%s.%s",
        name,
        signature_text(verdict),
        own,
        " This is logged once for each signer." if verdict.signer else "",
    )


def signature_text(verdict: SignerStatus) -> str:
    """Describe a signature that is missing or unknown, or that does not extend to the files.

    Examples
    --------
    >>> signature_text(SignerStatus("unsigned"))
    'is unsigned'
    >>> signature_text(SignerStatus("imported", "SHA256:abc", "ada@observatory"))
    'was moved in from another tool by ada@observatory, without trust in its files'
    """
    if verdict.status == "imported":
        who = visible(verdict.name or verdict.signer or "an unknown user")
        return f"was moved in from another tool by {who}, without trust in its files"
    if verdict.signer:
        return f"is signed by {verdict.signer}, who is not trusted"
    return "is unsigned"


def _all_types(
    rejection: Any, source: BinaryIO, format: str, trust: Sequence[str]
) -> tuple[str, ...]:
    """Return all names that are not allowed, if a name is why the model was rejected."""
    from exo_nbregistry.restricted.load import unknown_names
    from exo_nbregistry.restricted.rejection import Rejection

    if not rejection.names or format == SKOPS.name:
        return tuple(rejection.names)
    try:
        source.seek(0)
        others = unknown_names(source, trust=trust)
    except Rejection:
        others = ()
    return tuple(dict.fromkeys((*others, *rejection.names)))


def _reason(rejection: Any, types: Sequence[str], code: Code | None, sources: str) -> str:
    if not types:
        return str(rejection.reason)
    if code is not None and any(name.startswith(_BY_VALUE) for name in types):
        # The file has the names of the library that stored the code.
        names = name_list([visible(name) for name in code.by_value])
        read = f" Its sources: {sources}." if sources else ""
        return f"it carries code of its author{f' ({names})' if names else ''}.{read}"
    found = name_list([visible(name) for name in types])
    return f"it has {found}, which can run any code of its author."


def _package(name: str) -> str:
    top = name.partition(".")[0]
    return name if top == "__main__" else top
