"""Progress of long work: a panel in a notebook, a progress bar elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from exo_nbregistry.config import runs_unattended, uses_panels
from exo_nbregistry.errors import RegistryError

logger = logging.getLogger("exo_nbregistry")


class ProgressListener(Protocol):
    """Receives progress updates; may be called from any thread."""

    def begin(self, name: str) -> None:
        """Handle the start of an item."""

    def step(self, steps: int = 1) -> None:
        """Handle completed steps."""

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Handle the result of an item."""

    def fail(self, name: str, reason: str, /) -> None:
        """Handle the failure of an item, with its reason."""


class NullProgress:
    """Ignores all updates; subclasses override the methods that they need."""

    def begin(self, name: str) -> None:
        """Ignore the update."""

    def step(self, steps: int = 1) -> None:
        """Ignore the update."""

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Ignore the update."""

    def fail(self, name: str, reason: str, /) -> None:
        """Ignore the update."""


class TqdmProgress(NullProgress):
    """A tqdm progress bar that counts steps and shows the last item.

    Parameters
    ----------
    bar : tqdm
        The bar.
    """

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def step(self, steps: int = 1) -> None:
        """Advance the bar."""
        self._bar.update(steps)

    def result(self, name: str, **_found: Any) -> None:
        """Show the name of the item."""
        self._bar.set_postfix_str(name, refresh=False)

    def fail(self, name: str, _reason: str, /) -> None:
        """Show the name of the item."""
        self.result(name)


@contextmanager
def show_progress(
    title: str,
    *,
    total: int | None,
    unit: str,
    shown: bool = True,
    **about: Any,
) -> Iterator[ProgressListener]:
    """Show the progress of work while the block runs.

    Parameters
    ----------
    title : str
        Title, such as ``"Training 3 models"``.
    total : int or None
        Number of steps; None if unknown.
    unit : str
        Name of a step.
    shown : bool, default=True
        Whether to show the progress.
    **about : object
        Additional facts for a panel: ``names``, ``metric``, ``larger_is_better``, ``note``.

    Yields
    ------
    ProgressListener
        Receives the updates. Errors of the display do not stop the work.
    """
    if not shown:
        yield NullProgress()
    elif not _wants_panel():
        from tqdm.auto import tqdm

        with tqdm(total=total, desc=title, unit=unit, disable=runs_unattended()) as bar:
            yield TqdmProgress(bar)
    elif (panel := _panel(title, total, unit, about)) is None:
        yield NullProgress()
    else:
        with _finishing(panel):
            yield panel.progress


def _wants_panel() -> bool:
    try:
        return uses_panels()
    except RegistryError as error:
        logger.warning("Cannot show the progress panel: %s", error)
        return False


def _panel(title: str, total: int | None, unit: str, about: Mapping[str, Any]) -> Any:
    """Return a panel that is already shown, or None."""
    try:
        from exo_nbregistry.panels.progress import Progress
        from exo_nbregistry.panels.progress_panel import ProgressPanel

        panel = ProgressPanel(Progress(total, about.get("names", ())), title, unit, **about)
        panel.start()
    except Exception as error:  # noqa: BLE001 - an error of the display must not stop the work
        logger.warning("Cannot show the progress panel: %s", error)
        return None
    return panel


@contextmanager
def _finishing(panel: Any) -> Iterator[None]:
    stopped = ""
    try:
        yield
    except BaseException as error:
        stopped = f"{type(error).__name__}: {error}".rstrip(": ")
        raise
    finally:
        try:
            panel.finish(stopped)
        except Exception as error:  # noqa: BLE001 - an error of the display must not stop the work
            logger.warning("Cannot finish the progress panel: %s", error)
