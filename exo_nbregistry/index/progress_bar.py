"""Progress bar of work on the index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from exo_nbregistry.config import runs_unattended

_MIN_FOR_PROGRESS = 2_000


@contextlib.contextmanager
def progress_bar(
    what: str, total: int, unit: str, *, progress: bool
) -> Iterator[Callable[[int], object]]:
    """Show a progress bar if there is much to do.

    Parameters
    ----------
    what : str
        Name of the work, such as ``Indexing``.
    total : int
        Number of items.
    unit : str
        Plural of the items, or ``B`` for bytes.
    progress : bool
        Whether to show a bar.

    Yields
    ------
    callable
        Takes the number of items that were done.
    """
    minimum = _MIN_FOR_PROGRESS << 12 if unit == "B" else _MIN_FOR_PROGRESS
    if not progress or total <= minimum or runs_unattended():
        yield lambda _count: None
        return
    from tqdm.auto import tqdm

    options = {"unit": "B", "unit_scale": True} if unit == "B" else {"unit": f" {unit}"}
    with tqdm(total=total, desc=what, **options) as bar:
        yield bar.update
