"""Facts of a model version by section, and their text."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.records.passed_facts import flatten, passed_results, passed_training_info
from exo_nbregistry.text.markup import MISSING, number, size
from exo_nbregistry.text.names import MAX_NAMES, name_list
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.values.metric import is_of_class, ordered
from exo_nbregistry.views.trust_needed import trust_needed


class _Absent:
    """Marker for a missing value, distinct from None."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MISSING


ABSENT: Final = _Absent()
RESULTS, TRAINING = "results", "training info"
SECTIONS = (
    "metrics",
    "scoring",
    RESULTS,
    "hyperparameters",
    "schema",
    "data",
    TRAINING,
    "model",
    "environment",
    "code",
)
# Sections of facts that the user passed, in which None is a value.
_PASSED = ("hyperparameters", RESULTS, TRAINING)
_MAX_DIFF_LINES = 200
_MAX_TEXT = 160
_SHORT = 12  # displayed digits of a digest


def facts_of(item: ModelMetadata) -> dict[str, dict[Any, Any]]:
    """Return the facts of a version as ``{section: {field: value}}``.

    Time and user of the registration are omitted, because they always differ. Unknown facts are
    missing; only a value that the user passed can be None. A nested estimator is given by its
    class, followed by its parameters as ``estimator__C``. The names of nested results and training
    info have dots.
    """
    signature, dataset, artifact = item.signature, item.dataset, item.artifact
    columns = signature.columns if signature else ()
    schema = {column.name: column.dtype for column in columns}
    facts: dict[str, dict[Any, Any]] = {
        "metrics": {name: item.metrics[name] for name in ordered(item.metrics)},
        "scoring": _scoring(item),
        RESULTS: flatten(passed_results(item.additional_metrics, item.attachments)),
        "hyperparameters": flatten_params(item.hyperparameters),
        "schema": schema or dict.fromkeys(item.feature_columns, "column"),
        "data": {
            "dataset": item.training_dataset or (dataset and dataset.name),
            "sha256": dataset and dataset.sha256,
            "training_samples": item.training_samples,
            "test_samples": item.test_samples,
            "class_distribution": item.class_distribution or None,
            "classes": signature and signature.classes,
            "column_order": item.feature_columns or tuple(schema) or None,
        },
        TRAINING: flatten(passed_training_info(item.additional_metrics)),
        "model": {
            "algorithm": item.algorithm,
            "format": artifact and artifact.format,
            "code": item.code and item.code.label,
            "trust": trust_needed(item),
            "size_bytes": artifact and artifact.size_bytes,
        },
        "environment": {
            "python": item.environment.python or None,
            "platform": item.environment.platform or None,
            **item.environment.packages,
        },
        "code": {
            "notebook": item.provenance.notebook,
            "git_commit": item.provenance.git_commit,
            "git_dirty": item.provenance.git_dirty,
            "cell_source": item.provenance.cell_source,
            "definitions": item.provenance.definitions,
        },
    }
    return {
        section: fields if section in _PASSED else _known(fields)
        for section, fields in facts.items()
    }


def base_section(section: str) -> str:
    """Return the section of `facts_of` that a section of `split_classes` is a part of."""
    return "metrics" if section.startswith("metrics") else section


def split_classes(facts: dict[str, dict[Any, Any]]) -> dict[str, dict[Any, Any]]:
    """Return facts with the metrics of single classes in a section of their own."""
    metrics = facts["metrics"]
    general = {name: metrics[name] for name in metrics if not is_of_class(str(name))}
    by_class = {name: metrics[name] for name in metrics if name not in general}
    parts = {"metrics": general, "metrics by class": by_class}
    return parts | {section: facts[section] for section in facts if section != "metrics"}


def _scoring(item: ModelMetadata) -> dict[str, Any]:
    """Return how the metrics were measured, under the names in filters."""
    scoring = item.scoring
    if scoring is None:
        return {}
    return {
        "task": scoring.task,
        "average": scoring.average,
        "pos_label": scoring.pos_label,
        "threshold": scoring.threshold,
        "sample_weight": scoring.sample_weight or None,
    }


def _known(fields: dict[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def row_values(
    facts: Sequence[Mapping[str, Mapping[Any, Any]]], section: str, name: Any
) -> tuple[Any, ...]:
    """Return a fact of several versions, or `ABSENT`.

    The whole values of a metric are fractions if another one is a fraction.

    Examples
    --------
    >>> row_values([{"metrics": {"auc": 1}}, {"metrics": {"auc": 0.5}}], "metrics", "auc")
    (1.0, 0.5)
    """
    values = tuple(fact[section].get(name, ABSENT) for fact in facts)
    if base_section(section) != "metrics" or all(type(value) is not float for value in values):
        return values
    return tuple(float(value) if type(value) is int else value for value in values)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal; NaN equals NaN.

    Examples
    --------
    >>> same({"a": float("nan")}, {"a": float("nan")}), same(1, 1.0)
    (True, False)
    """
    # Types count: max_features=1 means one column, and max_features=1.0 all columns.
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other or (one != one and other != other))


def inapplicable(algorithms: Sequence[str | None], values: Sequence[Any]) -> bool:
    """Return whether a hyperparameter is missing only for algorithms without it.

    Parameters
    ----------
    algorithms : sequence of str or None
        Algorithm of each version.
    values : sequence
        Value in each version, or `ABSENT`.

    Examples
    --------
    >>> inapplicable(["SVM", "Forest"], [1.0, ABSENT]), inapplicable(["SVM", "SVM"], [1.0, ABSENT])
    (True, False)
    """
    pairs = list(zip(algorithms, values, strict=True))
    known = [value for value in values if value is not ABSENT]
    without = {algorithm for algorithm, value in pairs if value is ABSENT}
    return (
        without.isdisjoint(algorithm for algorithm, value in pairs if value is not ABSENT)
        and bool(without)
        and all(same(known[0], value) for value in known)
    )


def format_value(section: str, name: Any, value: Any) -> str:
    """Return the formatted value of a fact.

    Examples
    --------
    >>> (
    ...     format_value("metrics", "f1_score", 0.91234),
    ...     format_value("hyperparameters", "max_depth", None),
    ... )
    ('0.9123', 'None')
    >>> format_value("metrics", "recall", ABSENT)
    '-'
    """
    if value is ABSENT:
        return MISSING
    if section == "metrics":
        return number(value)
    if name in ("sha256", "git_commit") and section in ("data", "code"):
        return str(value)[:_SHORT]
    if section == "model" and name == "size_bytes":
        return size(value)
    if section == "code" and name in ("cell_source", "definitions"):
        lines = len(value.splitlines())
        return f"{lines} line{'s' * (lines != 1)}"
    if section in (RESULTS, TRAINING):
        return format_passed(value)
    return _listed(value) if section == "data" else _plain(value)


def format_passed(value: Any) -> str:
    """Return the text of a result or of a part of the training info; long ones are cut."""
    if isinstance(value, float):
        return number(value)
    if not isinstance(value, str):
        return _plain(value)
    text = " ".join(value.split())
    short = cut(text, _MAX_TEXT)
    return text if short == text else f"{short} ({len(value):,} characters)"


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return name_list(f"{key}: {_plain(count)}" for key, count in value.items())
    return name_list(map(_plain, value)) if isinstance(value, list | tuple) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict) and len(value) > MAX_NAMES:
        return f"{{{name_list(f'{key!r}: {item!r}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple) and len(value) > MAX_NAMES:
        opened, closed = "[]" if isinstance(value, list) else "()"
        return f"{opened}{name_list(value, quoted=True)}{closed}"
    return value if isinstance(value, str) else repr(value)


def source_diff(first: ModelMetadata, other: ModelMetadata) -> list[str]:
    """Return the unified diff of two cell sources with the definitions that they use.

    The diff is empty if a cell source is missing.
    """
    made = [item.provenance for item in (first, other)]
    if any(one.cell_source is None for one in made):
        return []
    before, after = (
        "\n\n\n".join(filter(None, (one.definitions, one.cell_source))).expandtabs(4).splitlines()
        for one in made
    )
    diff = difflib.unified_diff(before, after, first.display_id, other.display_id, lineterm="", n=2)
    lines = list(diff)
    rest = len(lines) - _MAX_DIFF_LINES
    tail = [f"… and {rest} more lines"] if rest > 0 else []
    return [*lines[:_MAX_DIFF_LINES], *tail]
