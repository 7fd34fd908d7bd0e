"""Calls after each cell."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from exo_nbregistry.panels.cell_events import call_after_cells


class Counter:
    """Counts calls."""

    def __init__(self) -> None:
        self.calls = 0

    def add(self) -> None:
        """Count a call."""
        self.calls += 1


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """Return an IPython shell."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_method_is_called_after_each_cell(shell: InteractiveShell) -> None:
    """The method is called once for each cell, also after an error."""
    counter = Counter()
    stop = call_after_cells(counter.add)
    shell.run_cell("1 + 1")
    shell.run_cell("1 / 0")
    stop()
    shell.run_cell("1 + 1")
    assert counter.calls == 2


def test_a_counted_object_is_not_kept_alive(shell: InteractiveShell) -> None:
    """The event ends by itself when the object of the method was removed."""
    before = list(shell.events.callbacks["post_run_cell"])
    call_after_cells(Counter().add)
    gc.collect()
    shell.run_cell("1 + 1")
    assert shell.events.callbacks["post_run_cell"] == before


def test_without_ipython_nothing_is_called() -> None:
    """In a script there are no cells."""
    counter = Counter()
    call_after_cells(counter.add)()
    assert counter.calls == 0
