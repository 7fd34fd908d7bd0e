"""The fields of the file that makes a folder a registry, and their check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError, RegistryNotFoundError
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.json_codec import digest_json, dump_json, load_json
from exo_nbregistry.values.keys import DESCRIPTOR

FORMAT = "exo-nbregistry"
# The first release that supports this format. Older releases name it in their error.
_MIN_RELEASE = "0.1.0"
_CHECK = "check"
_MAX_ID = 200
_TEXT = {str}
_KINDS: dict[str, tuple[type, str]] = {
    "registry_id": (str, "must be text"),
    "format_version": (int, "must be an integer"),
    "reader_features": (list, "must be a list of names"),
    "writer_features": (list, "must be a list of names"),
}


def descriptor_bytes(registry_id: str, format_version: int) -> bytes:
    """Return the content of a new descriptor.

    Its check is the SHA-256 of the canonical JSON of the other fields, as in a record.

    Parameters
    ----------
    registry_id : str
        Id of the registry.
    format_version : int
        The format.

    Returns
    -------
    bytes
        The content of the file.

    Examples
    --------
    >>> parse_descriptor(descriptor_bytes("r1", 1), "models/registry")["registry_id"]
    'r1'
    """
    fields = {
        "format": FORMAT,
        "format_version": format_version,
        "registry_id": registry_id,
        "reader_features": [],
        "writer_features": [],
        "min_release": _MIN_RELEASE,
    }
    return dump_json(fields | {_CHECK: digest_json(fields)}, DESCRIPTOR)


def parse_descriptor(
    data: bytes, location: str, require_format: Callable[[dict[str, Any]], None] = lambda _: None
) -> dict[str, Any]:
    """Parse a descriptor and check its fields.

    Parameters
    ----------
    data : bytes
        The content of the file.
    location : str
        Location of the registry, for errors.
    require_format : callable
        Takes the fields, and raises an error if this release cannot read their format. It is
        called first, because a newer format can have other fields.

    Returns
    -------
    dict
        The fields. Earlier releases wrote none named ``check``.

    Raises
    ------
    RegistryNotFoundError
        If the file is not the descriptor of a registry.
    RecordError, IntegrityError
        If the file is damaged; the error explains how to repair it.
    """
    repair = (
        f"Restore it from a backup of {location}, or move it to another folder and create it "
        f"again with ModelRegistry({location!r}, create=True)."
    )
    try:
        fields = load_json(data, DESCRIPTOR)
    except RecordError as error:
        raise RecordError(f"{str(error).rstrip('.')}. {repair}", key=DESCRIPTOR) from None
    if fields.get("format") != FORMAT:
        raise RegistryNotFoundError(
            f"{location} is not a registry: the format in its {DESCRIPTOR} is "
            f"{fields.get('format')!r:.60}. Choose another folder.",
            name=location,
        )
    require_format(fields)
    issues = _issues(fields)
    if issues:
        listed = name_list(issues, separator="; ", width=300)
        raise RecordError(
            f"{DESCRIPTOR} is damaged: {listed}. {repair}", key=DESCRIPTOR, issues=issues
        )
    _require_check(fields, repair)
    return fields


def _issues(fields: dict[str, Any]) -> list[str]:
    issues = []
    for name, (kind, rule) in _KINDS.items():
        value: Any = fields.get(name, [] if kind is list else None)
        if type(value) is not kind or (
            type(value) is list and not _TEXT.issuperset(map(type, value))
        ):
            issues.append(f"{name} {rule}, got {value!r:.60}")
    if not issues and not 0 < len(fields["registry_id"]) <= _MAX_ID:
        issues.append(f"registry_id must have 1 to {_MAX_ID} characters")
    return issues


def _require_check(fields: dict[str, Any], repair: str) -> None:
    if _CHECK not in fields:
        return
    try:
        actual = digest_json({name: fields[name] for name in fields if name != _CHECK})
    except ValueError as error:
        # Python parses 1e999 and unpaired surrogates in JSON, but cannot write them.
        raise RecordError(f"{DESCRIPTOR} is damaged: {error}. {repair}", key=DESCRIPTOR) from None
    if actual != fields[_CHECK]:
        raise IntegrityError(
            f"{DESCRIPTOR} was changed after it was written: its checksum does not match. {repair}",
            key=DESCRIPTOR,
            expected=str(fields[_CHECK]),
            actual=actual,
        )
