"""A model file and the card beside it: what the file is, who signed it, what was said of it.

``model.joblib`` has its card in ``model.joblib.json``. Two files cannot be replaced at one
stroke, so the card goes first and describes both the new file and the one that still stands
(``previous``); replacing the model file is the commit, and after it ``previous`` is dropped. At
each moment the file that stands has its card.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from exo_nbregistry.codec import decode, digest_json, dump_json, encode, load_json, normalise
from exo_nbregistry.digest import HashingWriter
from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.persistence.atomic import (
    replace_file,
    sole_writer,
    staged_file,
    sync_folder,
)
from exo_nbregistry.persistence.base import Dump
from exo_nbregistry.persistence.joblib_format import JOBLIB, portability_issues
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.signing import Keyring, Verdict

_UNSEALED = ("check", "signature", "previous")
_FIELDS: dict[str, type] = {
    "format": str,
    "sha256": str,
    "size_bytes": int,
    "globals": list,
    "metadata": dict,
    "check": str,
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 4 << 20
_READ_ATTEMPTS = 8
_log = logging.getLogger("exo_nbregistry")


def sidecar_path(path: Path) -> Path:
    """Return where the card of a model file is.

    Examples
    --------
    >>> sidecar_path(Path("model.joblib")).name
    'model.joblib.json'
    """
    return path.with_name(path.name + ".json")


class Described(Protocol):
    """Something that tells of itself as a dict, such as ``ModelMetadata``."""

    def to_dict(self) -> dict[str, Any]:
        """Return what there is to say, by name."""
        ...


Facts = Mapping[str, Any] | Described | None
"""What a user may say of a model."""


def encode_facts(metadata: Facts, key: str = "metadata") -> dict[str, Any]:
    """Encode what is said of a model, or refuse it before anything is written.

    Parameters
    ----------
    metadata : mapping, object with ``to_dict`` or None
        What is said.
    key : str, default="metadata"
        What the user calls it, for error messages.

    Returns
    -------
    dict
        Values that JSON can keep.

    Raises
    ------
    RecordError
        If it is no mapping, too large, or holds something that cannot be kept.

    Examples
    --------
    >>> encode_facts({"loss": float("nan")})
    {'loss': {'$float': 'nan'}}
    """
    told: Any = metadata
    if hasattr(told, "to_dict"):
        told = told.to_dict()
    if not isinstance(told, Mapping | None):
        raise RecordError(
            f"{key} is a {type(metadata).__qualname__}: pass a dict of what to say of the model.",
            key=key,
        )
    facts: dict[str, Any] = encode(normalise(told or {}, key))
    dump_json({"metadata": facts}, key)
    return facts


def write_model(dump: Dump, path: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write a model file and its signed card, in place of those that stand there.

    Parameters
    ----------
    dump : Dump
        What writes the model, as joblib does.
    path : Path
        Where; its folder exists.
    facts : mapping
        What to say of it, as `encode_facts` returned it.

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
        raise _no_file(path)
    with staged_file(path) as staged:
        card = _dump(dump, staged) | {"metadata": facts}
        card["check"] = check = digest_json(card)
        card["signature"] = Keyring().sign(check)
        sealed = dump_json(card, str(sidecar_path(path)))
        with sole_writer(path.parent):
            previous = _standing(path)
            if previous is None:
                replace_file(sidecar_path(path), sealed)
            else:
                replace_file(sidecar_path(path), _both(card, previous, path))
            staged.replace(path)
            sync_folder(path.parent)
            if previous is not None:
                replace_file(sidecar_path(path), sealed)
    return card


def _both(card: Mapping[str, Any], previous: Mapping[str, Any], path: Path) -> bytes:
    try:
        return dump_json({**card, "previous": previous}, str(sidecar_path(path)))
    except RecordError as error:
        raise RecordError(
            f"{path} cannot be replaced safely, for one card cannot hold what is said of both "
            "models: save under another name, or say less.",
            key=str(sidecar_path(path)),
        ) from error


def _no_file(path: Path) -> StoreError:
    return StoreError(f"{path} is no regular file: name the model file itself.", key=str(path))


def _dump(dump: Dump, path: Path) -> dict[str, Any]:
    with path.open("xb") as file, HashingWriter(file) as writer:
        names = dump(writer)
        file.flush()
        os.fsync(file.fileno())
    for issue in portability_issues(names):
        _log.warning("%s", issue)
    return {
        "format": JOBLIB.name,
        "sha256": writer.sha256,
        "size_bytes": writer.size_bytes,
        "globals": list(names),
    }


def read_model(path: Path, *, unsafe: bool = False) -> tuple[Any, dict[Any, Any]]:
    """Read a model file, if its card is signed by somebody trusted and describes it.

    Parameters
    ----------
    path : Path
        The model file.
    unsafe : bool, default=False
        Read it whoever signed it, or nobody.

    Returns
    -------
    model : object
        The model.
    metadata : dict
        What was said of it.
    """
    for _ in range(_READ_ATTEMPTS):
        opened = _status(path)
        try:
            return _read(path, unsafe)
        except IntegrityError:
            # A writer may have replaced the pair between our two looks.
            if _status(path) == opened:
                raise
    raise StoreError(f"{path} is being replaced all the time; load it again.", key=str(path))


def _read(path: Path, unsafe: bool) -> tuple[Any, dict[Any, Any]]:
    card = _card_of(path)
    if card is None:
        verdict = Verdict("unsigned")
        card = _bare_card(path) if unsafe else {}
    else:
        verdict = Keyring().judge(card["check"], card.get("signature"))
    with path.open("rb") as file:
        model = load_verified(
            file,
            key=str(path),
            sha256=card.get("sha256", ""),
            size_bytes=card.get("size_bytes", 0),
            format=card.get("format", JOBLIB.name),
            verdict=verdict,
            globals=card.get("globals", ()),
            unsafe=unsafe,
            remedy=_remedy(path, card, verdict),
        )
    return model, decode(card["metadata"])


def _remedy(path: Path, card: Mapping[str, Any], verdict: Verdict) -> str:
    trust = ""
    if verdict.signer:
        public_key = card["signature"]["public_key"]
        trust = (
            "If you know whose key this is, trust it: "
            f"exo_nbregistry.signing.Keyring().trust({public_key!r}, 'their name'). "
        )
    return (
        f"{trust}If you know where the file comes from: model, metadata = "
        f"ModelPersistence.load_model({str(path)!r}, unsafe=True), and "
        f"ModelPersistence.save_model(model, {str(path)!r}, metadata) signs it as yours."
    )


def _status(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a null in the name
        raise MissingKeyError(f"There is no model file {path}.", key=str(path)) from None
    if not path.is_file():
        raise _no_file(path)
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _card_of(path: Path) -> dict[str, Any] | None:
    """Return the card of the file that stands, or None if it has none."""
    cards = _cards(path)
    if len(cards) < 2:
        return cards[0] if cards else None
    sha256, _ = _digest(path)
    return next((card for card in cards if card["sha256"] == sha256), cards[0])


def _standing(path: Path) -> dict[str, Any] | None:
    """Return a card for the file that is about to be replaced, whatever state it is in."""
    if not path.is_file():
        return None
    try:
        card = _card_of(path)
    except (IntegrityError, RecordError):
        card = None
    return card or _bare_card(path)


def _bare_card(path: Path) -> dict[str, Any]:
    sha256, size_bytes = _digest(path)
    card: dict[str, Any] = {
        "format": JOBLIB.name,
        "sha256": sha256,
        "size_bytes": size_bytes,
        "globals": [],
        "metadata": {},
    }
    return card | {"check": digest_json(card), "signature": None}


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _cards(path: Path) -> list[dict[str, Any]]:
    """Read one card or two: of the file written last, and of the one before it."""
    where = sidecar_path(path)
    try:
        fields = load_json(where.read_bytes(), str(where))
    except FileNotFoundError:
        return []
    previous = fields.pop("previous", None)
    return [_proven(card, str(where)) for card in (fields, previous) if card is not None]


def _proven(card: Any, key: str) -> dict[str, Any]:
    if not isinstance(card, dict):
        raise RecordError(f"{key} is no card of a model file.", key=key)
    issues = [
        f"{name} is missing or of the wrong type"
        for name, kind in _FIELDS.items()
        if type(card.get(name)) is not kind
    ]
    if not issues and not _SHA256.fullmatch(card["sha256"]):
        issues.append("sha256 is no digest")
    if issues:
        raise RecordError(
            f"{key} is no card of a model file: {'; '.join(issues)}. Restore it from a copy.",
            key=key,
            issues=issues,
        )
    actual = digest_json({name: value for name, value in card.items() if name not in _UNSEALED})
    if actual != card["check"]:
        raise IntegrityError(
            f"{key} was changed after it was written: its check does not match its content. "
            "Nothing was loaded; restore it from a copy.",
            key=key,
            expected=card["check"],
            actual=actual,
        )
    return card
