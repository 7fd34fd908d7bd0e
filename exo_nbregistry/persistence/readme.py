"""The README.md of an exported model: facts, input columns and commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from exo_nbregistry.records.attachment_kind import kind_of
from exo_nbregistry.records.code import code_of
from exo_nbregistry.records.fields import Artifact, decode_part
from exo_nbregistry.records.passed_facts import flatten, passed_results, passed_training_info
from exo_nbregistry.text.markdown import markdown_code, markdown_line, markdown_text
from exo_nbregistry.text.markup import size
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import cut

_ROWS = 100
_WIDTH = 200
_RUN = """## Predict

```bash
pip install -r requirements.txt
python predict.py {table} out.csv
```

`out.csv` has one row per input row: the columns that the model does not use, `prediction`, the
probabilities if the model has them, and `status`: `ok`; `outside` the range of the training data;
`missing` a value; or `invalid`. `problems` has the reasons. A row without a prediction does not
affect the others. Input columns are matched by name; lines with `#` above them are skipped. With
`--strict`, a table with a row that is not `ok` is rejected. The exit code is 2 if no row is
predicted. The folder `predict_rows` is a part of `predict.py`.
"""

_PYTHON = """From Python, in this folder:

```python
from predict import load_model, predict, read_table

model, info = load_model()
print(predict(model, info, read_table("example.csv")))
```
"""

_TRUST = """## Trust

`model.joblib` is a pickle: loading it can run any code of its author. `predict.py` loads it only
if its sha256 matches `model_info.json`. This detects damage but not an attack, so use the folder
only if you trust its source.
"""

_IMPORT_ONLY = """## Import only

This folder cannot predict, so it does not contain `predict.py`:

{issues}
To import the model with its metadata into another registry:

```python
from exo_nbregistry import ModelRegistry

ModelRegistry("models/registry").import_model("path/to/this/folder")
```

## Trust

`model.joblib` is a pickle: loading it can run any code of its author. `import_model` does not load
it, and rejects a model whose signer you do not trust.
"""


def model_card(
    info: Mapping[str, Any], given: Mapping[Any, Any], has_example: bool, *, runs: bool = True
) -> str:
    """Return the model card in Markdown.

    Parameters
    ----------
    info : mapping
        Content of ``model_info.json``.
    given : mapping
        Metadata that the user passed.
    has_example : bool
        Whether the folder contains ``example.csv``.
    runs : bool, default=True
        Whether the folder contains ``predict.py``.

    Returns
    -------
    str
        Markdown with a title, facts, columns and commands.
    """
    parts = [*card_start(info, given), *_passed(given), *card_columns(info)]
    issues = "".join(f"- {markdown_line(issue)}\n" for issue in info["issues"])
    if not runs:
        return "\n".join([*parts, _IMPORT_ONLY.format(issues=issues)])
    if issues:
        parts.append(f"## Before you run it\n\n{issues}")
    parts.append(_RUN.format(table="example.csv" if has_example else "in.csv"))
    if has_example:
        parts.append(_PYTHON)
    parts.append(_TRUST)
    return "\n".join(parts)


def card_start(info: Mapping[str, Any], given: Mapping[Any, Any]) -> Iterator[str]:
    """Yield the title of a model card, its description, facts and scores.

    Parameters
    ----------
    info : mapping
        Content of ``model_info.json``.
    given : mapping
        Metadata that the user passed.

    Yields
    ------
    str
        Markdown.
    """
    title = (
        given.get("model_id") or given.get("model_name") or info["model_type"].rpartition(".")[2]
    )
    yield f"# {markdown_line(title)}\n"
    if given.get("description"):
        yield f"{markdown_text(given['description'])}\n"
    yield _table(("fact", "value"), _facts(info, given))
    metrics = given.get("metrics")
    if isinstance(metrics, Mapping) and metrics:
        yield "## Scores\n"
        yield _table(("metric", "value"), metrics.items())


def card_columns(info: Mapping[str, Any]) -> Iterator[str]:
    """Yield the input columns of a model as a section of its card.

    Parameters
    ----------
    info : mapping
        Content of ``model_info.json``.

    Yields
    ------
    str
        Markdown; nothing if the names of the columns are unknown.
    """
    if info["columns"]:
        rows = ((c["name"], c["dtype"] or "number", _range(c)) for c in info["columns"])
        yield "## Input columns\n"
        yield _table(("column", "type", "range in training"), rows)


def _passed(given: Mapping[Any, Any]) -> Iterator[str]:
    """Yield the metrics that were measured later, other results, and extra training info."""
    later = given.get("later_metrics")
    rows = [
        (_minute(one["at"]), one["on"], _values(one["metrics"]))
        for one in (later if isinstance(later, list | tuple) else ())
        if isinstance(one, Mapping) and one.keys() >= {"at", "on", "metrics"}
    ]
    if rows:
        yield "## Metrics measured later\n"
        yield _table(("at (UTC)", "data", "values"), rows)
    attachments = given.get("attachments")
    # Without a registry, users pass any fields under these names.
    known = {
        str(name): decode_part(Artifact, dict(item))
        for name, item in (attachments.items() if isinstance(attachments, Mapping) else ())
        if isinstance(item, Mapping) and item.keys() >= {"format", "sha256", "size_bytes"}
    }
    if known:
        yield "## Attachments\n"
        yield _table(("attachment", "content"), ((n, _attachment(known[n])) for n in sorted(known)))
    additional = given.get("additional_metrics")
    if not isinstance(additional, Mapping):
        return
    results = passed_results(additional, known)
    for title, head, values in (
        ("Results", "result", results),
        ("Training info", "fact", passed_training_info(additional)),
    ):
        if values:
            shown = ((name, _cut(value)) for name, value in islice(flatten(values).items(), _ROWS))
            rest = len(flatten(values)) - _ROWS
            more = [("…", f"and {rest:,} more in model_info.json")] if rest > 0 else []
            yield f"## {title}\n"
            yield _table((head, "value"), [*shown, *more])


def _attachment(artifact: Artifact) -> str:
    parts = (kind_of(artifact), size(artifact.size_bytes), artifact.file_name)
    return ", ".join(filter(None, parts))


def _minute(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else str(at)


def _values(metrics: Mapping[str, float]) -> str:
    return name_list(f"{name} {_number(value)}" for name, value in metrics.items())


def _cut(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return name_list(value)
    return cut(value, _WIDTH) if isinstance(value, str) else value


def _facts(info: Mapping[str, Any], given: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    yield "type", _Markdown(markdown_code(info["model_type"]))
    if given.get("algorithm"):
        yield "algorithm", given["algorithm"]
    if info["classes"]:
        yield "classes", name_list(info["classes"])
    if info.get("threshold") is not None:
        label = info["classes"][info["positive"]]
        yield "threshold", f"{info['threshold']:g} or more is predicted as {label}"
    if info.get("calibration"):
        yield "probabilities", "calibrated on the out-of-fold predictions of the version"
    scoring = given.get("scoring")
    if isinstance(scoring, Mapping) and scoring.get("average"):
        label, average = scoring.get("pos_label"), scoring["average"]
        of = f"{average} average" if label is None else f"of {label}"
        yield (
            "precision, recall, F1",
            f"{of}, with sample weights" if scoring.get("sample_weight") else of,
        )
    if info["n_features"] is not None:
        yield "input columns", info["n_features"]
    yield "python", info["python"]
    if info.get("code"):
        label = code_of(info["code"]).label
        text = markdown_line(f"{label}; only this minor version of Python loads it")
        see = f", see {markdown_code(info['sources'])}" if info.get("sources") else ""
        yield "code", _Markdown(f"{text}{see}")
    yield "packages", ", ".join(f"{name} {version}" for name, version in info["packages"].items())
    yield "size", f"{info['size_bytes']:,} bytes"
    yield "sha256", _Markdown(markdown_code(info["sha256"]))
    if info["exported_at"]:
        yield "exported", info["exported_at"]


def _range(column: Mapping[str, Any]) -> str:
    low, high = column["minimum"], column["maximum"]
    return "" if low is None or high is None else f"{low:g} to {high:g}"


class _Markdown(str):
    """A text that is Markdown already."""


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, (_Markdown("---"),) * len(head), *rows]
    return "".join(f"| {' | '.join(map(_line, line))} |\n" for line in lines)


def _line(value: Any) -> str:
    if isinstance(value, _Markdown):
        return value
    return markdown_line(_number(value))


def _number(value: Any) -> Any:
    return f"{value:.4g}" if isinstance(value, float) else value
