"""Versions of one model that are moved in from another tool."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import ConflictError, IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.fs.parallel import Wait, together
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.payloads.artifact import payload_key, recorded_keys
from exo_nbregistry.payloads.attachment import Attachment, placed
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.imported import FIELD
from exo_nbregistry.records.metadata import Artifact, ModelMetadata
from exo_nbregistry.registry.committing import ensure_payloads
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.digest import HashingWriter
from exo_nbregistry.values.keys import tmp_folder
from exo_nbregistry.values.reference import model_id

# The attachment with all files of a version other than its model.
FILES = "files"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPayloads:
    """The files of a version, which are copied into the registry.

    Attributes
    ----------
    model : Path or None
        The serialized model.
    artifact : Artifact or None
        Its format and names; `place` replaces its digest and its size.
    attachments : mapping of str to Attachment
        Packed attachments by name.
    """

    model: Path | None
    artifact: Artifact | None
    attachments: Mapping[str, Attachment]

    def place(
        self, store: Store, key: str, report: Callable[[int], object] = lambda _: None
    ) -> Artifact | None:
        """Copy the files, which are durable when this returns. Threads can call it.

        Parameters
        ----------
        store : Store
            The store of the registry.
        key : str
            The model key.
        report : callable
            Takes the number of bytes of each step.

        Returns
        -------
        Artifact or None
            The stored model.

        Raises
        ------
        OSError
            If the model file cannot be read.
        StoreError
            If the registry cannot be written.
        """
        with ExitStack() as files:
            waits: list[Wait] = []
            artifact = None
            if self.model is not None and self.artifact is not None:
                artifact = self._copy(store, key, files, waits, report)
            for item in self.attachments.values():
                waits += files.enter_context(placed(store, key, item))
            together(*waits)
        return artifact

    def _copy(
        self,
        store: Store,
        key: str,
        files: ExitStack,
        waits: list[Wait],
        report: Callable[[int], object],
    ) -> Artifact:
        assert self.model is not None
        assert self.artifact is not None
        source = files.enter_context(open_regular(self.model))
        staged = files.enter_context(store.stage(tmp_folder(key)))
        writer = HashingWriter(staged)
        while chunk := source.read(_CHUNK_BYTES):
            writer.write(chunk)
            report(len(chunk))
        artifact = dataclasses.replace(
            self.artifact, sha256=writer.sha256, size_bytes=writer.size_bytes
        )
        waits += staged.place(payload_key(key, artifact))
        return artifact


class ModelMoveIn:
    """The versions of one model of the registry, to which versions of another tool are added.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    key : str
        The model key.
    """

    def __init__(self, workspace: Workspace, key: str) -> None:
        self.key = key
        self._work = workspace
        self._journal = workspace.journal
        self._numbers = [*self._journal.numbers(key)]
        self._known: dict[tuple[str, str], int] = {}
        self._newest: dict[str, int] = {}
        self._learn(self._numbers)

    @property
    def last(self) -> int:
        """The highest number of a version, or 0."""
        return self._numbers[-1] if self._numbers else 0

    def number_of(self, source_id: str) -> int | None:
        """Return the number of the newest version with an id in the other tool.

        Parameters
        ----------
        source_id : str
            The version in its store.

        Returns
        -------
        int or None
            The number; None if no version has this id.
        """
        return self._newest.get(source_id)

    def find(self, source_id: str, digest: str) -> int | None:
        """Return the number of a version that was moved in before, or None.

        Parameters
        ----------
        source_id : str
            The version in its store.
        digest : str
            Digest of its model, as `digest_of` returns it.

        Returns
        -------
        int or None
            The number; None if no version has this id and this digest.
        """
        return self._known.get((source_id, digest))

    def add(
        self,
        metadata: ModelMetadata,
        wanted: int | None,
        place_again: Callable[[], None],
    ) -> tuple[int | None, bool]:
        """Add a version whose payloads are stored.

        Parameters
        ----------
        metadata : ModelMetadata
            The version, with any number. Its `imported` names the version in its store.
        wanted : int or None
            Its number; None for the next number.
        place_again : callable
            Copies the payloads again, if a purge of another version has removed them.

        Returns
        -------
        number : int or None
            The number. None if `wanted` is not free any more, and nothing was added.
        added : bool
            Whether it is new. Another process may have moved in the same version meanwhile.
        """
        assert metadata.imported is not None
        identity = metadata.imported.source_id, digest_of(metadata)
        contents: list[dict[str, Any]] = []

        def content(number: int) -> dict[str, Any]:
            numbered = dataclasses.replace(
                metadata, model_id=model_id(self.key, number), version=number
            )
            fields = numbered.to_record()
            contents.append(fields | {"facts_sha256": _facts_digest(fields)})
            return contents[-1]

        while True:
            if identity in self._known:
                # Another process has moved it in meanwhile.
                return self._known[identity], False
            last = self.last
            try:
                record = self._journal.add_version(
                    self.key, content, wanted or last + 1, listed=self._numbers
                )
                break
            except ConflictError:
                # Another writer has taken the number, or no number is left.
                self._refresh()
                if identity not in self._known:
                    if wanted is not None:
                        return None, False
                    if self.last == last:
                        raise
        added = record.content is contents[-1]
        if added:
            self._numbers.append(record.number)
            self._remember(identity, record.number)
            ensure_payloads(self._work.store, recorded_keys(record), place_again)
        else:
            self._refresh()
        return record.number, added

    def _refresh(self) -> None:
        known = set(self._numbers)
        self._numbers = [*self._journal.numbers(self.key)]
        self._learn([number for number in self._numbers if number not in known])

    def _learn(self, numbers: list[int]) -> None:
        for number in self._journal.ahead(self.key, numbers):
            try:
                content = self._journal.skim(self.key, number).content
            except (RecordError, IntegrityError, MissingKeyError):
                continue  # verify() reports damaged records.
            imported = content.get(FIELD)
            if isinstance(imported, dict) and isinstance(imported.get("source_id"), str):
                self._remember((imported["source_id"], _content_digest(content)), number)

    def _remember(self, identity: tuple[str, str], number: int) -> None:
        self._known[identity] = number
        self._newest[identity[0]] = max(number, self._newest.get(identity[0], 0))


def digest_of(metadata: ModelMetadata) -> str:
    """Return the digest that identifies a version of another tool together with its id.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.

    Returns
    -------
    str
        Digest of the model; of the other files if it has none; or an empty text.
    """
    stored = metadata.artifact or metadata.attachments.get(FILES)
    return stored.sha256 if stored else ""


def _content_digest(content: Mapping[str, Any]) -> str:
    stored = content.get("artifact") or (content.get("attachments") or {}).get(FILES)
    return str(stored["sha256"]) if stored else ""


def _facts_digest(fields: dict[str, Any]) -> str:
    # Two processes that move in the same version write the same facts, also if only one of them
    # trusts the files.
    imported = {name: value for name, value in fields[FIELD].items() if name != "trusted"}
    return facts_digest(fields | {FIELD: imported})


def workspace_of(registry: ModelRegistry) -> Workspace:
    """Return the components of a registry, to which versions are moved in.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.

    Returns
    -------
    Workspace
        Its components.
    """
    return registry._workspace
