"""The embedded table of Kepler Objects of Interest, as a scikit-learn dataset."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.exoplanet.data.features import resolve_features
from exo_nbregistry.exoplanet.data.table_roles import KEPLER
from exo_nbregistry.training import as_names

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

DATA = Path(__file__).parent
TARGET_NAMES = ("FALSE POSITIVE", "CONFIRMED")


def load_koi(
    features: str | Iterable[str] = "honest22",
    *,
    as_frame: bool = True,
    allow_leakage: str | Iterable[str] = (),
) -> Bunch:
    """Load the Kepler DR25 table of confirmed planets, false positives and candidates.

    The table is part of the package. It has the 8054 Kepler Objects of Interest of the NASA
    Exoplanet Archive on 2017-07-19: 2281 confirmed planets, 3976 false positives and 1797
    candidates. Its SHA-256 is checked at each call.

    Parameters
    ----------
    features : {"five", "core12", "honest22", "diagnostic38"} or iterable of str
        A feature set, or column names of the table. ``"diagnostic38"`` adds 16 measurements
        on which the mission's vetting rules are based. They do not leak the label but are
        closer to it.
    as_frame : bool, default=True
        If True, data, target and groups are pandas objects; otherwise they are arrays.
    allow_leakage : str or iterable of str, default=()
        Columns to allow although they leak the label, to show their effect.

    Returns
    -------
    Bunch
        - data : DataFrame of shape (6257, n_features), indexed by KOI name; missing is NaN
        - target : Series of shape (6257,); 1 is CONFIRMED, 0 is FALSE POSITIVE
        - target_names : list of str; ``target_names[target]`` is the archive's disposition
        - feature_names : list of str
        - groups : Series of shape (6257,); the kepid of each row's star
        - candidates : DataFrame of shape (1797, n_columns); the rows without a verdict
        - frame : DataFrame of shape (8054, n_columns); the whole table
        - leakage : list of str; the leaking columns among the features
        - roles : TableRoles; the columns of label, signal and star, for `flag_candidates`
        - name, snapshot, sha256, DESCR : str

    Raises
    ------
    NotFoundError
        If the feature set or a column does not exist.
    LeakageError
        If a column leaks the label and `allow_leakage` does not name it.
    IntegrityError
        If the table has changed since the package was released.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import load_koi
    >>> koi = load_koi("five")
    >>> koi.data.shape, len(koi.candidates)
    ((6257, 5), 1797)
    """
    manifest = embedded_manifest()
    frame = _read(DATA / manifest["file"], manifest)
    return make_bunch(frame, manifest, features, as_frame=as_frame, allow_leakage=allow_leakage)


def embedded_manifest() -> dict[str, Any]:
    """Return the metadata of the embedded table: digest, snapshot, columns, citation."""
    manifest: dict[str, Any] = json.loads((DATA / "koi_dr25.json").read_text(encoding="utf-8"))
    source = manifest["source"]
    return manifest | {
        "origin": f"From {source['member']} of {source['package']} {source['version']} "
        f"({source['licence']}, {source['copyright']})."
    }


def make_bunch(
    frame: pd.DataFrame,
    manifest: Mapping[str, Any],
    features: str | Iterable[str],
    *,
    as_frame: bool,
    allow_leakage: str | Iterable[str],
) -> Bunch:
    """Return a table of Kepler Objects of Interest in the form of `load_koi`.

    Parameters
    ----------
    frame : DataFrame
        The whole table, indexed by KOI name.
    manifest : mapping
        The table's name, title, snapshot, sha256, origin, citation and columns.
    features, as_frame, allow_leakage
        As for `load_koi`.

    Returns
    -------
    Bunch
        As `load_koi` returns it.
    """
    feature_names = resolve_features(
        features, available=list(frame.columns), allow_leakage=allow_leakage
    )
    labeled = frame[frame["koi_disposition"].isin(TARGET_NAMES)]
    parts: dict[str, Any] = {
        "data": labeled[feature_names],
        "target": (labeled["koi_disposition"] == "CONFIRMED").astype(np.int64).rename("confirmed"),
        "groups": labeled["kepid"],
    }
    if not as_frame:
        parts = {name: part.to_numpy() for name, part in parts.items()}

    from sklearn.utils import Bunch

    return Bunch(
        **parts,
        target_names=list(TARGET_NAMES),
        feature_names=feature_names,
        candidates=frame[frame["koi_disposition"] == "CANDIDATE"],
        frame=frame,
        roles=KEPLER.within(frame),
        leakage=[name for name in feature_names if name in as_names(allow_leakage)],
        name=manifest["name"],
        snapshot=manifest["snapshot"],
        sha256=manifest["sha256"],
        DESCR=_describe(frame, manifest),
    )


def _read(path: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != manifest["sha256"]:
        raise IntegrityError(
            f"The embedded table {path.name} is damaged: its SHA-256 is {found}, expected "
            f"{manifest['sha256']}. Reinstall the package.",
            key=path.name,
            expected=manifest["sha256"],
            actual=found,
        )

    import pandas as pd

    lines = csv.reader(io.StringIO(gzip.decompress(content).decode(), newline=""))
    columns = dict(zip(next(lines), zip(*lines, strict=True), strict=True))
    kinds = {column["name"]: column["kind"] for column in manifest["columns"]}
    frame = pd.DataFrame({name: _convert(kinds[name], columns[name]) for name in kinds})
    return frame.set_index("kepoi_name")


def _convert(kind: str, cells: Iterable[str]) -> list[Any]:
    """Convert cells without pandas, whose releases differ in the last digit of a number."""
    if kind == "integer":
        return [int(cell) for cell in cells]
    if kind == "number":
        return [float(cell or "nan") for cell in cells]
    return [cell or None for cell in cells]


def _describe(frame: pd.DataFrame, manifest: Mapping[str, Any]) -> str:
    present = {str(frame.index.name), *map(str, frame.columns)}
    columns = "\n".join(
        f"{column['name']:<20} {column['role']:<10} {column['description']}"
        + (f" [{column['unit']}]" if column["unit"] else "")
        for column in manifest["columns"]
        if column["name"] in present
    )
    citation = "\n".join(f"- {line}" for line in manifest["citation"])
    return (
        f"{manifest['title']}\n\n"
        f"{len(frame)} rows, snapshot of {manifest['snapshot']}, "
        f"sha256 {manifest['sha256']}.\n"
        f"{manifest['origin']}\n\n"
        f"{columns}\n\n"
        f"Most confirmed planets were validated statistically, so a classifier partly learns "
        f"the validation:\nits scores rank signals for follow-up and are not discoveries.\n\n"
        f"{citation}\n"
    )
