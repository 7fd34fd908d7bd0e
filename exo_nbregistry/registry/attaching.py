"""Adding of attachments to a registered version."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from exo_nbregistry.errors import ConflictError
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.attachment import Attachment, placed
from exo_nbregistry.payloads.packing import pack_later
from exo_nbregistry.records.attachment_kind import MODEL, kind_of
from exo_nbregistry.records.fields import encode_part
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.registry.committing import ensure_payloads
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.reference import model_id, parse_reference
from exo_nbregistry.views.columns import format_minute


class Attaching:
    """Registry method that adds attachments.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

    def attach(self, ref: str, name: str, thing: Any) -> None:
        """Attach an object to a registered version.

        A repeated call with the same content adds nothing, and a message is logged.

        Parameters
        ----------
        ref : str
            Reference to the version.
        name : str
            Name of the attachment, which the version must not have yet: ASCII letters, digits,
            spaces, ``.``, ``_`` and ``-``.
        thing : object
            A Matplotlib figure; a DataFrame or Series of pandas or Polars; a NumPy array or a
            dict of arrays; text, bytes, numbers, and lists and dicts of these; a fitted estimator;
            or a ``pathlib.Path`` of a file or folder, which is read as a stream.

        Raises
        ------
        NotFoundError
            If the version does not exist or is deleted.
        ConflictError
            If the version has another attachment with this name.
        RecordError
            If the name is invalid, or the object cannot be attached.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "notes", "Trained on quarters 1 to 4.")
        >>> registry.load_attachment("kepler_rf:1", "notes")
        'Trained on quarters 1 to 4.'
        """
        reference = parse_reference(ref)
        packed = pack_later(thing, name)
        # Once, even if another writer adds an event first.
        place = cache(partial(self._place, reference.key, packed))
        existing = ""

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            nonlocal existing
            number = snapshot.resolve_active(reference)
            if _is_attached(snapshot, number, name, packed.artifact):
                existing = model_id(reference.key, number)
                return None
            place()
            return {
                "action": "attach",
                "version": number,
                # The version that the signer saw.
                "target": snapshot.version(number).check,
                "name": name,
                "artifact": encode_part(packed.artifact),
                **_packages(packed.artifact),
            }

        self._work.journal.append(reference.key, decide, self._work.actor)
        if existing:
            log.warning("%s already has this attachment %r: nothing was added.", existing, name)
        key = payload_key(reference.key, packed.artifact)
        ensure_payloads(self._store, [key], lambda: self._place(reference.key, packed))

    def _place(self, model: str, packed: Attachment) -> None:
        with placed(self._store, model, packed) as waits:
            together(*waits)


def _packages(artifact: Artifact) -> dict[str, Any]:
    """Return the packages that an attached model requires, as a field of its event."""
    if kind_of(artifact) != MODEL:
        return {}
    return {"packages": read_environment(artifact.globals)["packages"]}


def _is_attached(snapshot: Snapshot, number: int, name: str, artifact: Artifact) -> bool:
    """Return whether the version has the same attachment; raise ConflictError for another one."""
    metadata = snapshot.metadata(number)
    taken = next((known for known in metadata.attachments if known.lower() == name.lower()), None)
    if taken is None:
        return False
    known = metadata.attachments[taken]
    if taken == name and _content(known) == _content(artifact):
        return True
    later = snapshot.state.of(number).attachments.get(taken)
    when = later.at if later else metadata.created_at
    raise ConflictError(
        f"{metadata.model_id} has had another attachment {taken!r} since {format_minute(when)}; "
        f"choose another name, such as '{name} 2'.",
        expected=artifact.sha256,
        actual=known.sha256,
    )


def _content(artifact: Artifact) -> tuple[str | None, ...]:
    return kind_of(artifact), artifact.content_sha256 or artifact.sha256, artifact.file_name
