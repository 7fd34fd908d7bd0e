"""Labels, keys and settings that the documentation names exist in the user interface."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "js/schema/plugin.json").read_text(encoding="utf-8"))
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs/how-to").glob("*.md")),
    ROOT / "docs/start.md",
    ROOT / "docs/reference/settings.md",
]
# Labels of JupyterLab itself.
_OF_JUPYTERLAB = {"Settings", "Settings Editor", "Keyboard Shortcuts", "Model Registry"}


@cache
def texts_of_the_interface() -> set[str]:
    """Return the texts that a translator gets, and the titles of settings and figures."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "js/src").rglob("*.ts"))
    calls = re.findall(r"trans\s*\.\s*_[_n]\(\s*(['\"])(.*?)(?<!\\)\1", sources, re.DOTALL)
    followup = (ROOT / "exo_nbregistry/exoplanet/followup").glob("*.py")
    python = "".join(path.read_text(encoding="utf-8") for path in followup)
    figures = re.findall(r'(?:"title": |TITLE = )"([^"]+)"', python)
    titles = [setting["title"] for setting in SCHEMA["properties"].values()]
    return {text for _, text in calls} | {*figures, *titles}


def labels_of(text: str) -> list[str]:
    """Return the bold texts of a page that are not sentences, which are the labels."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    found = re.findall(r"\*\*([^*]+)\*\*", prose)
    return [" ".join(label.split()) for label in found if not label.endswith(".")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_label_exists(page: Path) -> None:
    """A bold label on a page is a text of the interface or its first sentence, without dots."""
    known = {text.rstrip("…") for text in texts_of_the_interface()} | _OF_JUPYTERLAB
    known |= {text.partition(".")[0] for text in known}
    labels = labels_of(page.read_text(encoding="utf-8"))
    assert [label for label in labels if label not in known] == []


def test_labels_are_found() -> None:
    """A label is bold text that is not a sentence and not in code."""
    text = "Choose **Set\nalias**. **It is signed.** `a**b**c`\n```\n**kwargs**\n```"
    assert labels_of(text) == ["Set alias"]
    assert {"Set alias…", "Show deleted", "Main metric"} <= texts_of_the_interface()


def test_each_key_exists() -> None:
    """The pages name the keys with Alt and Shift that the settings define, and no others."""
    keys = {"+".join(shortcut["keys"][0].split()) for shortcut in SCHEMA["jupyter.lab.shortcuts"]}
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"Alt\+Shift\+\w", text)) == keys


def test_each_context_menu_entry_has_a_command() -> None:
    """The application has each command that the menus and the toolbar of the settings use."""
    ids = (ROOT / "js/src/application/command_ids.ts").read_text(encoding="utf-8")
    named = set(re.findall(r'"command": "(exo-nbregistry:[\w-]+)"', json.dumps(SCHEMA)))
    assert named
    assert [name for name in named if f"'{name}'" not in ids] == []
