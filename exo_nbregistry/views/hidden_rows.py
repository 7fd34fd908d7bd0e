"""Rows that differ but are omitted from a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import inner_prefix
from exo_nbregistry.text.markup import count
from exo_nbregistry.views.column_groups import Row
from exo_nbregistry.views.facts import ABSENT, inapplicable
from exo_nbregistry.views.metric_rows import is_repeated
from exo_nbregistry.views.parameter_alignment import Parameters, align_parameters

_PARAMETER = "hyperparameter"
# Sections with mappings that users passed; more values of one mapping would hide other facts.
_PASSED = {"results": "result", "training info": "fact"}
_MAX_NESTED = 5


def hidden_rows(
    items: Sequence[ModelMetadata], rows: Iterable[Row]
) -> dict[tuple[str, Any], tuple[str, str]]:
    """Return the facts that a comparison omits, by section and name: their kind and the reason.

    These are metrics of single classes if the mean over the classes is shown, hyperparameters that
    only some of the algorithms have or that are defaults of only some versions, and the values of
    a mapping among the results or the training info if more than five differ.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    rows : iterable of (section, name, values)
        The rows that differ, with the value of each version or `ABSENT`.
    """
    algorithms, parameters = [item.algorithm for item in items], align_parameters(items)
    # What a wrapper sets is not a property of another algorithm.
    wrapped = len({inner_prefix(item.hyperparameters) for item in items}) > 1
    rows = list(rows)
    sizes = Counter((section, _mapping_of(section, name)) for section, name, _values in rows)
    found: dict[tuple[str, Any], tuple[str, str]] = {}
    for section, name, values in rows:
        mapping = _mapping_of(section, name)
        if mapping and sizes[section, mapping] > _MAX_NESTED:
            found[section, name] = (_PASSED[section], f"in {mapping}")
        if section == "metrics" and is_repeated(name, items):
            found[section, name] = ("metric", "of a single class")
        if section != "hyperparameters":
            continue
        unshared = inapplicable(algorithms, values)
        if unshared and not (wrapped and _is_known(parameters, values)):
            found[section, name] = (_PARAMETER, "used by some of the algorithms only")
        elif _is_only_default(name, parameters, values):
            found[section, name] = (_PARAMETER, "at a default that only some versions have")
    return found


def _mapping_of(section: str, name: Any) -> str:
    """Return the name of the mapping that a result or a fact of the training info is in, or ''."""
    return str(name).rpartition(".")[0].partition(".")[0] if section in _PASSED else ""


def omitted_sentence(n: int, kind: str, why: str, shown_by: str = "all()") -> str:
    """Return a sentence on omitted rows, and on what shows them unless `shown_by` is empty.

    Examples
    --------
    >>> omitted_sentence(1, "metric", "of a single class")
    '1 metric is of a single class; all() shows it.'
    >>> omitted_sentence(2, "fact", "identical", shown_by="")
    '2 facts are identical.'
    """
    verb, them = ("is", "it") if n == 1 else ("are", "them")
    hint = f"; {shown_by} shows {them}" if shown_by else ""
    return f"{count(n, kind)} {verb} {why}{hint}."


def _is_only_default(name: str, parameters: Sequence[Parameters], values: Sequence[Any]) -> bool:
    having = [one for one, value in zip(parameters, values, strict=True) if value is not ABSENT]
    return len(having) < len(parameters) and all(name in one.defaults for one in having)


def _is_known(parameters: Sequence[Parameters], values: Sequence[Any]) -> bool:
    """Return whether the defaults of all versions with a value are recorded."""
    pairs = zip(parameters, values, strict=True)
    return all(one.defaults for one, value in pairs if value is not ABSENT)
