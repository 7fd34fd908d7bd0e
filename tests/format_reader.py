"""A reader of registries that was written from docs/format-1.md only.

It imports nothing of the package, so that it proves that the page is a complete specification.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.format_json import FormatError, check_of, load, signer_of

_MODEL = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_NUMBER = re.compile(r"([ve])(\d{6}|[1-9]\d{6,11})\.json", re.ASCII)
_ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)
_OF_REGISTRATION = {
    *("evaluation", "input_example", "model", "sources", "trials", "curves", "columns"),
    *("test_set", "training_rows", "out_of_fold"),
}
_NOT_STORED = {"aliases", "notes", "later_metrics", "status", "unknown_signers", "signer"}
_ENVELOPE = {"content": dict, "txn": str, "check": str}
_VERSION_FIELDS = {"model_id": str, "model_name": str, "version": int, "created_at": dict}
_MOVE = {"alias": str, "version": int}
_EVENT_FIELDS: dict[str, dict[str, type]] = {
    "alias": _MOVE,
    "rollback": _MOVE,
    "unalias": {"alias": str},
    "tag": {"version": int, "tags": dict},
    "untag": {"version": int, "names": list},
    "note": {"version": int, "text": str},
    "attach": {"version": int, "name": str, "artifact": dict},
    "metrics": {"version": int, "metrics": dict},
    "delete": {"version": int},
    "restore": {"version": int},
    "purge": {"version": int},
}


@dataclass
class Model:
    """The versions of a model, and its state for the trusted keys.

    Attributes
    ----------
    versions : dict of int to dict
        The intact records by number.
    tags, notes, attachments : dict
        Of each version.
    status : dict of int to str
        Of each version that an event has changed.
    problems : list of str
        Files that are rejected or have no effect.
    """

    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    tags: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, list[str]] = field(default_factory=dict)
    attachments: dict[int, dict[str, Any]] = field(default_factory=dict)
    status: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stacks: dict[str, list[tuple[int | None, bool, str | None]]] = field(default_factory=dict)

    def aliases(self) -> dict[str, int]:
        """Return the version of each alias whose record was not replaced."""
        return {
            alias: version
            for alias, stack in self.stacks.items()
            if stack and (version := stack[-1][0]) is not None
            if version in self.versions and self.versions[version]["check"] == stack[-1][2]
        }


class FormatReader:
    """Reader of a registry.

    Parameters
    ----------
    root : Path
        The folder.
    trusted : set of str
        Key lines of the trusted signers.
    """

    def __init__(self, root: Path, trusted: set[str]) -> None:
        self.root, self.trusted = root, trusted
        self.descriptor = load(root / "nbregistry.json")
        if self.descriptor.get("format") != "exo-nbregistry":
            raise FormatError("not a registry")
        if self.descriptor.get("format_version") != 1 or self.descriptor.get("reader_features"):
            raise FormatError(f"install {self.descriptor.get('min_release')}")
        if "check" in self.descriptor:
            self._require(check_of(self.descriptor, "check") == self.descriptor["check"], "check")
        self.registry_id = self.descriptor["registry_id"]

    def models(self) -> dict[str, Model]:
        """Return all models by key."""
        names = sorted(path.name for path in (self.root / "models").iterdir())
        found = {name: self.model(name) for name in names if self._is_key(name)}
        return {name: model for name, model in found.items() if model.versions}

    @staticmethod
    def _is_key(name: str) -> bool:
        return bool(_MODEL.fullmatch(name)) and ".." not in name and not _DEVICE.fullmatch(name)

    @staticmethod
    def _require(condition: bool, what: str) -> None:
        if not condition:
            raise FormatError(what)

    def model(self, name: str) -> Model:
        """Return a model with its state."""
        model = Model()
        for number, path in self._numbered(name, "versions", "v"):
            try:
                record = self.record(path, "version", name, number)
                self._check_version(record)
            except FormatError as error:
                model.problems.append(f"{path.name}: {error}")
                continue
            model.versions[number] = record
            model.tags[number] = dict(record["content"].get("tags") or {})
            model.attachments[number] = dict(record["content"].get("attachments") or {})
        self._fold(name, model)
        return model

    def _numbered(self, model: str, folder: str, letter: str) -> list[tuple[int, Path]]:
        place = self.root / "models" / model / folder
        paths = list(place.iterdir()) if place.is_dir() else []
        found = ((_NUMBER.fullmatch(path.name), path) for path in paths)
        numbers = [(int(m[2]), path) for m, path in found if m and m[1] == letter]
        return sorted((number, path) for number, path in numbers if number >= 1)

    def record(self, path: Path, kind: str, model: str, number: int) -> dict[str, Any]:
        """Return an intact record."""
        fields = load(path)
        place = (fields.get("kind"), fields.get("model"), fields.get("number"))
        self._require(place == (kind, model, number), "it is not the record of its path")
        for name, form in _ENVELOPE.items():
            self._require(isinstance(fields.get(name), form), name)
        for name in ("prev", "signature"):
            self._require(name in fields, name)
            self._require(isinstance(fields[name], dict | None), name)
        self._require(check_of(fields, "check", "signature") == fields["check"], "changed")
        self._require(fields.get("registry", self.registry_id) == self.registry_id, "registry")
        return fields

    def _check_version(self, record: dict[str, Any]) -> None:
        content = record["content"]
        for name, form in _VERSION_FIELDS.items():
            self._require(type(content.get(name)) is form, name)
        self._require(not _NOT_STORED & content.keys(), "a field that is not stored")
        expected = f"{record['model']}:{record['number']}"
        self._require(content["model_id"] == expected, "model_id")

    def _check_event(self, content: dict[str, Any]) -> None:
        self._require(isinstance(content.get("action"), str), "action")
        forms = _EVENT_FIELDS.get(content["action"], {})
        if forms:
            forms = forms | {"at": dict, "actor": str}
        for name, form in forms.items():
            self._require(type(content.get(name)) is form, name)
        alias = content.get("alias", "a")
        is_name = bool(_ALIAS.fullmatch(alias)) and not re.fullmatch(r"latest|v\d+", alias)
        self._require("alias" not in forms or is_name, "alias")

    def payload(self, model: str, artifact: dict[str, Any]) -> bytes:
        """Return the verified bytes of a payload."""
        folder = "blobs" if artifact.get("kind") is None else "attachments"
        name = f"{artifact['sha256']}.{artifact['format']}"
        data = (self.root / "models" / model / folder / name).read_bytes()
        self._require(len(data) == artifact["size_bytes"], "size")
        self._require(hashlib.sha256(data).hexdigest() == artifact["sha256"], "digest")
        return data

    def _fold(self, name: str, model: Model) -> None:
        last, checks, unknown = 0, {}, set()
        for number, path in self._numbered(name, "events", "e"):
            try:
                event = self.record(path, "event", name, number)
                self._check_event(event["content"])
                line = signer_of(event)
                self._require(line is not None, "signature")
                is_trusted = line in self.trusted
                self._require(self._follows(event, last, checks, unknown, is_trusted), "replay")
                last, checks[number] = number, event["check"]
                unknown |= set() if is_trusted else {number}
                self._apply(event["content"], model, is_trusted)
            except FormatError as error:
                model.problems.append(f"{path.name}: {error}")

    @staticmethod
    def _follows(
        event: dict[str, Any], last: int, checks: dict[int, str], unknown: set[int], trusted: bool
    ) -> bool:
        prev = event["prev"]
        if prev is None:
            return last == 0 or "registry" in event
        number, check = prev.get("number"), prev.get("check")
        if type(number) is not int or not 0 < number < event["number"] or type(check) is not str:
            return False
        is_new = number not in checks and number > last
        return checks.get(number) == check or is_new or (trusted and number in unknown)

    def _apply(self, event: dict[str, Any], model: Model, is_trusted: bool) -> None:
        action, version = event["action"], event.get("version")
        tops = {alias: stack[-1] for alias, stack in model.stacks.items() if stack}
        if action in ("alias", "rollback", "unalias"):
            alias = event["alias"]
            self._require(action == "unalias" or isinstance(event.get("target"), str), "target")
            top = tops.get(alias, (None, False, None))
            is_protected = top[0] is not None and top[1]
            self._require(is_trusted or not is_protected, "unknown signer")
            self._move(event, model.stacks.setdefault(alias, []))
        elif action in ("delete", "restore", "purge"):
            is_protected = any(top[0] == version and top[1] for top in tops.values())
            self._require(is_trusted or not is_protected, "unknown signer")
            before = model.status.get(version, "active")
            after = {"restore": "active", "purge": "purged" if is_trusted else "deleted"}
            model.status[version] = before if before == "purged" else after.get(action, "deleted")
        elif action == "tag":
            model.tags.setdefault(version, {}).update(event["tags"])
        elif action == "untag":
            for name in event["names"]:
                model.tags.setdefault(version, {}).pop(name, None)
        elif action == "note":
            model.notes.setdefault(version, []).append(event["text"])
        elif action == "attach" and event["name"].lower() not in _OF_REGISTRATION:
            model.attachments.setdefault(version, {}).setdefault(event["name"], event["artifact"])

    @staticmethod
    def _move(event: dict[str, Any], stack: list[tuple[int | None, bool, str | None]]) -> None:
        if event["action"] == "unalias":
            stack.append((None, False, None))
            return
        if event["action"] == "rollback":
            now = stack[-1][0] if stack else None
            before = stack[-2][0] if len(stack) > 1 else None
            only_one = now == event["version"] and before != event["version"]
            del stack[-1 if only_one else -2 :]
        stack.append((event["version"], bool(event.get("protected")), event["target"]))
