"""Changes of aliases, from the state before them."""

from __future__ import annotations

from typing import Any, NamedTuple

from exo_nbregistry.api.change import UNCHANGED, Change, Undo
from exo_nbregistry.api.registries import Registry
from exo_nbregistry.api.registry_call import RegistryCall
from exo_nbregistry.api.version_changes import require_active
from exo_nbregistry.errors import AliasNotFoundError, ConflictError, ProtectedAliasError
from exo_nbregistry.records.model_state import ACTIVE, fold
from exo_nbregistry.values.reference import check_alias, check_version, model_id


class Pointer(NamedTuple):
    """Version of an alias, and whether the alias is protected."""

    version: int
    protected: bool


class AliasState:
    """An alias before a change.

    Parameters
    ----------
    registry : Registry
        The registry.
    model, alias : str
        Key of the model, and name of the alias.
    """

    def __init__(self, registry: Registry, model: str, alias: str) -> None:
        self._registry = registry
        self.model, self.alias = model, check_alias(alias)
        self.name = f"{model}@{alias}"
        move = registry.aliases(model).get(alias)
        self.now = _pointer(move)

    def known(self) -> tuple[str, ...]:
        """Return the names of all aliases of the model."""
        return tuple(self._registry.aliases(self.model))

    def before(self) -> Pointer:
        """Return the target of a rollback, or raise AliasNotFoundError."""
        moves = self._registry.alias_history(self.model, self.alias)
        found = _pointer(fold(move.record for move in moves).before(self.alias))
        if found is None:
            raise AliasNotFoundError(
                f"{self.name} has no previous version; set the alias instead.",
                name=self.alias,
                known=self.known(),
            )
        return found

    def require_active(self, version: int) -> None:
        """Raise VersionNotFoundError if a version does not exist or is deleted."""
        require_active(self._registry.get_metadata(model_id(self.model, version)))

    def require_expected(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the expected version as an option; by default the current one.

        Raises
        ------
        ConflictError
            If the alias does not point to the expected version.
        """
        actual = self.now.version if self.now else None
        expected = given.get("expected", actual)
        if expected is not None:
            check_version(expected)
        if expected != actual:
            raise ConflictError(
                f"{self.name} points to {actual or 'no version'} instead of "
                f"{expected or 'no version'}; check the alias before you move it.",
                expected=expected,
                actual=actual,
            )
        return {"expected": expected}

    def require_unprotected(self, given: dict[str, Any], target: int | None) -> dict[str, Any]:
        """Return ``force`` as an option, if it is given.

        Raises
        ------
        ProtectedAliasError
            If the alias is protected, and would move without ``force``.
        """
        if given.get("force"):
            return {"force": True}
        if self.now and self.now.protected and self.now.version != target:
            raise ProtectedAliasError(
                f"{self.name} is protected and points to {self.now.version}.",
                alias=self.name,
                version=self.now.version,
            )
        return {}

    def warnings(self, options: dict[str, Any], target: int | None) -> tuple[str, ...]:
        """Return warnings to read before the move."""
        if self.now and self.now.protected and options.get("force") and self.now.version != target:
            return (f"{self.name} is protected, and is moved or removed in spite of that.",)
        return ()

    def undo_to_now(self, after: Pointer | None) -> Undo | None:
        """Return the request that leads back to the state before the change."""
        if self.now == after:
            return None
        parts = ("models", self.model, "aliases", self.alias)
        names = (self.model, self.alias)
        expected: dict[str, Any] = {"expected": after.version if after else None}
        if after and after.protected:
            expected["force"] = True
        if self.now is None:
            return Undo("DELETE", parts, expected, (RegistryCall("remove_alias", names, expected),))
        version, protected = self.now
        if self._registry.get_metadata(model_id(self.model, version)).status != ACTIVE:
            # An alias cannot be set to a deleted version.
            return None
        body = {"version": version, "protected": protected, **expected}
        options = {"protected": protected, **expected}
        return Undo("PUT", parts, body, (RegistryCall("set_alias", (*names, version), options),))

    def no_undo(self, after: Pointer | None) -> str:
        """Return why `undo_to_now` returns None for this change."""
        if self.now is None or self.now == after:
            return UNCHANGED
        return f"Undo is not possible, because version {self.now.version} is deleted."


def setting(state: AliasState, version: Any, given: dict[str, Any]) -> Change:
    """Return the change that sets an alias to a version."""
    number = check_version(version)
    state.require_active(number)
    protected = given.get("protected")
    options = state.require_expected(given) | state.require_unprotected(given, number)
    kept = bool(state.now and state.now.protected)
    target = Pointer(number, kept if protected is None else protected)
    shown = options if protected is None else {**options, "protected": protected}
    return Change(
        (RegistryCall("set_alias", (state.model, state.alias, number), shown),),
        _question(state, target),
        _message(state, target),
        state.undo_to_now(target),
        state.warnings(options, number),
        {"version": number, **shown},
        state.no_undo(target),
    )


def removal(state: AliasState, given: dict[str, Any]) -> Change:
    """Return the change that removes an alias."""
    options = state.require_expected(given)
    if state.now is None:
        raise AliasNotFoundError(
            f"{state.model} has no alias {state.alias!r}.",
            name=state.alias,
            known=state.known(),
        )
    options |= state.require_unprotected(given, None)
    return Change(
        (RegistryCall("remove_alias", (state.model, state.alias), options),),
        f"Remove {state.name}? It points to {state.now.version}{_mark(state.now)}.",
        f"Removed {state.name}.",
        state.undo_to_now(None),
        state.warnings(options, None),
        options,
        state.no_undo(None),
    )


def rollback(state: AliasState, given: dict[str, Any]) -> Change:
    """Return the change that moves an alias back to its previous version."""
    options = state.require_expected(given)
    target = state.before()
    options |= state.require_unprotected(given, target.version)
    state.require_active(target.version)
    start = f"from {state.now.version}{_mark(state.now)} " if state.now else ""
    return Change(
        (RegistryCall("rollback_alias", (state.model, state.alias), options),),
        f"Roll {state.name} back {start}to {target.version}{_mark(target)}?",
        f"Rolled back {state.name} to {target.version}.",
        state.undo_to_now(target),
        state.warnings(options, target.version),
        options,
        state.no_undo(target),
    )


def _question(state: AliasState, target: Pointer) -> str:
    now = state.now
    if now is not None and now.version == target.version:
        if now == target:
            return f"{state.name} already points to {target.version}; nothing will change."
        verb = "Protect" if target.protected else "Stop protecting"
        return f"{verb} {state.name} on {target.version}?"
    start = f"Move {state.name} from {now.version}{_mark(now)}" if now else f"Set {state.name}"
    return f"{start} to {target.version}{_mark(target)}?"


def _message(state: AliasState, target: Pointer) -> str:
    now = state.now
    if now is not None and now.version == target.version:
        return f"{state.name} points to {target.version}{_mark(target)}."
    start = f"Moved {state.name} from {now.version}" if now else f"Set {state.name}"
    return f"{start} to {target.version}{_mark(target)}."


def _mark(pointer: Pointer) -> str:
    return " (protected)" if pointer.protected else ""


def _pointer(move: Any) -> Pointer | None:
    if move is None or move.version is None:
        return None
    return Pointer(move.version, move.protected)
