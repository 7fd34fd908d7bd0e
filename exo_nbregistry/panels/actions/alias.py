"""Setting, moving, rolling back and removing an alias."""

from __future__ import annotations

from typing import Any

from ipywidgets import Button, Checkbox, Combobox, HBox

from exo_nbregistry.errors import AliasNotFoundError, RegistryError
from exo_nbregistry.panels.actions.flow import Flow, Form, button, on_enter
from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, require_active
from exo_nbregistry.panels.actions.undo import Alias, Fact, Pointer, Status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import fold
from exo_nbregistry.values.reference import check_alias, model_id, model_key


def plan_set(registry: Any, item: ModelMetadata, name: str, protected: bool) -> Plan:
    """Plan to point an alias at a version, if it is not moved before that is confirmed."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    require_active(registry, item.model_id)
    there, target = alias.read(registry), Pointer(item.version, protected)
    if there == target:
        raise RegistryError(f"{alias.describe(there)} already.")
    call = RegistryCall(
        "set_alias",
        (alias.model, alias.name, item.version),
        {"expected": there and there.version, "protected": protected},
        _facts(alias, there),
    )
    return Plan(
        f"set {name}", _set_question(alias, there, target), (call,), f"{alias.describe(target)}."
    )


def plan_rollback(registry: Any, item: ModelMetadata, name: str) -> Plan:
    """Plan to point an alias back to where it pointed before."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    moves = registry.alias_history(alias.model, alias.name)
    before = fold(move.record for move in moves).before(alias.name)
    if before is None or before.version is None:
        raise AliasNotFoundError(
            f"{alias.model}@{alias.name} has no earlier version to go back to.", name=name
        )
    there = alias.read(registry)
    call = RegistryCall(
        "rollback_alias",
        (alias.model, alias.name),
        {"expected": there and there.version},
        _facts(alias, there),
    )
    start = f"from {there.version} " if there else ""
    target = Pointer(before.version, before.protected)
    return Plan(
        f"roll back {name}",
        f"Roll {alias.model}@{alias.name} back {start}to {target.version}?",
        (call,),
        lambda results: f"{alias.model}@{alias.name} points at {results[0].version} again.",
    )


def plan_remove(registry: Any, item: ModelMetadata, name: str) -> Plan:
    """Plan to make an alias point nowhere."""
    alias = Alias(model_key(item.model_name), check_alias(name))
    there = alias.read(registry)
    if there is None:
        raise AliasNotFoundError(
            f"{alias.model} has no alias {name!r}.", name=name, known=registry.aliases(alias.model)
        )
    call = RegistryCall(
        "remove_alias",
        (alias.model, alias.name),
        {"expected": there.version},
        _facts(alias, there),
    )
    question = f"Remove {alias.model}@{alias.name}? It points at {there.version}"
    question += " and protects it." if there.protected else "."
    return Plan(f"remove {name}", question, (call,), f"{alias.describe(None)}.")


def _facts(alias: Alias, there: Pointer | None) -> tuple[Fact, ...]:
    """Return the alias, and whether what it points at is deleted: undoing leads back there."""
    return (alias, Status(model_id(alias.model, there.version))) if there else (alias,)


def _set_question(alias: Alias, there: Pointer | None, target: Pointer) -> str:
    name = f"{alias.model}@{alias.name}"
    kept = bool(there and there.protected)
    protection = {(False, True): "protect", (True, False): "no longer protect"}.get(
        (kept, target.protected)
    )
    if there is not None and there.version == target.version:
        verb = "Protect" if target.protected else "No longer protect"
        return f"{verb} {model_id(alias.model, target.version)} by {name}?"
    start = f"Move {name} from {there.version} to" if there else f"Set {name} to version"
    return f"{start} {target.version}{f' and {protection} it' if protection else ''}?"


class AliasForm(Form):
    """An alias, and what can be done with it.

    Parameters
    ----------
    registry : ModelRegistry
        Where.
    flow : Flow
        Asks and does.
    """

    title = "Alias"

    def __init__(self, registry: Any, flow: Flow) -> None:
        self.alias = Combobox(
            description="Alias",
            placeholder="champion",
            ensure_option=False,
            tooltip="a-z, 0-9, _ or -, beginning with a letter; choose one or type a new one",
        )
        self.protected = Checkbox(
            description="protected",
            indent=False,
            tooltip="A version cannot be deleted while a protected alias points at it",
            layout={"width": "auto"},
        )
        self.set = button("Set here…", "Point the alias at this version")
        self.rollback = button("Roll back…", "Point the alias back to where it pointed before")
        self.remove = button("Remove…", "Make the alias point nowhere")
        self._pointers: dict[str, bool] = {}
        super().__init__(
            registry,
            flow,
            [HBox([self.alias, self.protected]), HBox([self.set, self.rollback, self.remove])],
        )
        on_enter(self.alias, self._ask_set)
        self.set.on_click(lambda _: self._ask_set())
        self.rollback.on_click(lambda _: self._ask(plan_rollback))
        self.remove.on_click(lambda _: self._ask(plan_remove))
        self.alias.observe(self._follow, "value")
        self.clear_question_on_change(self.alias, self.protected)

    def buttons(self) -> tuple[Button, ...]:
        """Return what must not be clicked while something is done."""
        return self.set, self.rollback, self.remove

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Tell whether this can be done with these versions."""
        return len(items) == 1

    def refresh(self) -> None:
        """Offer the aliases that the model has now."""
        moves = self.registry.aliases(self.items[0].model_name)
        self._pointers = {name: move.protected for name, move in moves.items()}
        self.alias.options = tuple(moves)

    def _follow(self, change: Any) -> None:
        """Take over the protection of an alias that is there, so that a move alone keeps it."""
        if change["new"] in self._pointers:
            self.protected.value = self._pointers[change["new"]]

    def _ask_set(self) -> None:
        item, name, protected = self.items[0], self.alias.value.strip(), self.protected.value
        self.flow.ask(lambda: plan_set(self.registry, item, name, protected))

    def _ask(self, plan: Any) -> None:
        item, name = self.items[0], self.alias.value.strip()
        self.flow.ask(lambda: plan(self.registry, item, name))
