"""Facts of a model in the JSON and requirements files beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exo_nbregistry.fs.file import open_file
from exo_nbregistry.sources.metric_names import metric_name

MAX_BYTES = 4 << 20
_MAX_ITEMS = 1_000
_MAX_DEPTH = 4

# Suffixes of names beside a model, and names of files of a folder with one model.
_SUFFIXES = (
    *("", "_metadata", "-metadata", ".metadata", "_meta", "_info", "_config", "_metrics"),
    *("_scores", "_results", "_evaluation", "_params", "_parameters", "_hyperparameters"),
)
SHARED_NAMES = frozenset(
    {
        *("metrics.json", "scores.json", "evaluation.json", "results.json", "metadata.json"),
        *("params.json", "parameters.json", "hyperparameters.json", "config.json"),
        *("model_info.json", "feature_names.json", "features.json", "requirements.txt"),
    }
)
"""Names of files that describe the model of their folder."""

_METRICS = frozenset("evaluation evaluation_results metrics results scores test_metrics".split())  # noqa: SIM905
_PARAMETERS = frozenset(
    {"best_params", "hyperparameters", "hyperparams", "parameters", "params", "model_params"}
)
_PARTS = frozenset({"metadata", "model", "model_info", "info"})
_COLUMNS = frozenset({"columns", "feature_columns", "feature_names", "features"})
_TEXTS = frozenset({"description", "notes"})
_DATASETS = frozenset({"dataset", "training_data", "training_dataset"})
REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;#,]+)")


@dataclass(slots=True)
class Facts:
    """Facts of a model.

    Attributes
    ----------
    metrics : dict of str to float
        Metrics by name.
    hyperparameters : dict of str to Any
        Parameters by name.
    feature_columns : tuple of str
        Input columns, in order.
    packages : dict of str to str
        Version of each required package.
    description : str
        Free text.
    training_dataset : str or None
        Name of the training data.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    feature_columns: tuple[str, ...] = ()
    packages: dict[str, str] = field(default_factory=dict)
    description: str = ""
    training_dataset: str | None = None


def side_names(file_name: str, bare: str) -> Iterator[str]:
    """Yield the names that a file with facts of a model can have beside it.

    Parameters
    ----------
    file_name : str
        Name of the model file.
    bare : str
        The name without its extensions.

    Examples
    --------
    >>> [*side_names("rf.pkl", "rf")][:3]
    ['rf.pkl.json', 'rf.json', 'rf_metadata.json']
    """
    yield f"{file_name}.json"
    for suffix in _SUFFIXES:
        yield f"{bare}{suffix}.json"


def read_facts(files: Iterable[Path]) -> Facts:
    """Return the facts in files of JSON and requirements.

    Parameters
    ----------
    files : iterable of Path
        The files. One that cannot be read as JSON has no facts.

    Returns
    -------
    Facts
        Numbers that are clearly metrics or parameters, by their names or by the name of their
        file, and the columns, the packages and the description.

    Examples
    --------
    >>> _ = Path("rf_metrics.json").write_text('{"acc": 0.9, "n_estimators": 10}')
    >>> read_facts([Path("rf_metrics.json")]).metrics
    {'accuracy': 0.9, 'n_estimators': 10.0}
    """
    facts = Facts()
    for path in files:
        try:
            with open(open_file(path), "rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                continue
            text = data.decode("utf-8-sig")
            if path.suffix == ".txt":
                facts.packages.update(REQUIREMENT.findall(text))
            else:
                _add(facts, json.loads(text), _kind_of(path.stem), 0)
        except (OSError, ValueError, RecursionError):
            continue
    return facts


def facts_of(content: Any) -> Facts:
    """Return the facts in values of JSON or YAML.

    Parameters
    ----------
    content : Any
        A mapping; other values have no facts.

    Returns
    -------
    Facts
        As in `read_facts`.

    Examples
    --------
    >>> facts_of({"params": {"max_depth": 3}, "roc_auc": 0.9}).hyperparameters
    {'max_depth': 3}
    """
    facts = Facts()
    _add(facts, content, "", 0)
    return facts


def _kind_of(stem: str) -> str:
    """Return the kind of the numbers in a file by its name; empty if it is unknown."""
    words = {stem.lower(), re.split(r"[-_. ]", stem.lower())[-1]}
    if words & _METRICS:
        return "metrics"
    return "parameters" if words & _PARAMETERS else ""


def _add(facts: Facts, content: Any, kind: str, depth: int) -> None:
    if isinstance(content, list) and not facts.feature_columns and _are_columns(content):
        facts.feature_columns = tuple(content)
    if not isinstance(content, Mapping) or depth > _MAX_DEPTH or len(content) > _MAX_ITEMS:
        return
    for key, value in content.items():
        name = str(key)
        lowered = name.lower()
        if isinstance(value, Mapping):
            if lowered in _METRICS:
                _add(facts, value, "metrics", depth + 1)
            elif lowered in _PARAMETERS:
                _add(facts, value, "parameters", depth + 1)
            elif lowered in _PARTS:
                _add(facts, value, kind, depth + 1)
        elif kind == "parameters":
            _add_parameter(facts, name, value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            _add_number(facts, name, value, kind)
        else:
            _add_other(facts, lowered, value)


def _add_number(facts: Facts, name: str, value: float, kind: str) -> None:
    metric = metric_name(name)
    # JSON can have integers that are too large for a float.
    if metric is not None or kind == "metrics":
        with suppress(OverflowError):
            facts.metrics.setdefault(metric or name, float(value))


def _add_parameter(facts: Facts, name: str, value: Any) -> None:
    items = value if isinstance(value, list) else [value]
    if len(items) <= _MAX_ITEMS and all(map(_is_plain, items)):
        facts.hyperparameters.setdefault(name, value)


def _is_plain(value: Any) -> bool:
    # A record keeps integers below 2^63.
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, str | float | None)


def _add_other(facts: Facts, name: str, value: Any) -> None:
    if name in _COLUMNS and isinstance(value, list) and _are_columns(value):
        facts.feature_columns = facts.feature_columns or tuple(value)
    elif name in _TEXTS and isinstance(value, str):
        facts.description = facts.description or value
    elif name in _DATASETS and isinstance(value, str):
        facts.training_dataset = facts.training_dataset or value


def _are_columns(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, str) and value for value in values)
