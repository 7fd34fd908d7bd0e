"""Follow-up lists as CSV files and as notes of a version."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.fs.atomic import make_folder, replace_file
from exo_nbregistry.inference.answer_table import plain_cell, safe_cell
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry

CAVEAT = (
    "A ranking for follow-up, not a discovery: most confirmed planets were validated by "
    "statistics, so the model partly learns the validation method."
)
_NOTE = "Follow-up list: "
_CONSTANT_COLUMNS = ("model_version", "snapshot", "caveat")


def export_followup(flagged: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a follow-up list to a CSV file atomically.

    Parameters
    ----------
    flagged : DataFrame
        The list, as `flag_candidates` returns it. Positions (``ra``, ``dec``) are in degrees.
    path : str or path-like
        The file. Its folder is created, and an existing file is replaced.

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
    """Add a follow-up list as a note to the version that scored it.

    Parameters
    ----------
    registry : ModelRegistry
        The registry of the version.
    flagged : DataFrame
        The list, as `flag_candidates` returns it for a reference, with at least one row.

    Returns
    -------
    str
        The model ID of the version. A list that equals the newest one is not added again.

    Raises
    ------
    RegistryError
        If the list is empty or was not scored by one registered version.
    """
    versions = flagged["model_version"].unique().tolist()
    if len(versions) != 1 or ":" not in versions[0]:
        found = name_list(versions) or "an empty list"
        raise RegistryError(
            f"A follow-up list must come from one registered version, got {found}. Pass a "
            "reference and its registry to flag_candidates."
        )
    head = f"{_NOTE}{count(len(flagged), 'candidate')} of {flagged['snapshot'].iloc[0]}. {CAVEAT}"
    text = f"{head}\n{_csv(flagged.drop(columns=list(_CONSTANT_COLUMNS)))}"
    if text not in _lists(registry, versions[0])[-1:]:
        registry.annotate(versions[0], text)
    return str(versions[0])


def read_followup(registry: ModelRegistry, ref: str) -> pd.DataFrame:
    """Return the newest follow-up list of a version.

    Parameters
    ----------
    registry : ModelRegistry
        The registry of the version.
    ref : str
        Any reference.

    Returns
    -------
    DataFrame of shape (n_flagged, n_columns)
        The list, without the columns for model, snapshot and caveat.

    Raises
    ------
    NotFoundError
        If the version does not have a list.
    """
    import pandas as pd

    lists = _lists(registry, ref)
    if not lists:
        raise NotFoundError(
            f"{ref} does not have a follow-up list; add one with record_followup.", name=ref
        )
    found = pd.read_csv(io.StringIO(lists[-1].partition("\n")[2]), index_col=0)
    for name in found.select_dtypes(exclude="number").columns:
        found[name] = found[name].map(_plain)
    return found.rename(index=_plain, columns=_plain)


def _lists(registry: ModelRegistry, ref: str) -> list[str]:
    notes = registry.get_metadata(ref).notes
    return [note.text for note in notes if note.text.startswith(_NOTE)]


def _csv(flagged: pd.DataFrame) -> str:
    named = flagged.index.name
    safe = flagged.rename(index=safe_cell, columns=safe_cell)
    for name in safe.select_dtypes(exclude="number").columns:
        safe[name] = safe[name].astype(object).map(safe_cell)
    text: str = safe.to_csv(
        index_label="koi" if named in (None, "kepoi_name") else str(named),
        float_format=_brief,
        lineterminator="\n",
    )
    return text


def _plain(value: Any) -> Any:
    return plain_cell(value) if isinstance(value, str) else value


def _brief(value: Any) -> str:
    # Nine digits are 0.001 arcseconds of a position; a probability needs six.
    return f"{value:.6g}" if abs(value) < 1 else f"{value:.9g}"
