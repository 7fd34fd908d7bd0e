"""Models, versions and files that a reader finds in the store of another tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

# Between a file of a proposal and the files with the same content.
SAME_CONTENT = " (same content: "


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file of a version in its store.

    Attributes
    ----------
    path : Path
        The file.
    size_bytes : int, bytes
        Its size.
    """

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPoint:
    """One value of a metric that was logged several times.

    Attributes
    ----------
    step : int
        Step of the training.
    value : float
        The value; can be NaN or infinite.
    at : datetime or None
        Time of the value, in UTC.
    """

    step: int
    value: float
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVersion:
    """A version in the store of another tool. Nothing in it was unpickled.

    Attributes
    ----------
    source_id : str
        Identifies the version in its store for ever, such as ``mlflow:kepler_rf:7``.
    number : int or None
        Number of the version in its store, which is kept if it is free.
    model_file : FoundFile or None
        The serialized model: a pickle, joblib or skops file. None if the model is not one file.
    files : mapping of str to FoundFile
        The other files by their relative POSIX path, such as ``MLmodel``.
    created_at : datetime or None
        Time of the version in its store, in UTC.
    description : str
        Free text.
    algorithm : str or None
        Name of the algorithm, such as ``RandomForestClassifier``.
    metrics : mapping of str to float
        Last value of each metric.
    metric_history : mapping of str to tuple of MetricPoint
        All values of the metrics that were logged more than once, in their order.
    hyperparameters : mapping of str to Any
        Parameters. A value that is only known as text is a plain value if its text is unambiguous.
    feature_columns : tuple of str
        Input columns, in order.
    column_types : mapping of str to str
        Name of the NumPy dtype of each column whose type is known.
    packages : mapping of str to str
        Version of each package that the model requires, by name.
    python : str or None
        Version of Python.
    training_dataset : str or None
        Name of the training data.
    training_samples, test_samples : int or None
        Number of rows of the training and the test data.
    class_distribution : mapping of str to int
        Number of rows of each class.
    tags : mapping of str to Any
        Tags, among them the ids of the source, such as ``mlflow.run_id``.
    aliases : tuple of str
        Current aliases as their store spells them.
    deleted : bool
        Whether the store keeps the version and does not show it any more.
    lost : tuple of str
        What this registry cannot keep of the version, such as ``webhooks``.
    """

    source_id: str
    number: int | None = None
    model_file: FoundFile | None = None
    files: Mapping[str, FoundFile] = field(default_factory=dict)
    created_at: datetime | None = None
    description: str = ""
    algorithm: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    metric_history: Mapping[str, tuple[MetricPoint, ...]] = field(default_factory=dict)
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    feature_columns: tuple[str, ...] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    python: str | None = None
    training_dataset: str | None = None
    training_samples: int | None = None
    test_samples: int | None = None
    class_distribution: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    deleted: bool = False
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasMove:
    """One change of an alias in the store, oldest first.

    Attributes
    ----------
    alias : str
        The alias as its store spells it.
    source_id : str or None
        The version that the alias was moved to; None if it was removed.
    at : datetime or None
        Time of the change, in UTC.
    by : str
        Its author, or an empty text.
    """

    alias: str
    source_id: str | None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """A model in the store of another tool, without its versions.

    Attributes
    ----------
    name : str
        Its name as its store spells it.
    description : str
        Free text.
    tags : mapping of str to Any
        Tags of the model.
    alias_moves : tuple of AliasMove
        History of the aliases, oldest first; empty if the store has none.
    lost : tuple of str
        What this registry cannot keep of the model.
    proposal : tuple of (str, int or None)
        The files that a reader proposes as versions of the model, oldest first, each with its
        number, so that a user can check them. Empty if the store itself has the versions.
    """

    name: str
    description: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    alias_moves: tuple[AliasMove, ...] = ()
    lost: tuple[str, ...] = ()
    proposal: tuple[tuple[str, int | None], ...] = ()


class Source(Protocol):
    """The store of another tool. Reading it changes nothing in it.

    Attributes
    ----------
    kind : str
        The tool, such as ``MLflow``.
    location : str
        Path of the store.
    lost : tuple of str
        What this registry cannot keep of the whole store, such as ``3 deleted experiments``.
    """

    kind: str
    location: str
    lost: tuple[str, ...]

    def models(self) -> Iterator[FoundModel]:
        """Yield the models in the order of their names."""
        ...

    def versions(self, name: str) -> Iterator[FoundVersion]:
        """Yield the versions of a model, oldest first, one at a time to keep memory small.

        Parameters
        ----------
        name : str
            Name of the model, as in `FoundModel`.
        """
        ...
