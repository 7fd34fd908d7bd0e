"""Reference of the settings, from the schema of JupyterLab, traitlets and the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exo_nbregistry.lab.settings import ExoNBRegistry

SCHEMA = Path(__file__).resolve().parents[2] / "js" / "schema" / "plugin.json"
TRAIT = "ExoNBRegistry"


def lab_table() -> str:
    """Return the settings of the JupyterLab extension as a Markdown table."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    rows = ["| setting | key | default | |", "|---|---|---|---|"]
    for key, entry in schema["properties"].items():
        about = " ".join(filter(None, [entry["description"], _limits(entry)]))
        default = _default(entry)
        rows.append(f"| {entry['title']} | `{key}` | {default} | {_cell(about)} |")
    return "\n".join(rows)


def server_table() -> str:
    """Return the settings of the Jupyter server extension as a Markdown table."""
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, trait in sorted(ExoNBRegistry.class_own_traits(config=True).items()):
        default = f"`{trait.default_value_repr()}`"
        rows.append(f"| `c.{TRAIT}.{name}` | {default} | {_cell(trait.help)} |")
    return "\n".join(rows)


def _default(entry: dict[str, Any]) -> str:
    value = entry.get("default")
    if value in ("", None, [], {}):
        return "empty"
    return f"`{json.dumps(value)}`"


def _limits(entry: dict[str, Any]) -> str:
    choices = entry.get("enum")
    if choices:
        return f"One of {', '.join(f'`{json.dumps(choice)}`' for choice in choices)}."
    low, high = entry.get("minimum"), entry.get("maximum")
    return f"From {low} to {high}." if low is not None and high is not None else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
