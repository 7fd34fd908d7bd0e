"""Cells of a notebook, and what a fresh process does with the models that they make."""

from __future__ import annotations

import io
import itertools
import json
import linecache
from pathlib import Path
from typing import Any

from exo_nbregistry.persistence.base import Written
from exo_nbregistry.persistence.joblib_format import JOBLIB
from tests.persistence.other_machine import run_elsewhere

_numbers = itertools.count()


def run_cell(source: str, **variables: Any) -> dict[str, Any]:
    """Run the source of a cell in a notebook of its own; return its variables."""
    name = f"/tmp/ipykernel_1/{next(_numbers)}.py"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    notebook = {"__name__": "__main__", **variables}
    exec(compile(source, name, "exec", dont_inherit=True), notebook)
    return notebook


def written(model: Any, *, by_value: bool = True) -> tuple[bytes, Written]:
    """Write a model to memory; return the bytes and the details."""
    target = io.BytesIO()
    details = JOBLIB.write(model, target, by_value=by_value)
    return target.getvalue(), details


def results_elsewhere(models: dict[str, tuple[Any, str]], folder: Path) -> dict[str, Any]:
    """Load models in a fresh process without this package; return the value of an expression each.

    The expressions use ``model``.
    """
    for name, (model, _) in models.items():
        (folder / f"{name}.joblib").write_bytes(written(model)[0])
    expressions = {name: expression for name, (_, expression) in models.items()}
    code = (
        "import joblib, json\n"
        f"expressions = {expressions!r}\n"
        "found = {}\n"
        "for name, expression in expressions.items():\n"
        "    model = joblib.load(name + '.joblib')\n"
        "    found[name] = eval(expression, {'model': model})\n"
        "print(json.dumps(found))\n"
    )
    done = run_elsewhere(code, folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
