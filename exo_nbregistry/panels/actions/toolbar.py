"""Actions of the browser panel on the selected versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipywidgets import ToggleButtons, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.actions.alias import AliasForm
from exo_nbregistry.panels.actions.confirmation import Confirmation, Form
from exo_nbregistry.panels.actions.curation import DeleteForm, NoteForm, TagForm
from exo_nbregistry.panels.actions.export import ExportForm
from exo_nbregistry.records.metadata import ModelMetadata

_FORMS = (AliasForm, TagForm, NoteForm, DeleteForm, ExportForm)


class Actions(VBox):
    """Set, move, roll back and remove aliases; tag, note, delete, restore and export.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    changed : callable
        Called after an action or an undo changed the registry.
    """

    def __init__(self, registry: Any, changed: Callable[[], None]) -> None:
        self._registry = registry
        self._refs: tuple[str, ...] = ()
        self._last = 0
        self.confirmation = Confirmation(registry, changed, self._busy)
        self.forms: tuple[Form, ...] = tuple(form(registry, self.confirmation) for form in _FORMS)
        self.choice = ToggleButtons(
            options=[(self.forms[0].title, 0)], style={"button_width": "auto"}
        )
        super().__init__([self.choice, *self.forms, self.confirmation])
        self.choice.observe(self._choose, "value")
        self.show(())

    def show(self, refs: tuple[str, ...]) -> None:
        """Show the available actions for these versions.

        Parameters
        ----------
        refs : tuple of str
            References, which are read again. Typed text is kept.
        """
        if refs != self._refs:
            self.confirmation.clear_question()
        if refs and refs != self._refs:
            # The message is about other versions. It is kept if the selection becomes empty.
            self.confirmation.clear_message()
        self._refs = refs
        items: tuple[ModelMetadata, ...] = ()
        try:
            items = tuple(self._registry.get_metadata(ref) for ref in dict.fromkeys(refs))
            for form in self.forms:
                form.items = items
                if form.fits(items):
                    form.refresh()
        except (RegistryError, OSError) as error:
            items = ()
            self.confirmation.fail(error)
        self._offer(items)

    def _offer(self, items: tuple[ModelMetadata, ...]) -> None:
        available = [i for i, form in enumerate(self.forms) if form.fits(items)]
        options = tuple((self.forms[i].title, i) for i in available)
        if self.choice.options != options:
            last = self._last
            self.choice.options = options
            self.choice.tooltips = [self.forms[i].tooltip for i in available]
            if available:
                self.choice.value = last if last in available else available[0]
            self._last = last  # keep the user's choice, not the fallback
        self.choice.layout.display = None if options else "none"
        self._draw()

    def _choose(self, _change: Any) -> None:
        self.confirmation.clear_question()
        if self.choice.value is not None:
            self._last = self.choice.value
        self._draw()

    def _draw(self) -> None:
        for i, form in enumerate(self.forms):
            form.layout.display = None if i == self.choice.value else "none"

    def _busy(self, busy: bool) -> None:
        for form in self.forms:
            for each in form.buttons():
                each.disabled = busy
