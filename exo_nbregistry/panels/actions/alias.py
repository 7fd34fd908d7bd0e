"""Set, move, roll back and remove aliases."""

from __future__ import annotations

from typing import Any

from ipywidgets import Button, Checkbox, Combobox, HBox

from exo_nbregistry.errors import AliasNotFoundError, RegistryError
from exo_nbregistry.panels.actions.confirmation import Confirmation, Form, button, on_enter
from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, require_active
from exo_nbregistry.panels.actions.undo import Alias, Fact, Pointer, Status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import fold
from exo_nbregistry.values.reference import check_alias, model_id, model_key


def plan_set(registry: Any, item: ModelMetadata, name: str, protected: bool) -> Plan:
    """Plan to set an alias to a version; another move before the confirmation is a conflict."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    require_active(registry, item.model_id)
    there, target = alias.read(registry), Pointer(item.version, protected)
    if there == target:
        raise RegistryError(f"Nothing to change: {alias.describe(there)}.")
    call = RegistryCall(
        "set_alias",
        (alias.model, alias.name, item.version),
        {"expected": there and there.version, "protected": protected} | _force(there, target),
        _facts(alias, there),
    )
    return Plan(
        f"set {name}",
        _set_question(alias, there, target),
        (call,),
        _set_message(alias, there, target),
    )


def plan_rollback(registry: Any, item: ModelMetadata, name: str) -> Plan:
    """Plan to move an alias back to its previous version."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    moves = registry.alias_history(alias.model, alias.name)
    before = fold(move.record for move in moves).before(alias.name)
    if before is None or before.version is None:
        raise AliasNotFoundError(
            f"Cannot roll back {alias.model}@{alias.name}: it has no previous version.", name=name
        )
    there, target = alias.read(registry), Pointer(before.version, before.protected)
    call = RegistryCall(
        "rollback_alias",
        (alias.model, alias.name),
        {"expected": there and there.version} | _force(there, target),
        _facts(alias, there),
    )
    start = f"from {there.version}{_mark(there)} " if there else ""
    return Plan(
        f"roll back {name}",
        f"Roll {alias.model}@{alias.name} back {start}to {target.version}?",
        (call,),
        lambda results: f"Rolled back {alias.model}@{alias.name} to {results[0].version}.",
    )


def plan_remove(registry: Any, item: ModelMetadata, name: str) -> Plan:
    """Plan to remove an alias."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    there = alias.read(registry)
    if there is None:
        raise AliasNotFoundError(
            f"{alias.model} has no alias {name!r}.", name=name, known=registry.aliases(alias.model)
        )
    call = RegistryCall(
        "remove_alias",
        (alias.model, alias.name),
        {"expected": there.version} | _force(there, None),
        _facts(alias, there),
    )
    shown = f"{alias.model}@{alias.name}"
    question = f"Remove {shown}? It points to {there.version}{_mark(there)}."
    return Plan(f"remove {name}", question, (call,), f"Removed {shown}.")


def _force(there: Pointer | None, target: Pointer | None) -> dict[str, bool]:
    """Return the argument to move or remove a protected alias, which the question names."""
    moves = target is None or (there is not None and there.version != target.version)
    return {"force": True} if there and there.protected and moves else {}


def _facts(alias: Alias, there: Pointer | None) -> tuple[Fact, ...]:
    """Return the alias and the status of its version, to which an undo leads back."""
    return (alias, Status(model_id(alias.model, there.version))) if there else (alias,)


def _set_question(alias: Alias, there: Pointer | None, target: Pointer) -> str:
    name = f"{alias.model}@{alias.name}"
    kept = bool(there and there.protected)
    protection = {(False, True): "protect", (True, False): "stop protecting"}.get(
        (kept, target.protected)
    )
    if there is not None and there.version == target.version:
        verb = "Protect" if target.protected else "Stop protecting"
        return f"{verb} {model_id(alias.model, target.version)} with {name}?"
    start = (
        f"Move {name} from {there.version}{_mark(there)} to" if there else f"Set {name} to version"
    )
    return f"{start} {target.version}{f' and {protection} it' if protection else ''}?"


def _set_message(alias: Alias, there: Pointer | None, target: Pointer) -> str:
    name = f"{alias.model}@{alias.name}"
    start = f"Moved {name} from {there.version}" if there else f"Set {name}"
    if there is not None and there.version == target.version:
        return f"{alias.describe(target)}."
    return f"{start} to {target.version}{_mark(target)}."


def _mark(pointer: Pointer) -> str:
    return " (protected)" if pointer.protected else ""


class AliasForm(Form):
    """Form to set, roll back and remove an alias.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    confirmation : Confirmation
        Confirms and runs the actions.
    """

    title = "Alias"
    tooltip = "Set, roll back or remove an alias"

    def __init__(self, registry: Any, confirmation: Confirmation) -> None:
        self.alias = Combobox(
            description="Alias",
            placeholder="champion",
            ensure_option=False,
            tooltip="An alias, or a new one of a-z, 0-9, _ and - that starts with a letter",
        )
        self.protected = Checkbox(
            description="Protected",
            indent=False,
            tooltip="Moving or removing the alias, or deleting its version, requires force=True",
            layout={"width": "auto"},
        )
        self.set = button("Set alias", "Set the alias to this version")
        self.rollback = button("Roll back", "Move the alias back to its previous version")
        self.remove = button("Remove", "Remove the alias")
        self._pointers: dict[str, bool] = {}
        super().__init__(
            registry,
            confirmation,
            [HBox([self.alias, self.protected]), HBox([self.set, self.rollback, self.remove])],
        )
        on_enter(self.alias, self._preview_set)
        self.set.on_click(lambda _: self._preview_set())
        self.rollback.on_click(lambda _: self._preview(plan_rollback))
        self.remove.on_click(lambda _: self._preview(plan_remove))
        self.alias.observe(self._follow, "value")
        self.clear_question_on_change(self.alias, self.protected)

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        return self.set, self.rollback, self.remove

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        return len(items) == 1

    def refresh(self) -> None:
        """Offer the current aliases of the model."""
        moves = self.registry.aliases(self.items[0].model_name)
        self._pointers = {name: move.protected for name, move in moves.items()}
        self.alias.options = tuple(moves)

    def _follow(self, change: Any) -> None:
        """Copy the protection of an existing alias, so that a move keeps it."""
        if change["new"] in self._pointers:
            self.protected.value = self._pointers[change["new"]]

    def _preview_set(self) -> None:
        item, name, protected = self.items[0], self.alias.value.strip(), self.protected.value
        self.confirmation.preview(lambda: plan_set(self.registry, item, name, protected))

    def _preview(self, plan: Any) -> None:
        item, name = self.items[0], self.alias.value.strip()
        self.confirmation.preview(lambda: plan(self.registry, item, name))
