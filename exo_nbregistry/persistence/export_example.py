"""Input columns and example rows of an exported model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.answer_table import safe_cell
from exo_nbregistry.inference.model_input import FLAT, read_form
from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.values.attribute import read_attribute

_COLUMN_FACTS = ("dtype", "minimum", "maximum", "missing")


def read_columns(
    model: Any, given: Mapping[Any, Any], example: Mapping[str, Any]
) -> list[dict[str, Any]] | None:
    """Return the input columns of a model in order, or None if their names are unknown.

    Parameters
    ----------
    model : object
        The model.
    given : mapping
        Metadata that the user passed.
    example : mapping
        Stored input example, or empty.
    """
    signature = given.get("signature")
    described = signature.get("columns", ()) if isinstance(signature, Mapping) else ()
    known = {column["name"]: column for column in map(_plain, described) if "name" in column}
    stored = _stored_types(example)
    names: Any = read_attribute(model, "feature_names_in_")
    if names is None or example.get("form") == "frame":
        names = example.get("columns") or given.get("feature_columns") or names or list(known)
    if len(names) == 0:
        return None
    return [
        {"name": str(name)}
        | {key: known.get(str(name), {}).get(key) for key in _COLUMN_FACTS}
        | stored.get(str(name), {})
        for name in names
    ]


def _plain(column: Any) -> dict[Any, Any]:
    return dict(column) if isinstance(column, Mapping) else {"name": str(column)}


def _stored_types(example: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the dtype of each column of a stored frame, and its categories."""
    if example.get("form") != "frame":
        return {}
    found = {}
    for name, dtype in zip(example["columns"], example["dtypes"], strict=True):
        if isinstance(dtype, Mapping):
            found[name] = {"dtype": "category", "categories": list(dtype["categories"])}
        else:
            found[name] = {"dtype": dtype}
    return found


def input_form(model: Any, example: Mapping[str, Any], given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the form from which predict.py makes the data that the model takes."""
    signature = given.get("signature")
    columns = signature.get("columns") or () if isinstance(signature, Mapping) else ()
    container = signature.get("container") if isinstance(signature, Mapping) else None
    without_example = form_of_signature(container, list(map(_plain, columns)))
    stored = with_container(example, container) if example else without_example
    return {"input": read_form(stored, model)}


def with_container(stored: Mapping[str, Any], container: str | None) -> Mapping[str, Any]:
    """Return a stored example with the container in the signature of its version.

    An example of texts does not have it, so that equal texts in a list, an array and a series are
    the same facts of a version.

    Examples
    --------
    >>> read_form(with_container({"form": "list"}, "series"))
    {'container': 'series'}
    """
    is_flat = container in FLAT and stored.get("form") in FLAT
    return {**stored, "container": container} if is_flat else stored


def form_of_signature(
    container: str | None, columns: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the container and the dtypes of the training data without an input example.

    Parameters
    ----------
    container : str or None
        Container in the signature.
    columns : sequence of mapping
        Name and dtype of each column.

    Returns
    -------
    dict
        For `read_form`; empty for a version of an older release.
    """
    if container is None:
        return {}
    dtypes = [column.get("dtype") for column in columns]
    found = {"container": container, "columns": [column["name"] for column in columns]}
    # An array has one dtype for all columns, and the signature does not have categories.
    is_typed = container == "frame" and not {"category", None} & set(dtypes)
    return found | {"dtypes": dtypes} if is_typed else found


def example_table(info: Mapping[str, Any], example: Mapping[str, Any]) -> str:
    """Return a CSV with the stored rows, or with one plausible row.

    Parameters
    ----------
    info : mapping
        Content of ``model_info.json``.
    example : mapping
        Stored input example, or empty.
    """
    import pandas as pd

    names = [column["name"] for column in info["columns"] or ()]
    if example and (not names or set(names) <= {*example["rows"]}):
        table = pd.DataFrame({name: example["rows"][name] for name in names or example["columns"]})
    else:
        table = pd.DataFrame([_plausible_row(info)])
    for name in table.select_dtypes(exclude="number").columns:
        table[name] = table[name].astype(object).map(safe_cell)
    return str(table.rename(columns=safe_cell).to_csv(index=False, lineterminator="\n"))


def _plausible_row(info: Mapping[str, Any]) -> dict[str, Any]:
    columns: Sequence[dict[str, Any]] = info["columns"] or [
        {"name": f"x{i}"} for i in range(info["n_features"] or 1)
    ]
    return {column["name"]: _middle(column) for column in columns}


def _middle(column: dict[str, Any]) -> float | str:
    if predict.is_text(column):
        return "example"
    low, high = column.get("minimum"), column.get("maximum")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(low + (high - low) / 2)
    return 0.0
