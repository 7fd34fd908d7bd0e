"""The page on the REST API names the fields of the replies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.panels.registry_panel import RegistryPanel
from exo_nbregistry.registry.facade import ModelRegistry

PAGE = Path(__file__).parents[2] / "docs" / "rest.md"
# Their keys are names that users choose.
_NAMED_BY_USERS = ("metrics", "tags", "aliases")
HOME = "/registries/this"


def fields_of(content: Any) -> Iterator[str]:
    """Yield the names of the fields of a reply, without those that users choose."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield name
            if name not in _NAMED_BY_USERS or isinstance(value, list):
                yield from fields_of(value)
    elif isinstance(content, list):
        for value in content:
            yield from fields_of(value)


@pytest.mark.parametrize(
    "path",
    [
        "/registries",
        HOME,
        f"{HOME}/indexing",
        f"{HOME}/fields",
        f"{HOME}/models",
        f"{HOME}/versions?column=trend&column=metrics.f1_score",
        f"{HOME}/versions?where=metrics.other%3E1",
        f"{HOME}/models/kepler/versions/2",
        f"{HOME}/models/kepler/history",
        f"{HOME}/compare?ref=kepler:1&ref=kepler:2",
    ],
)
def test_each_field_of_a_reply_is_on_the_page(registry: ModelRegistry, path: str) -> None:
    """Each field is in an example or in the text."""
    panel = RegistryPanel(registry)
    reply = panel.answer("GET", path)
    panel.close()
    assert reply.status == 200
    named = set(re.findall(r"[`\"](\w+)[`\"]", PAGE.read_text(encoding="utf-8")))
    assert set(fields_of(json.loads(reply.body))) <= named
