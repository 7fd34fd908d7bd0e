"""Names of attachments, and file names that are safe on every file system."""

from __future__ import annotations

import re

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.records.model_state import OWN_ATTACHMENTS
from exo_nbregistry.values.keys import ATTACHMENT_EXTENSIONS, BLOB_EXTENSIONS

# A name becomes part of a path and may come from the record of an unknown signer.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9_-])?")
_FILE_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9 ._()+,=@-]{0,126}[A-Za-z0-9_)+-])?")
# Windows opens a device for these names, with any extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

# Names that registering stores by itself, and the name of the model in an export.
RESERVED = ("evaluation", "input_example", "model", "sources")
# A user can pass these to register_model, as in earlier releases, but not add them later.
RESERVED_LATER = OWN_ATTACHMENTS
_FORMATS = frozenset((*BLOB_EXTENSIONS, *ATTACHMENT_EXTENSIONS))
_RULE = (
    "use at most 64 ASCII letters, digits, spaces, '.', '_' and '-', starting with a letter or "
    "digit, such as 'roc curve'"
)


def is_valid_name(name: object) -> bool:
    """Return whether a name can be part of a path.

    Examples
    --------
    >>> is_valid_name("roc curve"), is_valid_name("../roc")
    (True, False)
    """
    return isinstance(name, str) and bool(_NAME.fullmatch(name)) and ".." not in name


def check_name(name: object, reserved: tuple[str, ...] = RESERVED) -> str:
    """Return the name of a new attachment.

    Parameters
    ----------
    name : object
        The name.
    reserved : tuple of str
        Names that the registry uses itself.

    Raises
    ------
    RecordError
        If the name is invalid or reserved.

    Examples
    --------
    >>> check_name("nul.txt")
    Traceback (most recent call last):
    exo_nbregistry.errors.RecordError: Invalid attachment name 'nul.txt': it is a device name of \
Windows.
    """
    key = f"attachments.{name}"
    if not isinstance(name, str) or not is_valid_name(name):
        raise RecordError(f"Invalid attachment name {name!r:.100}; {_RULE}.", key=key)
    if name.lower() in reserved:
        raise RecordError(
            f"Invalid attachment name {name!r}: the registry uses it itself; choose another name.",
            key=key,
        )
    if _DEVICE.fullmatch(name):
        raise RecordError(
            f"Invalid attachment name {name!r}: it is a device name of Windows.", key=key
        )
    return name


def check_distinct(names: list[str]) -> None:
    """Check that names differ in more than their letter case, as file names must."""
    lower: dict[str, str] = {}
    for name in names:
        other = lower.setdefault(name.lower(), name)
        if other != name:
            raise RecordError(
                f"The attachments {other!r} and {name!r} differ only in letter case; rename one.",
                key=f"attachments.{name}",
            )


def has_path_parts(name: str, artifact: Artifact) -> bool:
    """Return whether the name and the format of a recorded attachment can be part of a path."""
    return is_valid_name(name) and artifact.format in _FORMATS


def require_path_parts(name: str, artifact: Artifact) -> None:
    """Check that the name and the format of a recorded attachment can be part of a path.

    Raises
    ------
    RecordError
        If one of them cannot; it may come from the record of an unknown signer.
    """
    for what, value, is_valid in (
        ("name", name, is_valid_name(name)),
        ("format", artifact.format, artifact.format in _FORMATS),
    ):
        if not is_valid:
            raise RecordError(
                f"{value!r:.100} is not a valid {what} of an attachment.", key=f"attachments.{name}"
            )


def safe_file_name(name: str | None) -> str | None:
    """Return a recorded file name if it is safe on every file system, or else None.

    Examples
    --------
    >>> safe_file_name("report (1).pdf"), safe_file_name("../x"), safe_file_name("NUL.txt")
    ('report (1).pdf', None, None)
    """
    if not name or not _FILE_NAME.fullmatch(name) or ".." in name or _DEVICE.fullmatch(name):
        return None
    return name
