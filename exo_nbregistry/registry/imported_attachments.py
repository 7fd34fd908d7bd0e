"""Import of the attachments of an exported version."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.payloads.artifact import copy_in
from exo_nbregistry.payloads.copying import copy_in_attachment, is_exported
from exo_nbregistry.records.metadata import Artifact, ModelMetadata
from exo_nbregistry.records.model_state import Attached, fold
from exo_nbregistry.records.record import EVENT, Record, parse_record
from exo_nbregistry.records.validation import require_valid
from exo_nbregistry.registry.exported_attachments import EVENTS_FILE, FOLDER
from exo_nbregistry.registry.exported_files import RECORD_FILE
from exo_nbregistry.registry.workspace import log
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.json_codec import load_json

_MAX_EVENTS_BYTES = 64 << 20


def read_attached(folder: Path, record: Record) -> dict[str, Attached]:
    """Read the attachments that were added to an exported version after its registration.

    Parameters
    ----------
    folder : Path
        The exported folder.
    record : Record
        The exported record.

    Returns
    -------
    dict of str to Attached
        The attachments by name; their signers are not checked.

    Raises
    ------
    RecordError, IntegrityError
        If an event is invalid, was changed, or belongs to another version.
    """
    try:
        data = read_regular(folder / EVENTS_FILE, _MAX_EVENTS_BYTES)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(
            f"{EVENTS_FILE} cannot be read ({error.strerror}); export the model again.",
            key=EVENTS_FILE,
        ) from None
    found = load_json(data, EVENTS_FILE, max_bytes=_MAX_EVENTS_BYTES).get("events") or []
    events = [_parse_event(fields, record) for fields in found if isinstance(fields, dict)]
    return fold(events).of(record.number).attachments


def _parse_event(fields: dict[str, Any], record: Record) -> Record:
    number = fields.get("number")
    if not isinstance(number, int):
        raise RecordError(f"{EVENTS_FILE} has an event without a number.", key=EVENTS_FILE)
    data = json.dumps(fields).encode()
    event = require_valid(
        parse_record(data, key=EVENTS_FILE, kind=EVENT, model=record.model, number=number)
    )
    if event.content.get("target") != record.check:
        raise IntegrityError(
            f"{EVENTS_FILE} belongs to another version than {RECORD_FILE}; export the model again.",
            key=EVENTS_FILE,
            expected=record.check,
            actual=event.content.get("target"),
        )
    return event


def trusted_only(
    attached: Mapping[str, Attached], keyring: Keyring, *, unsafe: bool
) -> dict[str, Attached]:
    """Return the attachments whose signer is trusted. The others are logged.

    Parameters
    ----------
    attached : mapping of str to Attached
        The attachments that were added later.
    keyring : Keyring
        Checks the signers.
    unsafe : bool
        If True, keep attachments that are unsigned or whose signer is unknown.

    Returns
    -------
    dict of str to Attached
        The attachments to import.

    Raises
    ------
    IntegrityError
        If an event was changed after it was signed.
    """
    kept = {}
    for name, item in attached.items():
        status = keyring.signer_status(item.record.check, item.record.signature)
        if status.status == "invalid":
            raise IntegrityError(
                f"{EVENTS_FILE} was changed after it was signed. Export the model again.",
                key=EVENTS_FILE,
            )
        if status.trusted or unsafe:
            kept[name] = item
    left = sorted(attached.keys() - kept.keys())
    if left:
        log.warning(
            "These attachments were not imported, because their signer is not trusted: %s. "
            "import_model(..., unsafe=True) imports them.",
            name_list(left, quoted=True),
        )
    return kept


def with_attached(source: ModelMetadata, attached: Mapping[str, Attached]) -> ModelMetadata:
    """Return metadata with the attachments that were added later, and the packages they require.

    Parameters
    ----------
    source : ModelMetadata
        Metadata of the exported record.
    attached : mapping of str to Attached
        The attachments to import.

    Returns
    -------
    ModelMetadata
        The metadata of the new version.
    """
    packages: dict[str, str] = {}
    for item in attached.values():
        found = item.record.content.get("packages")
        packages |= found if isinstance(found, dict) else {}
    environment = dataclasses.replace(
        source.environment, packages=packages | source.environment.packages
    )
    attachments = {name: item.artifact for name, item in attached.items()} | source.attachments
    return dataclasses.replace(source, attachments=attachments, environment=environment)


def existing_attachments(
    attachments: Mapping[str, Artifact], stems: Mapping[str, str], folder: Path
) -> dict[str, Artifact]:
    """Return the attachments whose files exist. The others are logged if they have a kind.

    Parameters
    ----------
    attachments : mapping of str to Artifact
        The attachments to import.
    stems : mapping of str to str
        The result of `exported_stems`.
    folder : Path
        The exported folder.

    Returns
    -------
    dict of str to Artifact
        The attachments to import. Exports of early releases have none.
    """
    found = {
        name: item
        for name, item in attachments.items()
        if is_exported(item, folder / FOLDER if item.kind else folder, stems[name])
    }
    missing = sorted(name for name, item in attachments.items() if item.kind and name not in found)
    if missing:
        log.warning(
            "The folder has no files of the attachments %s; they were not imported.",
            name_list(missing, quoted=True),
        )
    return found


def copy_in_attachments(
    store: Store,
    model: str,
    attachments: Mapping[str, Artifact],
    stems: Mapping[str, str],
    folder: Path,
) -> None:
    """Copy the attachments of an export into the store.

    Parameters
    ----------
    store : Store
        The store of the payloads.
    model : str
        The model key.
    attachments : mapping of str to Artifact
        The attachments to import.
    stems : mapping of str to str
        The result of `exported_stems`.
    folder : Path
        The exported folder.

    Raises
    ------
    IntegrityError
        If a file was changed after the export.
    """
    for name, item in attachments.items():
        if item.kind is None:
            copy_in(store, model, item, folder / stems[name])
        else:
            copy_in_attachment(store, model, item, folder / FOLDER, stems[name])
