"""Rows of runs and logged models in the SQLite store of MLflow.

Source: ``mlflow/store/tracking/dbmodels/models.py`` of MLflow 2.22 and 3.17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from exo_nbregistry.sources.mlflow_values import Series, stored_float
from exo_nbregistry.sources.mlflow_version import LoggedModel, Run
from exo_nbregistry.sources.sqlite_file import SqliteFile, texts

# A column of SQLite can have values of any type.
_POINT = "CAST({} AS INTEGER), CAST({} AS INTEGER), CAST({} AS REAL)"


class TrackingRows:
    """Reads runs and logged models.

    Parameters
    ----------
    database : SqliteFile
        The database.
    """

    def __init__(self, database: SqliteFile) -> None:
        self._database = database

    def run(self, run_id: str | None) -> Run | None:
        """Return a run, or None if the database does not have it.

        Parameters
        ----------
        run_id : str or None
            The run.
        """
        rows = self._database.select(
            f"SELECT {texts('r.name, r.user_id, r.lifecycle_stage, r.artifact_uri, e.name')} "
            "FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id "
            "WHERE r.run_uuid = ?",
            (run_id,),
        )
        for name, user, lifecycle, location, experiment in rows:
            dataset, digest = self._dataset(run_id)
            return Run(
                name=name,
                user=user,
                experiment=experiment,
                is_deleted=lifecycle == "deleted",
                location=location,
                params=self._texts("params", run_id),
                tags=self._texts("tags", run_id),
                metrics=self._metrics(run_id),
                dataset=dataset,
                dataset_digest=digest,
            )
        return None

    def logged_model(self, model_id: str | None) -> LoggedModel | None:
        """Return a logged model of MLflow 3, or None if the database does not have it.

        Parameters
        ----------
        model_id : str or None
            The logged model.
        """
        if model_id is None or "logged_models" not in self._database.tables:
            return None
        for run_id, location in self._database.select(
            f"SELECT {texts('source_run_id, artifact_location')} FROM logged_models "
            "WHERE model_id = ?",
            (model_id,),
        ):
            params = self._database.select(
                f"SELECT {texts('param_key, param_value')} FROM logged_model_params "
                "WHERE model_id = ? ORDER BY 1",
                (model_id,),
            )
            point = _POINT.format("metric_step", "metric_timestamp_ms", "metric_value")
            points = self._database.stream(
                f"SELECT {texts('metric_name')}, {point}, metric_value IS NULL "
                "FROM logged_model_metrics WHERE model_id = ?",
                (model_id,),
            )
            return LoggedModel(
                run_id=run_id, location=location, params=dict(params), metrics=_series(points)
            )
        return None

    def _texts(self, table: str, run_id: str | None) -> dict[str, str]:
        rows = self._database.select(
            f"SELECT {texts('key, value')} FROM {table} WHERE run_uuid = ? ORDER BY key",
            (run_id,),
        )
        return {key: value or "" for key, value in rows}

    def _metrics(self, run_id: str | None) -> dict[str, Series]:
        # A history can have millions of points, so that it is not kept as a list of rows.
        return _series(
            self._database.stream(
                f"SELECT {texts('key')}, {_POINT.format('step', 'timestamp', 'value')}, is_nan "
                "FROM metrics WHERE run_uuid = ?",
                (run_id,),
            )
        )

    def _dataset(self, run_id: str | None) -> tuple[str | None, str | None]:
        if not {"inputs", "datasets", "input_tags"} <= self._database.tables:
            return None, None
        rows = self._database.select(
            f"SELECT {texts('d.name, d.digest')} FROM inputs i "
            "JOIN datasets d ON d.dataset_uuid = i.source_id "
            "LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid "
            "AND t.name = 'mlflow.data.context' "
            "WHERE i.destination_type = 'RUN' AND i.destination_id = ? "
            "AND i.source_type = 'DATASET' "
            "ORDER BY coalesce(t.value, '') NOT IN ('training', 'train'), d.name",
            (run_id,),
        )
        return rows[0] if rows else (None, None)


def _series(
    points: Iterator[tuple[str, int | None, int | None, float | None, int]],
) -> dict[str, Series]:
    metrics: dict[str, Series] = defaultdict(Series)
    for key, step, milliseconds, value, is_nan in points:
        metrics[key].add(step or 0, milliseconds or 0, stored_float(value, bool(is_nan)))
    return dict(metrics)
