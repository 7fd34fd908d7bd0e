"""The SQLite store of MLflow 2 and 3, read without MLflow.

Source: ``mlflow/store/model_registry/dbmodels/models.py`` and
``mlflow/store/tracking/dbmodels/models.py`` of MLflow 2.22 and 3.17.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import FoundModel, FoundVersion
from exo_nbregistry.sources.mlflow_rows import TrackingRows
from exo_nbregistry.sources.mlflow_uri import ARTIFACT_FOLDERS, Locator, model_id_of
from exo_nbregistry.sources.mlflow_version import (
    DELETED,
    PROMPT_TAG,
    Registered,
    join_version,
)
from exo_nbregistry.sources.sqlite_file import SqliteFile, texts
from exo_nbregistry.text.markup import count

FILE_NAME = "mlflow.db"
_TABLES = {"registered_models", "model_versions", "runs"}
_DEFAULT_WORKSPACE = "default"
_NOT_DELETED = f"coalesce(current_stage, '') <> '{DELETED}'"


class MlflowDatabase:
    """The SQLite store of MLflow.

    Parameters
    ----------
    path : Path
        ``mlflow.db``, the folder that has it, or the folder ``mlruns`` or ``mlartifacts`` with its
        artifacts beside it.

    Raises
    ------
    InvalidInputError
        If the database cannot be read.
    """

    kind = "mlflow"

    def __init__(self, path: Path) -> None:
        file = _file(path)
        self.location = str(file)
        self._database = SqliteFile(file)
        self._rows = TrackingRows(self._database)
        self._locator = Locator(file.parent, self)
        self._workspaces = "workspace" in self._database.columns("registered_models")
        self.lost = self._lost()

    @classmethod
    def detects(cls, path: Path) -> bool:
        """Return whether a path is a database of MLflow, or a folder with or beside ``mlflow.db``.

        Parameters
        ----------
        path : Path
            The path.
        """
        file = _file(path)
        try:
            return SqliteFile.has_tables(file, _TABLES)
        except InvalidInputError:
            # It is damaged or locked, which opening it explains.
            return file.name == FILE_NAME

    def models(self) -> Iterator[FoundModel]:
        """Yield the registered models in the order of their names, without prompts."""
        tags: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for workspace, name, key, value in self._select(
            f"SELECT {self._workspace()}, name, {texts('key, value')} FROM registered_model_tags"
        ):
            tags[workspace, name][key] = value or ""
        deleted = Counter(
            {
                (workspace, name): n_versions
                for workspace, name, n_versions in self._select(
                    f"SELECT {self._workspace()}, name, count(*) FROM model_versions "
                    f"WHERE NOT {_NOT_DELETED} GROUP BY 1, 2"
                )
            }
        )
        for workspace, name, description in self._select(
            f"SELECT {self._workspace()}, name, {texts('description')} FROM registered_models "
            "WHERE typeof(name) = 'text' ORDER BY 1, 2"
        ):
            of_model = tags.get((workspace, name), {})
            if PROMPT_TAG in of_model:
                continue
            n_deleted = deleted[workspace, name]
            yield FoundModel(
                name=_full_name(workspace, name),
                description=description or "",
                tags=of_model,
                lost=(count(n_deleted, "deleted version"),) if n_deleted else (),
            )

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model, oldest first.

        Parameters
        ----------
        name : str
            Name of the model.
        """
        workspace, short_name = self._split(name)
        tags: dict[int, dict[str, str]] = defaultdict(dict)
        for number, key, value in self._rows_of("key, value", "model_version_tags", name):
            tags[number][key] = value or ""
        aliases: dict[int, list[str]] = defaultdict(list)
        for number, alias in self._rows_of("alias", "registered_model_aliases", name):
            aliases[number].append(alias)
        location = self._database.column("model_versions", "storage_location")
        columns = texts(f"description, user_id, current_stage, source, run_id, status, {location}")
        rows = self._select(
            f"SELECT version, creation_time, {columns} FROM model_versions "
            f"WHERE {self._workspace()} = ? AND name = ? AND typeof(version) = 'integer' "
            f"AND {_NOT_DELETED} ORDER BY version",
            (workspace, short_name),
        )
        for number, created_ms, description, user, stage, source, run_id, status, stored in rows:
            registered = Registered(
                name=name,
                number=number,
                created_ms=created_ms,
                description=description,
                user=user,
                stage=stage,
                source=source,
                run_id=run_id or None,
                status=status,
                storage_location=stored,
                model_id=model_id_of(source, stored),
                tags=tags.pop(number, {}),
                aliases=tuple(sorted(aliases.get(number, ()))),
            )
            yield self._version(registered)

    def _version(self, registered: Registered) -> FoundVersion:
        logged = self._rows.logged_model(registered.model_id)
        if logged and not registered.run_id:
            registered.run_id = logged.run_id
        return join_version(registered, self._rows.run(registered.run_id), logged, self._locator)

    # Where the files are.

    def run_location(self, run_id: str) -> str | None:
        """Return the artifact URI of a run, or None.

        Parameters
        ----------
        run_id : str
            The run.
        """
        return self._text("SELECT artifact_uri FROM runs WHERE run_uuid = ?", (run_id,))

    def logged_model_location(self, model_id: str) -> str | None:
        """Return the artifact URI of a logged model, or None.

        Parameters
        ----------
        model_id : str
            The logged model.
        """
        if "logged_models" not in self._database.tables:
            return None
        return self._text(
            "SELECT artifact_location FROM logged_models WHERE model_id = ?", (model_id,)
        )

    def version_location(self, name: str, number_or_alias: str) -> str | None:
        """Return the URI of a registered version, or None.

        Parameters
        ----------
        name : str
            Name of the model.
        number_or_alias : str
            Its number or an alias.
        """
        number: Any = number_or_alias
        if not number_or_alias.isdecimal():
            number = next(
                (
                    row[0]
                    for row in self._rows_of("alias", "registered_model_aliases", name)
                    if row[1] == number_or_alias
                ),
                None,
            )
        location = self._database.column("model_versions", "storage_location")
        return self._text(
            f"SELECT coalesce({location}, source) FROM model_versions "
            f"WHERE {self._workspace()} = ? AND name = ? AND version = ?",
            (*self._split(name), number),
        )

    def _lost(self) -> tuple[str, ...]:
        queries = [
            ("trace", "SELECT count(*) FROM trace_info", "trace_info"),
            (
                "webhook",
                "SELECT count(*) FROM webhooks WHERE deleted_timestamp IS NULL",
                "webhooks",
            ),
            (
                "prompt",
                f"SELECT count(*) FROM registered_model_tags WHERE key = '{PROMPT_TAG}'",
                "registered_model_tags",
            ),
            ("deleted run", "SELECT count(*) FROM runs WHERE lifecycle_stage = 'deleted'", "runs"),
            (
                "deleted experiment",
                "SELECT count(*) FROM experiments WHERE lifecycle_stage = 'deleted'",
                "experiments",
            ),
        ]
        return tuple(
            count(found, noun)
            for noun, query, table in queries
            if table in self._database.tables and (found := self._count(query))
        )

    def _rows_of(self, columns: str, table: str, name: str) -> list[Any]:
        if table not in self._database.tables:
            return []
        return self._select(
            f"SELECT version, {texts(columns)} FROM {table} "
            f"WHERE {self._workspace()} = ? AND name = ?",
            self._split(name),
        )

    def _workspace(self) -> str:
        # MLflow 3 can have several workspaces in a database.
        return "workspace" if self._workspaces else f"'{_DEFAULT_WORKSPACE}'"

    def _split(self, name: str) -> tuple[str, str]:
        workspace, slash, short_name = name.partition("/")
        if slash and self._workspaces:
            return workspace, short_name
        return _DEFAULT_WORKSPACE, name

    def _select(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        return self._database.select(query, values)

    def _text(self, query: str, values: tuple[Any, ...]) -> str | None:
        rows = self._select(query, values)
        return rows[0][0] if rows and isinstance(rows[0][0], str) else None

    def _count(self, query: str) -> int:
        return int(self._select(query)[0][0])


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    beside = path.absolute().parent / FILE_NAME
    return beside if path.absolute().name in ARTIFACT_FOLDERS else path / FILE_NAME


def _full_name(workspace: str, name: str) -> str:
    return name if workspace == _DEFAULT_WORKSPACE else f"{workspace}/{name}"
