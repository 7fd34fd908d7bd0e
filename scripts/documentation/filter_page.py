"""Reference of the fields of filters, from the tables of the filter language."""

from __future__ import annotations

from exo_nbregistry.index.sql_condition import COLLECTIONS, COLUMNS, GROUPS

_KINDS = {
    "name": "text, case is ignored",
    "number": "number",
    "instant": "time",
    "text": "text",
}
_MEANINGS = {
    "metrics": "metrics of the registration",
    "hyperparameters": "hyperparameters; nested ones such as `svc__C` by their full name",
    "tags": "the value of a tag",
    "scoring": "how the metrics were measured, such as `scoring.threshold`",
    "dataset": "facts of the training rows, such as `dataset.sha256`",
    "results": "results that are not metrics",
    "training_info": "what was passed as `training_info=`",
    "later_metrics": "the newest value of each metric that was added later",
}


def fields_table() -> str:
    """Return the fields of a filter as a Markdown table."""
    rows = ["| field | value |", "|---|---|"]
    for kind, meaning in _KINDS.items():
        names = [f"`{name}`" for name, (_, found) in COLUMNS.items() if found == kind]
        rows.append(f"| {', '.join(names)} | {meaning} |")
    rows.append(f"| {', '.join(f'`{name}`' for name in COLLECTIONS)} | several texts |")
    rows += [f"| `{group}.NAME` | {_MEANINGS[group]} |" for group in GROUPS]
    return "\n".join(rows)
