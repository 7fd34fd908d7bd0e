"""A small registry, and a driver that clicks the actions of a panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exo_nbregistry.panels.actions.toolbar import Actions
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page


def toys(folder: Path, count: int = 5) -> ModelRegistry:
    """Return a registry with some versions of ``toy``."""
    registry = ModelRegistry(folder, durable=False)
    for value in range(count):
        registry.register_model({"value": value}, "toy", algorithm="dict")
    return registry


class ActionsDriver:
    """Driver of the actions; forms are found by their titles.

    Parameters
    ----------
    registry : ModelRegistry
        The registry; `other` opens the same folder, as another kernel does.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self.other = ModelRegistry(registry.location)
        self.changes: list[str] = []
        self.actions = Actions(registry, self._changed)
        self.confirmation = self.actions.confirmation
        self.forms: dict[str, Any] = {form.title: form for form in self.actions.forms}

    def _changed(self) -> None:
        self.changes.append(text(self.confirmation.result.value))

    def show(self, *refs: str) -> ActionsDriver:
        """Select versions."""
        self.actions.show(refs)
        return self

    @property
    def question(self) -> str:
        """The shown question; empty if there is none."""
        shown = self.confirmation.confirm_box.layout.display != "none"
        return text(self.confirmation.question.value) if shown else ""

    @property
    def code(self) -> str:
        """The shown code."""
        return text(self.confirmation.code.value)

    @property
    def message(self) -> str:
        """The shown result."""
        return text(self.confirmation.result.value)

    def ask(self, title: str, button: str, **typed: Any) -> str:
        """Fill in a form, click one of its buttons and return the question."""
        form = self.forms[title]
        for name, value in typed.items():
            getattr(form, name).value = value
        getattr(form, button).click()
        return self.question

    def do(self, title: str, button: str, **typed: Any) -> str:
        """Fill in a form, confirm the action and return the result."""
        self.ask(title, button, **typed)
        self.confirmation.confirm.click()
        return self.message

    def undo(self) -> str:
        """Click Undo and return the result."""
        self.confirmation.undo.click()
        return self.message

    @property
    def can_undo(self) -> str:
        """The tooltip of the Undo button; empty if the button is hidden."""
        hidden = self.confirmation.undo.layout.display == "none"
        return "" if hidden else str(self.confirmation.undo.tooltip)


def text(page: str) -> str:
    """Return the text that a reader of HTML sees."""
    return "".join(Page(page).text)


def elements(*pages: str) -> set[str]:
    """Return the elements of live HTML."""
    return {element for page in pages for element in Page(page).elements}


def enter(field: Any) -> None:
    """Press Enter in a text field."""
    field._handle_custom_msg({"event": "submit"}, [])
