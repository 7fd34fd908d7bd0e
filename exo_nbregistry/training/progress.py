"""Who follows work: a panel in a notebook, a progress bar elsewhere, or nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from exo_nbregistry.config import shows_panels
from exo_nbregistry.errors import RegistryError

logger = logging.getLogger("exo_nbregistry")


class ProgressListener(Protocol):
    """Is told how work goes on, from any thread."""

    def begin(self, name: str) -> None:
        """Hear that something is being worked on."""

    def step(self, steps: int = 1) -> None:
        """Hear that steps are done."""

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Hear what came of something."""

    def fail(self, name: str, reason: str, /) -> None:
        """Hear that something failed, and why."""


class NullProgress:
    """Follows nothing; whoever follows more says only what is different."""

    def begin(self, name: str) -> None:
        """Let it pass."""

    def step(self, steps: int = 1) -> None:
        """Let it pass."""

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Let it pass."""

    def fail(self, name: str, reason: str, /) -> None:
        """Let it pass."""


class TqdmProgress(NullProgress):
    """A progress bar of tqdm that counts steps and names what came last.

    Parameters
    ----------
    bar : tqdm
        The bar.
    """

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def step(self, steps: int = 1) -> None:
        """Move on."""
        self._bar.update(steps)

    def result(self, name: str, **_found: Any) -> None:
        """Name it."""
        self._bar.set_postfix_str(name, refresh=False)

    def fail(self, name: str, _reason: str, /) -> None:
        """Name it."""
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
    """Show how work goes on, as long as the block runs.

    Parameters
    ----------
    title : str
        What is done, such as ``"Training 3 models"``.
    total : int or None
        How many steps there are; None if nobody knows.
    unit : str
        What a step is.
    shown : bool, default=True
        Whether to show anything.
    **about : object
        What a panel shows more: ``names``, ``metric``, ``larger_is_better``, ``note``.

    Yields
    ------
    ProgressListener
        Is told how the work goes on. Whatever happens to what is shown, the work goes on.
    """
    if not shown:
        yield NullProgress()
    elif not _wants_panel():
        from tqdm.auto import tqdm

        with tqdm(total=total, desc=title, unit=unit) as bar:
            yield TqdmProgress(bar)
    elif (panel := _panel(title, total, unit, about)) is None:
        yield NullProgress()
    else:
        with _finishing(panel):
            yield panel.progress


def _wants_panel() -> bool:
    try:
        return shows_panels()
    except RegistryError as error:
        logger.warning("No panel follows the work: %s", error)
        return False


def _panel(title: str, total: int | None, unit: str, about: Mapping[str, Any]) -> Any:
    """Return a panel that is shown already, or None."""
    try:
        from exo_nbregistry.panels.progress import Progress
        from exo_nbregistry.panels.progress_panel import ProgressPanel

        panel = ProgressPanel(Progress(total, about.get("names", ())), title, unit, **about)
        panel.start()
    except Exception as error:  # noqa: BLE001 - what is shown never stops the work
        logger.warning("No panel follows the work: %s", error)
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
        except Exception as error:  # noqa: BLE001 - what is shown never stops the work
            logger.warning("The panel that follows the work has no summary: %s", error)
