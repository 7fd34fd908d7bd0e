"""A model file and its card, which are replaced together.

``model.joblib`` has its card in ``model.joblib.json``. Two files cannot be replaced in one step.
Therefore the card is written first and describes both the new model file and the existing one
(``previous``). Replacing the model file is the commit; ``previous`` is removed after it. The
card describes the existing model file at any time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exo_nbregistry.config import get_provenance
from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.fs.atomic import make_folder, publish_file, replace_file, staged_file
from exo_nbregistry.fs.file import new_file
from exo_nbregistry.fs.file_lock import locked_file
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.persistence.base import Dump, Written
from exo_nbregistry.persistence.file_card import bare_card, card_of, card_path
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.persistence.joblib_format import JOBLIB, portability_issues
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.persistence.masking import log_masked, mask_sources
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.records.code import code_of
from exo_nbregistry.signing.keyring import Keyring, SignerStatus
from exo_nbregistry.values.digest import HashingWriter
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.json_codec import decode, digest_json, dump_json

_READ_ATTEMPTS = 8
_log = logging.getLogger("exo_nbregistry")


def save_model(dump: Dump, path: Path, facts: Mapping[str, Any]) -> None:
    """Write a model file and its card, and create missing folders.

    For the parameters, see `write_model`.

    Raises
    ------
    StoreError
        If the files cannot be written.
    SerializationError
        If the model cannot be written.
    """
    with raising_store_errors("write", path):
        make_folder(path.parent)
        write_model(dump, path, facts)


def write_model(dump: Dump, path: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write a model file and its signed card, replacing existing ones.

    Parameters
    ----------
    dump : Dump
        Function that writes the model in the joblib format.
    path : Path
        The model file, in an existing folder.
    facts : mapping
        Metadata from `encode_facts`.

    Returns
    -------
    dict
        The card.

    Raises
    ------
    StoreError
        If `path` is a folder.
    SerializationError
        If the model cannot be written.
    """
    if path.is_dir():
        raise _not_a_file(path)
    with staged_file(path) as staged:
        card = dump_file(dump, staged) | {"metadata": facts}
        card["check"] = check = digest_json(card)
        card["signature"] = Keyring().sign(check)
        sealed = dump_json(card, str(card_path(path)))
        with locked_file(path):
            previous = _existing_card(path)
            if previous is None:
                replace_file(card_path(path), sealed)
            else:
                replace_file(card_path(path), _both(card, previous, path))
            publish_file(staged, path)
            if previous is not None:
                replace_file(card_path(path), sealed)
    return card


def _both(card: Mapping[str, Any], previous: Mapping[str, Any], path: Path) -> bytes:
    try:
        return dump_json({**card, "previous": previous}, str(card_path(path)))
    except RecordError as error:
        raise RecordError(
            f"Cannot replace {path}: the metadata of the old and new model exceed the limits of "
            "one file. Save under another name, or shorten the metadata.",
            key=str(card_path(path)),
        ) from error


def _not_a_file(path: Path) -> StoreError:
    return StoreError(
        f"{path} is not a regular file; pass the path of the model file.", key=str(path)
    )


def dump_file(dump: Dump, path: Path) -> dict[str, Any]:
    """Write a new model file, and log what may prevent that others load it.

    Parameters
    ----------
    dump : Dump
        Function that writes the model.
    path : Path
        The new file.

    Returns
    -------
    dict
        Digest, size, names, packages and code of the file, for its card.
    """
    with new_file(path) as file:
        writer = HashingWriter(file)
        written = dump(writer)
    needed = (*written.globals, *written.imports)
    for issue in (*portability_issues(needed), *written.warnings):
        _log.warning("%s", issue)
    card = {
        "format": JOBLIB.name,
        "sha256": writer.sha256,
        "size_bytes": writer.size_bytes,
        "globals": list(written.globals),
        "packages": read_environment(needed)["packages"],
    }
    return card | _code_fields(written)


def _code_fields(written: Written) -> dict[str, Any]:
    """Return the fields of a model that carries its own code; the others have none of them."""
    if written.code is None:
        return {}
    fields: dict[str, Any] = {"code": written.code.to_fields()}
    if get_provenance() == "full":
        fields["sources"], masked = mask_sources(written.sources)
        log_masked(masked)
    return fields


def read_model(
    path: Path,
    *,
    trust: Sequence[str] = (),
    unsafe: bool = False,
    keyring: Keyring | None = None,
    alternatives: Alternatives | None = None,
) -> tuple[Any, dict[Any, Any]]:
    """Load a model file and its metadata, as `ModelPersistence.load_model`.

    Parameters
    ----------
    path : Path
        The model file.
    trust : sequence of str, default=()
        Packages and classes whose own code may run if the signer is unknown.
    unsafe : bool, default=False
        If True, also load any unsigned model or one with an unknown signer.
    keyring : Keyring, optional
        Checks the signer; by default the keyring of the current user.
    alternatives : Alternatives, optional
        The calls that would allow a rejected model; by default those of `ModelPersistence`.

    Returns
    -------
    model : object
        The model.
    metadata : dict
        Its metadata; empty for a file that another tool saved.
    """
    for _ in range(_READ_ATTEMPTS):
        with raising_store_errors("read", path):
            opened = _status(path)
            try:
                return _read(path, trust, unsafe, keyring or Keyring(), alternatives)
            except IntegrityError:
                # Another process may have replaced the files between the two reads.
                if _status(path) == opened:
                    raise
    raise StoreError(f"{path} is replaced too often to be read; load it again.", key=str(path))


def _read(
    path: Path,
    trust: Sequence[str],
    unsafe: bool,
    keyring: Keyring,
    alternatives: Alternatives | None,
) -> tuple[Any, dict[Any, Any]]:
    card = card_of(path)
    if card is None:
        verdict = SignerStatus("unsigned")
        card = bare_card(path)
    else:
        verdict = keyring.signer_status(card["check"], card.get("signature"))
    metadata = decode(card.get("metadata", {}))
    with open_regular(path) as file:
        model = load_verified(
            file,
            key=str(path),
            sha256=card.get("sha256", ""),
            size_bytes=card.get("size_bytes", 0),
            format=card.get("format", JOBLIB.name),
            verdict=verdict,
            globals=card.get("globals", ()),
            packages=card.get("packages"),
            code=code_of(card["code"], card_path(path).name) if card.get("code") else None,
            sources=f"in {card_path(path).name}" if card.get("sources") else "",
            trust=trust,
            unsafe=unsafe,
            alternatives=alternatives or _how_to_trust(path, card, verdict),
        )
    return model, metadata


def _how_to_trust(path: Path, card: Mapping[str, Any], verdict: SignerStatus) -> Alternatives:
    known = ""
    if verdict.signer:
        public_key = card["signature"]["public_key"]
        known = (
            "If you know the owner of this key, trust it: "
            f"exo_nbregistry.signing.keyring.Keyring().trust({public_key!r}, 'their name'). "
        )
    start = f"ModelPersistence.load_model({str(path)!r}"
    return Alternatives(
        start,
        f"{known}If you trust the source of the file: model, metadata = {start}, unsafe=True), "
        f"and ModelPersistence.save_model(model, {str(path)!r}, metadata) signs it with your key.",
    )


def _status(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: NUL in the name
        raise MissingKeyError(f"The model file {path} does not exist.", key=str(path)) from None
    if not path.is_file():
        raise _not_a_file(path)
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _existing_card(path: Path) -> dict[str, Any] | None:
    """Return a card for the file to be replaced, even if the file or its card is damaged."""
    if not path.is_file():
        return None
    try:
        card = card_of(path)
    except (IntegrityError, RecordError):
        card = None
    return card or bare_card(path)
