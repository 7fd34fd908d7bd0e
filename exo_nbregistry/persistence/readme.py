"""The README.md of a deployed model: what it is, what it takes, how to run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_RUN = """## Predict

```bash
pip install -r requirements.txt
python predict.py {table} out.csv
```

`out.csv` has one row per input row: `prediction`, and a `probability_<class>` column for each
class where the model gives probabilities. Columns are matched by name; others are ignored. On
bad input, `predict.py` says what is wrong and ends with code 2.
"""

_PYTHON = """From Python, in this folder:

```python
import pandas as pd

from predict import load_model, predict

model, info = load_model()
print(predict(model, info, pd.read_csv("example.csv")))
```
"""

_TRUST = """## Trust

`model.joblib` is a pickle: loading it can run any code of its author. `predict.py` loads it only
if its sha256 is the one in `model_info.json`, which finds damage, not malice: use the folder only
if you know where it comes from.
"""

_NO_DEPLOYMENT = """## No deployment

This folder cannot predict, so it has no `predict.py`:

{issues}
It carries the model into another registry, with all that is known of it:

```python
from exo_nbregistry import ModelRegistry

ModelRegistry("models/registry").import_model("path/to/this/folder")
```

## Trust

`model.joblib` is a pickle: loading it can run any code of its author. `import_model` does not load
it, and refuses one by a signer whom you do not trust.
"""


def model_card(
    info: Mapping[str, Any], told: Mapping[Any, Any], has_example: bool, *, runs: bool = True
) -> str:
    """Return the model card in Markdown.

    Parameters
    ----------
    info : mapping
        Content of ``model_info.json``.
    told : mapping
        What the user said of the model.
    has_example : bool
        Whether there is an ``example.csv`` to run on.
    runs : bool, default=True
        Whether there is a ``predict.py``; else the folder only carries the model.

    Returns
    -------
    str
        Markdown with a title, facts, columns and commands that run.
    """
    title = told.get("model_id") or told.get("model_name") or info["model_type"].rpartition(".")[2]
    parts = [f"# {_line(title)}\n"]
    if told.get("description"):
        parts.append(f"{told['description']}\n")
    parts.append(_table(("fact", "value"), _facts(info, told)))
    metrics = told.get("metrics")
    if isinstance(metrics, Mapping) and metrics:
        parts += ["## Scores\n", _table(("metric", "value"), metrics.items())]
    if info["columns"]:
        rows = ((c["name"], c["dtype"] or "number", _range(c)) for c in info["columns"])
        parts += ["## Input columns\n", _table(("column", "type", "range in training"), rows)]
    issues = "".join(f"- {issue}\n" for issue in info["issues"])
    if not runs:
        return "\n".join([*parts, _NO_DEPLOYMENT.format(issues=issues)])
    if issues:
        parts.append(f"## Before it runs\n\n{issues}")
    parts.append(_RUN.format(table="example.csv" if has_example else "in.csv"))
    if has_example:
        parts.append(_PYTHON)
    parts.append(_TRUST)
    return "\n".join(parts)


def _facts(info: Mapping[str, Any], told: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    yield "type", f"`{info['model_type']}`"
    if told.get("algorithm"):
        yield "algorithm", told["algorithm"]
    if info["classes"]:
        yield "classes", ", ".join(info["classes"])
    if info["n_features"] is not None:
        yield "input columns", info["n_features"]
    yield "python", info["python"]
    yield "packages", ", ".join(f"{name} {version}" for name, version in info["packages"].items())
    yield "size", f"{info['size_bytes']:,} bytes"
    yield "sha256", f"`{info['sha256']}`"
    yield "exported", info["exported_at"]


def _range(column: Mapping[str, Any]) -> str:
    low, high = column["minimum"], column["maximum"]
    return "" if low is None or high is None else f"{low:g} to {high:g}"


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(map(_line, line))} |\n" for line in lines)


def _line(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return " ".join(text.replace("|", r"\|").split())
