"""A small registry to act on, and hands that click."""

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
    """The actions on a registry, clicked by their titles.

    Parameters
    ----------
    registry : ModelRegistry
        What is acted on; `other` opens the same folder as another kernel does.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self.other = ModelRegistry(registry.location)
        self.changes: list[str] = []
        self.actions = Actions(registry, self._changed)
        self.flow = self.actions.flow
        self.forms: dict[str, Any] = {form.title: form for form in self.actions.forms}

    def _changed(self) -> None:
        self.changes.append(text(self.flow.result.value))

    def show(self, *refs: str) -> ActionsDriver:
        """Select versions."""
        self.actions.show(refs)
        return self

    @property
    def question(self) -> str:
        """The question that is there to be answered; empty if there is none."""
        shown = self.flow.confirm_box.layout.display != "none"
        return text(self.flow.question.value) if shown else ""

    @property
    def code(self) -> str:
        """The code that is there to be copied."""
        return text(self.flow.code.value)

    @property
    def message(self) -> str:
        """What came of it."""
        return text(self.flow.result.value)

    def ask(self, title: str, button: str, **typed: Any) -> str:
        """Fill in a form and click one of its buttons; return the question."""
        form = self.forms[title]
        for name, value in typed.items():
            getattr(form, name).value = value
        getattr(form, button).click()
        return self.question

    def do(self, title: str, button: str, **typed: Any) -> str:
        """Do the same, confirm it, and return what came of it."""
        self.ask(title, button, **typed)
        self.flow.confirm.click()
        return self.message

    def undo(self) -> str:
        """Click Undo, and return what came of it."""
        self.flow.undo.click()
        return self.message

    @property
    def can_undo(self) -> str:
        """The text of the button that undoes; empty if it is hidden."""
        hidden = self.flow.undo.layout.display == "none"
        return "" if hidden else str(self.flow.undo.description)


def text(page: str) -> str:
    """Return the text that a reader of HTML sees."""
    return "".join(Page(page).text)


def elements(*pages: str) -> set[str]:
    """Return the elements that a browser would make of live HTML."""
    return {element for page in pages for element in Page(page).elements}


def enter(field: Any) -> None:
    """Press Enter in a text field, as the page tells it."""
    field._handle_custom_msg({"event": "submit"}, [])
