"""Export of a follow-up list from its panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.followup.csv_and_notes import export_followup
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.text.markup import count


def export_list(
    scored: ScoredCandidates, threshold: float, name: object, *, replace: bool
) -> dict[str, Any]:
    """Write the flagged candidates to a CSV file.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Minimum probability of a flagged candidate.
    name : str
        Name of the file.
    replace : bool
        Whether to replace an existing file.

    Returns
    -------
    dict
        Whether the file was written, a message, and the same in code.

    Raises
    ------
    InvalidInputError
        If the name is not valid, or the file cannot be written.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidInputError("Enter a file name.")
    flagged = scored.above(threshold)
    try:
        path = Path(name.strip()).expanduser()
        if path.is_file() and not replace:
            question = f"{path} already exists. Replace it?"
            return {"written": False, "message": question, "code": None}
        written = export_followup(flagged, path).absolute()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInputError(f"Cannot export the list: {error}") from error
    code = f"export_followup(flagged.above({threshold:g}), {str(path)!r})"
    message = f"Exported {count(len(flagged), 'candidate')} to {written}."
    return {"written": True, "message": message, "code": code}
