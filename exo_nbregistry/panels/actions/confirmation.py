"""Confirmation of an action on versions: preview, confirm, show the result, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ipywidgets import Button, HBox, IntProgress, VBox, Widget

from exo_nbregistry.errors import ConflictError, RegistryError
from exo_nbregistry.panels.actions.plan import Plan
from exo_nbregistry.panels.actions.undo import UndoStack
from exo_nbregistry.panels.base import code_block, html, sentence
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, escape

_LONG = 20  # from this number of versions, progress is shown
_HIDDEN = "none"


def button(text: str, tooltip: str, **options: Any) -> Button:
    """Return a button as wide as its text."""
    return Button(description=text, tooltip=tooltip, layout={"width": "auto"}, **options)


def on_enter(field: Widget, submit: Callable[[], None]) -> None:
    """Call `submit` when Enter is pressed in a text field, but not when the field loses focus."""

    def submitted(_: Widget, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "submit":
            submit()

    field.on_msg(submitted)


class Confirmation(VBox):
    """Preview, confirmation, result and undo of actions.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    changed : callable
        Called after a change.
    busy : callable
        Called with True before an action runs, and with False after it.
    """

    def __init__(
        self, registry: Any, changed: Callable[[], None], busy: Callable[[bool], None]
    ) -> None:
        self._registry = registry
        self._changed, self._busy = changed, busy
        self._undo = UndoStack(registry)
        self._plan: Plan | None = None
        self._prepare: Callable[[], Plan] | None = None
        self._then: Callable[[], None] = lambda: None
        self.question = html()
        self.code = html()
        self.confirm = button("Confirm", "Run this code", button_style="primary")
        self.cancel = button("Cancel", "Change nothing")
        self.progress = IntProgress(description="Progress", layout={"display": _HIDDEN})
        self.result = html()
        self.undo = button("Undo", "")
        self.again = button("Retry", "Prepare the action again from the current state")
        self.confirm_box = VBox([self.question, self.code, HBox([self.confirm, self.cancel])])
        super().__init__(
            [self.confirm_box, self.progress, self.result, HBox([self.again, self.undo])]
        )
        self.confirm.on_click(lambda _: self._do())
        self.cancel.on_click(lambda _: self.clear_question())
        self.undo.on_click(lambda _: self._undo_last())
        self.again.on_click(lambda _: self._prepare and self.preview(self._prepare, self._then))
        self.clear_question()
        self._settle()

    def preview(self, prepare: Callable[[], Plan], then: Callable[[], None] = lambda: None) -> None:
        """Show the preview of an action, or the error that prevents it.

        Parameters
        ----------
        prepare : callable
            Returns the plan for the current state; called again by Retry.
        then : callable
            Called after the action is done.
        """
        self.clear_question()
        try:
            plan = prepare()
        except (RegistryError, OSError) as error:
            self.fail(error)
            return
        self._plan, self._prepare, self._then = plan, prepare, then
        self._show_message("")
        note = f" {plan.permanent_because}" if plan.permanent_because else ""
        self.question.value = _live("status", f"{plan.question}{note}")
        self.code.value = code_block(plan.code)
        self.confirm_box.layout.display = None
        self.confirm.focus()

    def clear_question(self, _change: Any = None) -> None:
        """Hide the preview, for example because its versions are no longer selected."""
        self._plan = self._prepare = None
        self.confirm_box.layout.display = _HIDDEN
        self.again.layout.display = _HIDDEN

    def clear_message(self) -> None:
        """Clear the last message; the action can still be undone."""
        self._show_message("")

    def fail(self, error: Exception) -> None:
        """Show an error."""
        self._show_message(sentence(error), failed=True)

    def _do(self) -> None:
        plan, prepare = self._plan, self._prepare
        if plan is None:  # the second click of a double-click
            return
        self.clear_question()
        self._work(True)
        # The refreshed display reads the same snapshot as the last call.
        with self._registry.consistent_reads():
            self._do_plan(plan, prepare)

    def _do_plan(self, plan: Plan, prepare: Callable[[], Plan] | None) -> None:
        try:
            self.progress.max, self.progress.value = len(plan.calls), 0
            self.progress.layout.display = None if len(plan.calls) >= _LONG else _HIDDEN
            outcome = self._undo.do(plan.name, plan.calls, self._advance)
            n_done = len(outcome.results)
            if outcome.error is None:
                self._show_message(plan.result_message(outcome.results))
                self._then()
            else:
                part = f"Stopped after {n_done} of {len(plan.calls)} versions: " if n_done else ""
                self._show_message(f"{part}{sentence(outcome.error)}", failed=True)
                if isinstance(outcome.error, ConflictError):
                    self._prepare = prepare
                    self.again.layout.display = None
            if n_done:
                self._changed()
        finally:
            self.progress.layout.display = _HIDDEN
            self._work(False)

    def _undo_last(self) -> None:
        if self._undo.next is None:
            return
        self.clear_question()
        self._work(True)
        try:
            self._show_message(f"Undone: {self._undo.undo()}.")
            self._changed()
        except (RegistryError, OSError) as error:
            self.fail(error)
        finally:
            self._work(False)

    def _advance(self, n_done: int) -> None:
        self.progress.value = n_done

    def _show_message(self, text: str, *, failed: bool = False) -> None:
        self.result.value = _live("alert" if failed else "status", text) if text else ""

    def _work(self, busy: bool) -> None:
        for each in (self.confirm, self.cancel, self.undo, self.again):
            each.disabled = busy
        self._busy(busy)
        if not busy:
            self._settle()

    def _settle(self) -> None:
        name = self._undo.next
        self.undo.layout.display = None if name else _HIDDEN
        self.undo.tooltip = f"Undo: {name}"


class Form(VBox):
    """Fields and buttons of one kind of action.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    confirmation : Confirmation
        Confirms and runs the actions.
    children : sequence of Widget
        Rows of the form.
    """

    title = ""
    tooltip = ""

    def __init__(
        self, registry: Any, confirmation: Confirmation, children: Sequence[Widget]
    ) -> None:
        self.registry, self.confirmation = registry, confirmation
        self.items: tuple[ModelMetadata, ...] = ()
        super().__init__(list(children))

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        raise NotImplementedError

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Update the offered values from `items`."""

    def clear(self) -> None:
        """Empty the fields after the action is done."""

    def clear_question_on_change(self, *fields: Widget) -> None:
        """Hide the preview when one of these fields changes."""
        for each in fields:
            each.observe(self.confirmation.clear_question, "value")


def _live(role: str, text: str) -> Markup:
    """Return text that screen readers announce; errors are also marked by a word."""
    mark = "<strong>Error:</strong> " if role == "alert" else ""
    color = "var(--jp-error-color0,#b71c1c)" if role == "alert" else "currentColor"
    return Markup(
        f'<div role="{role}" style="line-height:1.4;overflow-wrap:anywhere;'
        f'border-left:3px solid {color};padding:2px 0 2px 8px">{mark}{escape(text)}</div>'
    )
