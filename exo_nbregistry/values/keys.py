"""The store keys of format 1, built only from validated parts.

::

    nbregistry.json
    models/<model>/versions/v000007.json
    models/<model>/events/e000042.json
    models/<model>/blobs/<sha256>.<ext>
    models/<model>/attachments/<sha256>.<ext>
    models/<model>/tmp/

While a registry is created, ``nbregistry.json.tmp/`` holds its temporary data. Some files are
derived from the others, and can be removed at any time; the head is only in a bucket::

    nbregistry.json.head
    nbregistry.json.checkpoint/000007.json
    nbregistry.json.checkpoint/<sha256>.sqlite.gz
    models/<model>/events/checkpoint-e000042.json
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.values.reference import KEY_RULE, is_model_key

DESCRIPTOR = "nbregistry.json"
# Temporary data of a new registry; not below `models`, where it would look like a model.
DESCRIPTOR_TMP = f"{DESCRIPTOR}.tmp"
# Not below `models` either; earlier releases ignore names in the root that begin with DESCRIPTOR.
CHECKPOINTS = f"{DESCRIPTOR}.checkpoint"
HEAD = f"{DESCRIPTOR}.head"
MODELS = "models"
VERSIONS = "versions"
EVENTS = "events"
BLOBS = "blobs"
# Not in `blobs`, from which releases before attachments of any kind remove unknown files as unused.
ATTACHMENTS = "attachments"
TMP = "tmp"
BLOB_EXTENSIONS = ("joblib", "skops", "npz", "json")
ATTACHMENT_EXTENSIONS = (
    *("joblib", "npz", "json", "txt", "bin"),
    *("zip", "csv.zip", "parquet.zip"),
)

# Leading zeros only up to six digits, so that a number has one spelling.
_DIGITS = r"(\d{6}|[1-9]\d{6,11})\.json"
_NUMBERED = re.compile(f"([ve]){_DIGITS}", re.ASCII)
_VERSIONS_AMONG = re.compile(rf"\0v{_DIGITS}(?=\0)", re.ASCII)
_EVENTS_AMONG = re.compile(rf"\0e{_DIGITS}(?=\0)", re.ASCII)
_SHA256 = "([0-9a-f]{64})"
_CHECKPOINT = re.compile(_DIGITS, re.ASCII)
_CHECKPOINT_INDEX = re.compile(rf"{_SHA256}\.sqlite\.gz", re.ASCII)
_EVENTS_CHECKPOINT = re.compile(f"checkpoint-e{_DIGITS}", re.ASCII)
_PAYLOADS = {
    folder: re.compile(rf"{_SHA256}\.({'|'.join(map(re.escape, extensions))})")
    for folder, extensions in ((BLOBS, BLOB_EXTENSIONS), (ATTACHMENTS, ATTACHMENT_EXTENSIONS))
}


def model_folder(model: str) -> str:
    """Return the folder of a model.

    Examples
    --------
    >>> model_folder("kepler_rf")
    'models/kepler_rf'
    """
    if not is_model_key(model):
        raise InvalidReferenceError(f"Invalid model key {model!r}.", text=model, rule=KEY_RULE)
    return f"{MODELS}/{model}"


def versions_folder(model: str) -> str:
    """Return the folder of a model's version records."""
    return f"{model_folder(model)}/{VERSIONS}"


def events_folder(model: str) -> str:
    """Return the folder of a model's journal."""
    return f"{model_folder(model)}/{EVENTS}"


def blobs_folder(model: str) -> str:
    """Return the folder of a model's payloads."""
    return f"{model_folder(model)}/{BLOBS}"


def attachments_folder(model: str) -> str:
    """Return the folder of a model's attachments that have a kind."""
    return f"{model_folder(model)}/{ATTACHMENTS}"


def tmp_folder(model: str) -> str:
    """Return the folder of a model's temporary files."""
    return f"{model_folder(model)}/{TMP}"


def version_key(model: str, number: int) -> str:
    """Return the key of a version record.

    Examples
    --------
    >>> version_key("kepler_rf", 7)
    'models/kepler_rf/versions/v000007.json'
    """
    return f"{versions_folder(model)}/v{number:06d}.json"


def event_key(model: str, number: int) -> str:
    """Return the key of a journal event.

    Examples
    --------
    >>> event_key("kepler_rf", 42)
    'models/kepler_rf/events/e000042.json'
    """
    return f"{events_folder(model)}/e{number:06d}.json"


def blob_key(model: str, sha256: str, extension: str) -> str:
    """Return the key of a payload.

    Parameters
    ----------
    model : str
        The model key.
    sha256 : str
        The payload's digest, 64 lower-case hexadecimal digits.
    extension : {'joblib', 'skops', 'npz', 'json'}
        Format of the payload.

    Raises
    ------
    InvalidReferenceError
        If a part is invalid.
    """
    return _payload_key(model, BLOBS, f"{sha256}.{extension}")


def attachment_key(model: str, sha256: str, extension: str) -> str:
    """Return the key of an attachment that has a kind, with the parameters of `blob_key`."""
    return _payload_key(model, ATTACHMENTS, f"{sha256}.{extension}")


def checkpoint_key(number: int) -> str:
    """Return the key of the record of a checkpoint.

    Examples
    --------
    >>> checkpoint_key(7)
    'nbregistry.json.checkpoint/000007.json'
    """
    return f"{CHECKPOINTS}/{number:06d}.json"


def checkpoint_index_key(sha256: str) -> str:
    """Return the key of the index that the record of a checkpoint names."""
    return f"{CHECKPOINTS}/{sha256}.sqlite.gz"


def events_checkpoint_key(model: str, number: int) -> str:
    """Return the key of a checkpoint of a model's events up to a number.

    Examples
    --------
    >>> events_checkpoint_key("kepler_rf", 64)
    'models/kepler_rf/events/checkpoint-e000064.json'
    """
    return f"{events_folder(model)}/checkpoint-e{number:06d}.json"


def _payload_key(model: str, folder: str, name: str) -> str:
    if not _PAYLOADS[folder].fullmatch(name):
        extensions = BLOB_EXTENSIONS if folder == BLOBS else ATTACHMENT_EXTENSIONS
        rule = f"a payload name is <sha256>.<ext> with ext in {', '.join(extensions)}"
        message = f"Invalid payload name {name!r}: {rule}."
        raise InvalidReferenceError(message, text=name, rule=rule)
    return f"{model_folder(model)}/{folder}/{name}"


def version_number(file_name: str) -> int | None:
    """Return the number in a version record's file name, or None for other names.

    Examples
    --------
    >>> version_number("v000007.json"), version_number("v7.json")
    (7, None)
    """
    return _number(file_name, "v")


def event_number(file_name: str) -> int | None:
    """Return the number in an event's file name, or None for other names."""
    return _number(file_name, "e")


def version_numbers(file_names: Iterable[str]) -> list[int]:
    """Return the numbers of the version records among many file names, ascending.

    Examples
    --------
    >>> version_numbers(["v000007.json", "v000002.json", "notes.txt"])
    [2, 7]
    """
    return _numbers(file_names, _VERSIONS_AMONG)


def event_numbers(file_names: Iterable[str]) -> list[int]:
    """Return the numbers of the events among many file names, ascending."""
    return _numbers(file_names, _EVENTS_AMONG)


def checkpoint_number(file_name: str) -> int | None:
    """Return the number in the file name of a checkpoint's record, or None for other names.

    Examples
    --------
    >>> checkpoint_number("000007.json"), checkpoint_number("7.json")
    (7, None)
    """
    match = _CHECKPOINT.fullmatch(file_name)
    return int(match[1]) or None if match else None


def checkpoint_digest(file_name: str) -> str | None:
    """Return the digest in the file name of a checkpoint's index, or None for other names."""
    match = _CHECKPOINT_INDEX.fullmatch(file_name)
    return match[1] if match else None


def events_checkpoint_number(file_name: str) -> int | None:
    """Return the number in the file name of a checkpoint of events, or None for other names.

    Examples
    --------
    >>> (
    ...     events_checkpoint_number("checkpoint-e000064.json"),
    ...     events_checkpoint_number("e000064.json"),
    ... )
    (64, None)
    """
    match = _EVENTS_CHECKPOINT.fullmatch(file_name)
    return int(match[1]) or None if match else None


def events_checkpoint_numbers(file_names: Iterable[str]) -> list[int]:
    """Return the numbers of the checkpoints of events among many file names, ascending."""
    among = (name for name in file_names if name.startswith("checkpoint-"))
    return sorted(number for name in among if (number := events_checkpoint_number(name)))


def blob_parts(file_name: str) -> tuple[str, str] | None:
    """Return the digest and extension in a payload's file name, or None for other names."""
    return _parts(file_name, BLOBS)


def attachment_parts(file_name: str) -> tuple[str, str] | None:
    """Return the digest and extension in an attachment's file name, or None for other names."""
    return _parts(file_name, ATTACHMENTS)


def _parts(file_name: str, folder: str) -> tuple[str, str] | None:
    match = _PAYLOADS[folder].fullmatch(file_name)
    return (match[1], match[2]) if match else None


def _numbers(file_names: Iterable[str], among: re.Pattern[str]) -> list[int]:
    # One search instead of thousands; a file name cannot contain the separator.
    found = sorted(map(int, among.findall("\0" + "\0".join(file_names) + "\0")))
    return found[1:] if found[:1] == [0] else found


def _number(file_name: str, letter: str) -> int | None:
    match = _NUMBERED.fullmatch(file_name)
    return int(match[2]) or None if match and match[1] == letter else None
