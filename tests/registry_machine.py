"""Random calls of a registry, and a dict with the expected content."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exo_nbregistry.errors import ConflictError, NotFoundError
from exo_nbregistry.registry.facade import ModelRegistry

NAMES = st.sampled_from(["toy", "other"])
ALIASES = st.sampled_from(["champion", "challenger"])


class RegistryMachine(RuleBasedStateMachine):
    """Two kernels on one registry, and a dict with its expected content."""

    def open_twice(self) -> list[ModelRegistry]:
        """Open the same new registry twice."""
        self.folder = Path(tempfile.mkdtemp())
        return [ModelRegistry(self.folder / "r", durable=False, create=True) for _ in range(2)]

    @initialize()
    def open(self) -> None:
        """Begin with an empty registry."""
        self.folder: Path | None = None
        self.kernels = self.open_twice()
        self.versions: dict[tuple[str, int], str] = {}
        self.values: dict[tuple[str, int], int] = {}
        self.stacks: dict[tuple[str, str], list[tuple[int, bool]]] = {}
        self.tags: dict[tuple[str, int], set[str]] = {}
        self.texts: dict[tuple[str, int], dict[str, str]] = {}
        self.count = 0

    def teardown(self) -> None:
        """Remove the folder."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def version(self, pick: int) -> tuple[str, int]:
        """Choose a version, deleted ones included."""
        return sorted(self.versions)[pick % len(self.versions)]

    @rule(kernel=st.integers(0, 1), name=NAMES)
    def register(self, kernel: int, name: str) -> None:
        """The next number is one above the highest number so far."""
        self.count += 1
        ref = self.kernels[kernel].register_model(
            model={"value": self.count}, model_name=name, evaluation_results={"m": self.count}
        )
        number = 1 + max((n for key, n in self.versions if key == name), default=0)
        assert ref == f"{name}:{number}"
        self.versions[name, number] = "active"
        self.values[name, number] = self.count
        self.tags[name, number] = set()
        self.texts[name, number] = {}

    @precondition(lambda self: self.versions)
    @rule(
        kernel=st.integers(0, 1),
        pick=st.integers(0, 99),
        action=st.sampled_from(["delete", "restore", "purge"]),
        force=st.booleans(),
    )
    def retire(self, kernel: int, pick: int, action: str, force: bool) -> None:
        """Delete, restore and purge depend on the status and on aliases."""
        name, number = version = self.version(pick)
        call = getattr(self.kernels[kernel], f"{action}_model")
        pointing = [
            stack[-1]
            for (model, _), stack in self.stacks.items()
            if model == name and stack[-1][0] == number
        ]
        held = pointing if action == "purge" else (number, True) in pointing
        done = {"delete": ("deleted", "purged"), "purge": ("purged",)}.get(action, ())
        if action != "restore" and held and self.versions[version] not in done:
            with pytest.raises(ConflictError):
                call(f"{name}:{number}")
            if not force:
                return
            call(f"{name}:{number}", force=True)
            self.versions[version] = f"{action}d"
            return
        if action == "restore" and self.versions[version] == "purged":
            with pytest.raises(NotFoundError):
                call(f"{name}:{number}")
            return
        call(f"{name}:{number}")
        after = {"delete": "deleted", "restore": "active", "purge": "purged"}[action]
        self.versions[version] = "purged" if self.versions[version] == "purged" else after

    @precondition(lambda self: self.versions)
    @rule(kernel=st.integers(0, 1), pick=st.integers(0, 99), alias=ALIASES, protected=st.booleans())
    def move(self, kernel: int, pick: int, alias: str, protected: bool) -> None:
        """An alias can only be set to an active version."""
        name, number = version = self.version(pick)
        call = self.kernels[kernel].set_alias
        if self.versions[version] != "active":
            with pytest.raises(NotFoundError):
                call(name, alias, number, protected=protected)
            return
        stack = self.stacks.setdefault((name, alias), [])
        if stack and stack[-1][1] and stack[-1][0] != number:
            with pytest.raises(ConflictError):
                call(name, alias, number, protected=protected)
        call(name, alias, number, protected=protected, force=True)
        if not stack or stack[-1] != (number, protected):
            stack.append((number, protected))

    @precondition(lambda self: self.stacks)
    @rule(kernel=st.integers(0, 1), pick=st.integers(0, 99))
    def rollback(self, kernel: int, pick: int) -> None:
        """An alias is rolled back to its previous version, if that is active."""
        name, alias = sorted(self.stacks)[pick % len(self.stacks)]
        stack = self.stacks[name, alias]
        call = self.kernels[kernel].rollback_alias
        if len(stack) < 2 or self.versions[name, stack[-2][0]] != "active":
            with pytest.raises(NotFoundError):
                call(name, alias)
            return
        number, protected = stack.pop()
        if protected and number != stack[-1][0]:
            with pytest.raises(ConflictError):
                call(name, alias)
        assert call(name, alias, force=True).version == stack[-1][0]

    @precondition(lambda self: self.versions)
    @rule(kernel=st.integers(0, 1), pick=st.integers(0, 99), tag=st.sampled_from(["a", "b"]))
    def tag(self, kernel: int, pick: int, tag: str) -> None:
        """Only an active version can be tagged."""
        name, number = version = self.version(pick)
        call = self.kernels[kernel].tag_model
        if self.versions[version] != "active":
            with pytest.raises(NotFoundError):
                call(f"{name}:{number}", tag)
            return
        call(f"{name}:{number}", tag)
        self.tags[version].add(tag)

    @precondition(lambda self: self.versions)
    @rule(
        kernel=st.integers(0, 1),
        pick=st.integers(0, 99),
        attached=st.sampled_from(["a", "b"]),
        text=st.sampled_from(["x", "y"]),
    )
    def attach(self, kernel: int, pick: int, attached: str, text: str) -> None:
        """An active version takes one content under each name."""
        name, number = version = self.version(pick)
        call = self.kernels[kernel].attach
        if self.versions[version] != "active":
            with pytest.raises(NotFoundError):
                call(f"{name}:{number}", attached, text)
            return
        if self.texts[version].get(attached, text) != text:
            with pytest.raises(ConflictError):
                call(f"{name}:{number}", attached, text)
            return
        call(f"{name}:{number}", attached, text)
        self.texts[version][attached] = text

    @invariant()
    def both_kernels_show_the_same(self) -> None:
        """Listings, tags, attachments, aliases, models and the best version agree with the dict."""
        active = sorted(v for v, status in self.versions.items() if status == "active")
        for kernel in self.kernels:
            listed = kernel.list_models()
            assert sorted((m.model_name, m.version) for m in listed) == active
            for m in listed:
                version = (m.model_name, m.version)
                assert set(m.tags) == self.tags[version]
                assert m.attachments.keys() == self.texts[version].keys()
                assert self.texts[version] == {
                    name: kernel.load_attachment(m.model_id, name) for name in m.attachments
                }
                holders = {
                    alias
                    for (model, alias), stack in self.stacks.items()
                    if model == m.model_name and stack[-1][0] == m.version
                }
                assert set(m.aliases) == holders
            if active:
                model, best = kernel.get_best_model("m", higher_is_better=True)
                assert model["value"] == best.metrics["m"] == max(self.values[v] for v in active)

    @precondition(lambda self: self.versions)
    @invariant()
    def nothing_is_damaged(self) -> None:
        """The audit finds no faults."""
        assert self.kernels[0].verify().faults == ()
