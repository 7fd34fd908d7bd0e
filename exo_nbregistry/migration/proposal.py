"""The table of the files that a reader proposes as versions, which a user checks."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.sources.found import FoundModel

PROPOSAL_HEADERS = ("file", "model", "version")
MAX_FILES = 100


def proposal_rows(models: Sequence[FoundModel]) -> list[list[object]]:
    """Return a row for each file that is proposed as a version, oldest first for each model.

    Parameters
    ----------
    models : sequence of FoundModel
        The models. Those of a store with versions of its own have no rows.

    Returns
    -------
    list of list
        File, model and version; the version is ``next`` if the name of the file has no number.
        After the first 100 files, the last row has the number of the others.

    Examples
    --------
    >>> proposal_rows([FoundModel(name="rf", proposal=(("rf_v1.pkl", 1), ("rf_new.pkl", None)))])
    [['rf_v1.pkl', 'rf', 1], ['rf_new.pkl', 'rf', 'next']]
    """
    rows: list[list[object]] = [
        [file, model.name, "next" if number is None else number]
        for model in models
        for file, number in model.proposal
    ]
    rest = len(rows) - MAX_FILES
    more: list[list[object]] = [[f"… and {rest:,} more", "", ""]] if rest > 0 else []
    return [*rows[:MAX_FILES], *more]
