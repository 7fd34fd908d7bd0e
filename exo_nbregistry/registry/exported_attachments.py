"""The attachments of an exported version: readable files, and the events that added some later."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.artifact import copy_out
from exo_nbregistry.payloads.attachment_name import has_path_parts
from exo_nbregistry.payloads.saving import file_stems, save_attachment
from exo_nbregistry.persistence.deployment import PROGRAM_FOLDER
from exo_nbregistry.records.attachment_kind import FIGURE
from exo_nbregistry.records.metadata import Artifact, ModelMetadata
from exo_nbregistry.registry.exported_files import RECORD_FILE, file_name
from exo_nbregistry.store.base import Store

EVENTS_FILE = "attached.json"
FOLDER = "attachments"
CARD_FILE = "README.md"
# Names in an export, in lower case, that an attachment of an earlier release may have too.
OWN_FILES = frozenset(
    (
        *(RECORD_FILE, EVENTS_FILE, "model_info.json", "model.joblib", "model.joblib.json"),
        *("model.skops", CARD_FILE.lower(), "requirements.txt", "example.csv", "sources.py"),
        *("predict.py", PROGRAM_FOLDER, FOLDER),
    )
)


def attachments_to_export(
    snapshot: Snapshot, number: int, metadata: ModelMetadata
) -> dict[str, Artifact]:
    """Return the attachments of a version that have a valid name.

    Parameters
    ----------
    snapshot : Snapshot
        Snapshot of the model.
    number : int
        The version.
    metadata : ModelMetadata
        Its metadata.

    Returns
    -------
    dict of str to Artifact
        The attachments by name. Those with an invalid name, which only an event of another program
        can have, are left out, so that an unknown signer cannot prevent an export.

    Raises
    ------
    RecordError
        If the record of the version has an attachment with an invalid name.
    """
    recorded = snapshot.version(number).content.get("attachments") or {}
    attachments = {
        name: artifact
        for name, artifact in metadata.attachments.items()
        if name in recorded or has_path_parts(name, artifact)
    }
    exported_stems(attachments)
    return attachments


def write_attachments(
    store: Store,
    snapshot: Snapshot,
    number: int,
    attachments: Mapping[str, Artifact],
    folder: Path,
) -> None:
    """Write the attachments of a version to its exported folder.

    Parameters
    ----------
    store : Store
        The store of the payloads.
    snapshot : Snapshot
        Snapshot of the model.
    number : int
        The version.
    attachments : mapping of str to Artifact
        The result of `attachments_to_export`.
    folder : Path
        The new folder.
    """
    pictures = {}
    for name, stem in exported_stems(attachments).items():
        artifact = attachments[name]
        if artifact.kind is None:
            target = folder / stem
            target.parent.mkdir(exist_ok=True)
            with target.open("xb") as file:
                copy_out(store, snapshot.model, artifact, file, name=f"{snapshot.model}:{number}")
        else:
            saved = save_attachment(store, snapshot.model, artifact, folder / FOLDER, stem)
            if artifact.kind == FIGURE:
                pictures[name] = next(path.name for path in saved if path.suffix == ".png")
    _add_pictures(folder, pictures)
    later = snapshot.state.of(number).attachments
    events = [
        item.record.fields for name, item in later.items() if attachments.get(name) == item.artifact
    ]
    if events:
        text = json.dumps({"events": events}, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / EVENTS_FILE).write_text(f"{text}\n", encoding="utf-8")


def _add_pictures(folder: Path, pictures: Mapping[str, str]) -> None:
    """Show the attached figures at the end of the model card."""
    if not pictures:
        return
    # Other characters could be Markdown or HTML.
    shown = [
        f"![{re.sub(r'[^A-Za-z0-9 .-]', '-', name)}]({FOLDER}/{quote(file)})\n"
        for name, file in sorted(pictures.items())
    ]
    with (folder / CARD_FILE).open("a", encoding="utf-8", newline="") as card:
        card.write("\n".join(["", "## Figures\n", *shown]))


def exported_stems(attachments: Mapping[str, Artifact]) -> dict[str, str]:
    """Return the path of each attachment in an export, without the endings of figures and tables.

    Parameters
    ----------
    attachments : mapping of str to Artifact
        All attachments of the version.

    Returns
    -------
    dict of str to str
        Relative to the export for attachments without a kind, which earlier releases can import;
        relative to ``attachments`` for the others.

    Raises
    ------
    RecordError
        If the name of an attachment cannot be part of a path.
    """
    stems: dict[str, str] = {}
    used = set(OWN_FILES)
    for name, item in sorted(attachments.items()):
        if item.kind is None:
            stem = file_name(name, item)
            if stem.lower() in used:
                stem = f"{FOLDER}/{_free(stem, used)}"
            used.add(stem.lower())
            stems[name] = stem
    inside = f"{FOLDER}/"
    taken = {s.removeprefix(inside).lower() for s in stems.values() if s.startswith(inside)}
    return stems | file_stems({n: item for n, item in attachments.items() if item.kind}, taken)


def _free(stem: str, used: set[str]) -> str:
    """Return a name in the folder of attachments that no other attachment has."""
    name, number = stem, 1
    while f"{FOLDER}/{name}".lower() in used:
        number += 1
        name = f"{number} {stem}"
    return name
