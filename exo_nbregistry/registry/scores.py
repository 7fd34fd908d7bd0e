"""Scores of frames and of large tables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.scored_rows import label_kind
from exo_nbregistry.inference.table_check import input_columns_of
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.pinned_version import PinnedVersion, pin_version
from exo_nbregistry.registry.scorer import Scorer
from exo_nbregistry.registry.storage import open_bucket
from exo_nbregistry.registry.version_answers import class_labels
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.scoring.piece import Layout
from exo_nbregistry.scoring.table_scoring import ScoringSummary, score_table

_ON_MISMATCH = ("mark", "raise")


class Scores:
    """Registry methods that score frames and large tables.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace

    def scorer(
        self,
        ref: str,
        *,
        on_mismatch: str = "mark",
        allow_version_mismatch: bool = False,
    ) -> Scorer:
        """Return a small object that scores frames with one version, in any process.

        The reference is resolved once. The object can be pickled: it has the version, the digest of
        its model and the location of the registry, and neither the model nor a secret. Each process
        loads the model once, after the checks of `load_model`, with its own trusted signers. It
        does not need a signing key.

        Parameters
        ----------
        ref : str
            Any reference.
        on_mismatch : {'mark', 'raise'}
            What to do with rows that the model cannot take: give them a status and no prediction,
            or raise SignatureMismatchError. A missing column always raises it.
        allow_version_mismatch : bool
            As for `load_model`.

        Returns
        -------
        Scorer
            Takes a frame and returns a frame with ``prediction``, ``probability``, ``status`` and
            ``model_id`` for each row. Its ``meta`` is the empty result, for Dask.

        Raises
        ------
        NotFoundError
            If the version does not exist.
        VersionMismatchError
            If the model was registered with another minor version of scikit-learn.
        RegistryError
            If the version was registered without its training table.

        Examples
        --------
        >>> from sklearn.linear_model import LogisticRegression
        >>> X, y = [[10.0], [20.0], [900.0], [950.0]], [0, 0, 1, 1]
        >>> registry.register_model(LogisticRegression().fit(X, y), "depth", X=X, y=y)
        'depth:1'
        >>> champion = registry.set_alias("depth", "champion", 1)
        >>> registry.scorer("depth@champion")
        <Scorer depth:1 of depth@champion, sha256 ...>
        """
        pin, metadata = pin_version(self._work, ref, allow_version_mismatch=allow_version_mismatch)
        return _make_scorer(pin, metadata, ref, on_mismatch)

    def score(
        self,
        ref: str,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        *,
        engine: str | None = None,
        n_jobs: int | None = None,
        cluster: Any = None,
        batch_rows: int = 65_536,
        columns: Mapping[str, str] | None = None,
        id_columns: Sequence[str] = (),
        on_mismatch: str = "mark",
        allow_version_mismatch: bool = False,
        overwrite: bool = False,
        progress: bool = True,
    ) -> ScoringSummary:
        r"""Score a large table in Parquet or CSV, on this machine or on a Dask cluster.

        The table is scored in pieces: row groups of Parquet, blocks of lines of CSV. Each piece
        becomes one Parquet file in `target`, which is written once and names the version. A call
        that was interrupted continues when it is made again: finished pieces are skipped. Memory
        does not grow with the table.

        Parameters
        ----------
        ref : str
            Any reference; it is resolved once.
        source : str or Path
            A file, a folder, or a pattern such as ``data/2026-*.parquet``; or the URL of one, such
            as ``s3://bucket/data``.
        target : str or Path
            Folder of the results, which is created, or its URL. Each process reads the credentials
            of a bucket from its environment and the user's ``storage.toml``.
        engine : {'processes', 'dask'}, optional
            Processes of this machine, or a Dask cluster. By default a cluster if `cluster` is
            passed.
        n_jobs : int, optional
            Number of processes; by default one for each processor.
        cluster : str or Client, optional
            Address of a Dask scheduler, such as ``tcp://host:8786``, or a client. The workers must
            see `source`, `target` and the registry under the same paths.
        batch_rows : int
            Number of rows that a process scores together. Smaller batches need less memory.
        columns : mapping of str to str, optional
            For columns of the model that have another name in the table, that name.
        id_columns : sequence of str
            Columns of the table to copy to the results, such as ``["kepid"]``.
        on_mismatch, allow_version_mismatch
            As for `scorer`.
        overwrite : bool
            Remove the results in `target` first, of any version and table. Other
            files are never removed.
        progress : bool
            Whether to show a progress bar.

        Returns
        -------
        ScoringSummary
            The numbers of rows by status, and of files.

        Raises
        ------
        NotFoundError
            If the version or the table does not exist.
        SignatureMismatchError
            If a file of the table does not have a column of the model.
        ConflictError
            If `target` has results of another version or another table, or other files.
        RegistryError
            If pyarrow is not installed, or a piece cannot be read or scored. Finished pieces are
            kept.

        Examples
        --------
        >>> from pathlib import Path
        >>> from sklearn.linear_model import LogisticRegression
        >>> import pandas as pd
        >>> X = pd.DataFrame({"koi_depth": [10.0, 20.0, 900.0, 950.0]})
        >>> model = LogisticRegression().fit(X, [0, 0, 1, 1])
        >>> registry.register_model(model, "deep", X=X, y=[0, 0, 1, 1])
        'deep:1'
        >>> _ = Path("rows.csv").write_text("kepid,koi_depth\n7,901\n8,\n")
        >>> summary = registry.score("deep", "rows.csv", "scores", id_columns=["kepid"], n_jobs=1)
        >>> summary.statuses["ok"], summary.statuses["missing"]
        (1, 1)
        """
        if isinstance(id_columns, str):
            raise InvalidInputError(f"id_columns must be a list of names, got {id_columns!r}.")
        layout = Layout(dict(columns or {}), tuple(id_columns), batch_rows)
        return score_table(
            self.scorer(
                ref, on_mismatch=on_mismatch, allow_version_mismatch=allow_version_mismatch
            ),
            source,
            target,
            layout,
            open_bucket=open_bucket,
            engine=engine,
            n_jobs=n_jobs,
            cluster=cluster,
            overwrite=overwrite,
            progress=progress,
        )


def _make_scorer(pin: PinnedVersion, metadata: ModelMetadata, ref: str, on_mismatch: str) -> Scorer:
    if on_mismatch not in _ON_MISMATCH:
        raise InvalidInputError(f"on_mismatch must be 'mark' or 'raise', got {on_mismatch!r}.")
    classes, scoring = class_labels(metadata), metadata.scoring
    positive = None
    if len(classes) == 2:
        label = scoring.pos_label if scoring else None
        positive = classes.index(label) if label in classes else 1
    is_number = scoring is None or scoring.task == "regression"
    signature = metadata.signature
    return Scorer(
        pin,
        ref,
        tuple(column.name for column in input_columns_of(metadata)),
        label_kind(classes, is_number=is_number),
        positive,
        signature is not None and signature.container == "records",
        on_mismatch,
    )
