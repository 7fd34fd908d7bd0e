"""Keep a follow-up list: as CSV, and as a note with the version that made it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.fs.atomic import make_folder, replace_file
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.text.markup import count

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry

CAVEAT = (
    "A ranking for follow-up, not a discovery: most confirmed planets were validated by "
    "statistics, so the model partly learns the validators."
)
_NOTE = "Follow-up list: "
_SAME_IN_ALL = ("model_version", "snapshot", "caveat")


def export_followup(flagged: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a follow-up list as CSV, whole or not at all.

    Parameters
    ----------
    flagged : DataFrame
        What `flag_candidates` returned.
    path : str or path-like
        The file; its folder is made, and a file of that name is replaced.

    Returns
    -------
    Path
        The file.
    """
    target = Path(path).expanduser()
    with raising_store_errors("write", target):
        make_folder(target.parent)
        replace_file(target, _csv(flagged).encode())
    return target


def record_followup(registry: ModelRegistry, flagged: pd.DataFrame) -> str:
    """Keep a follow-up list with the version that made it, as a note.

    Parameters
    ----------
    registry : ModelRegistry
        Where the version is.
    flagged : DataFrame
        What `flag_candidates` returned for a reference, with at least one row.

    Returns
    -------
    str
        The version's model_id. A list that is its newest one already is not kept again.

    Raises
    ------
    RegistryError
        If the list is empty, or was not made by one registered version.
    """
    versions = flagged["model_version"].unique().tolist()
    if len(versions) != 1 or ":" not in versions[0]:
        made_by = ", ".join(versions) or "nobody, for it is empty"
        raise RegistryError(
            f"A list is kept with the one version that made it, and this was made by {made_by}: "
            "flag candidates with a reference and its registry."
        )
    head = f"{_NOTE}{count(len(flagged), 'candidate')} of {flagged['snapshot'].iloc[0]}. {CAVEAT}"
    text = f"{head}\n{_csv(flagged.drop(columns=list(_SAME_IN_ALL)))}"
    if text not in _lists(registry, versions[0])[-1:]:
        registry.annotate(versions[0], text)
    return str(versions[0])


def read_followup(registry: ModelRegistry, ref: str) -> pd.DataFrame:
    """Return the newest follow-up list that was kept with a version.

    Parameters
    ----------
    registry : ModelRegistry
        Where the version is.
    ref : str
        Any reference.

    Returns
    -------
    DataFrame of shape (n_flagged, 7)
        Without what is the same in each row: model, snapshot and caveat.

    Raises
    ------
    NotFoundError
        If none was kept.
    """
    import pandas as pd

    lists = _lists(registry, ref)
    if not lists:
        raise NotFoundError(
            f"No follow-up list was kept with {ref}: record_followup keeps one.", name=ref
        )
    return pd.read_csv(io.StringIO(lists[-1].partition("\n")[2]), index_col=0)


def _lists(registry: ModelRegistry, ref: str) -> list[str]:
    notes = registry.get_metadata(ref).notes
    return [note.text for note in notes if note.text.startswith(_NOTE)]


def _csv(flagged: pd.DataFrame) -> str:
    text: str = flagged.to_csv(index_label="koi", float_format="%.6g", lineterminator="\n")
    return text
