"""The checker of prose finds what its table bans, in every kind of file."""

import json
from pathlib import Path

import pytest

from scripts import check_prose

TABLE = check_prose.read_table()
ROWS = [
    pytest.param(scope, *row, id=f"{scope}: {row[2]}")
    for scope in check_prose.PREFIXES
    for row in TABLE[scope]
]
VERBS = ["Tell", "Say", "Let", "Look after", "See that", "Give back"]  # prose: ok, the bans
BANNED = "The value is no" + " number."


def write(folder: Path, scope: str, sentence: str) -> Path:
    """Write a module that uses a sentence where its scope applies."""
    texts = {
        "text": f"# {sentence}\n",
        "opening": f'def f():\n    """{sentence}"""\n',
        "name": f"{sentence} = 1\n",
        "module": "",
    }
    path = folder / f"{sentence if scope == 'module' else 'plain'}.py"
    path.write_text(texts[scope], encoding="utf-8")
    return path


def check(path: Path) -> list[str]:
    """Return the messages about a file."""
    return list(check_prose.check_file(path, check_prose.load_table(TABLE)))


@pytest.mark.parametrize(("scope", "find", "instead", "banned", "rewritten"), ROWS)
def test_each_row_finds_its_example_only(tmp_path, scope, find, instead, banned, rewritten):
    """Each row finds its banned example, and no row finds the rewritten one."""
    found = check(write(tmp_path, scope, banned))
    assert any(message.endswith(f"-> write {instead}") for message in found)
    assert check(write(tmp_path, scope, rewritten)) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_docstring_starts_with_a_plain_verb(tmp_path, verb):
    """The first words that the style guide bans are found in a docstring."""
    assert check(write(tmp_path, "opening", f"{verb} the caller."))


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.md", "# Title\n\n> The value is\n> no number.\n", "3"),
        ("a.py", 'x = 1\ny = ("The value is "\n     "no number.")\n', "2"),
        ("a.py", 'x = 1\ny = f"{x} is no {x}."\n', "2"),  # prose: ok, input
        ("a.py", "x = 1\n# The value is\n# no number.\n", "2"),
        ("a.py", 'def f():\n    """A.\n\n    It is no B.\n    """\n', "4"),  # prose: ok, input
        ("a.py", "x = 1\ndef is_no_number(): pass\n", "2"),
        ("a.py", "def f(x, told): pass\n", "1"),  # prose: ok, input
        ("a.py", "async def f(x):\n    x.told = 1\n", "2"),  # prose: ok, input
        ("a.ts", "/**\n * The value is\n * no number.\n */\n", "2"),
        ("a.ts", "const x = 'The value is ' +\n  'no number.';\n", "1"),
        ("a.ts", "let x = 1;\nconst isNoNumber = x;\n", "2"),
        ("a.css", "/* The value is no number. */\n", "1"),  # prose: ok, input
        ("a.json", '{\n  "title": "The value is no number"\n}\n', "2"),  # prose: ok, input
    ],
)
def test_every_kind_of_file_is_read(tmp_path, name, text, place):
    """A phrase is found across line breaks and joined literals, with its line."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [message.split('"')[0] for message in check(path)] == [f"{path}:{place}: "]


@pytest.mark.parametrize(
    ("kind", "source"), [("markdown", f"# A\n{BANNED}"), ("code", f"%pip list\n# {BANNED}")]
)
def test_each_cell_of_a_notebook_is_read(tmp_path, kind, source):
    """A phrase in a notebook is reported with its cell and the line in the cell."""
    cells = [{"cell_type": "raw", "source": []}, {"cell_type": kind, "source": [source]}]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (message,) = check(path)
    assert message.startswith(f'{path}:cell 2:2: "is no" -> write ')


@pytest.mark.parametrize(
    ("comment", "count"),
    [("# prose: ok, a hostile name", 0), ("# prose: ok", 1), ("# a hostile name", 1)],
)
def test_a_line_is_exempt_with_a_reason(tmp_path, comment, count):
    """An opt-out exempts its own line only, and needs a reason."""
    path = tmp_path / "a.py"
    path.write_text(f'x = "{BANNED}"  {comment}\ny = "{BANNED}"\n', encoding="utf-8")
    assert len(check(path)) == count + 1


def test_the_command_counts_what_it_finds(tmp_path, capsys):
    """The command exits with 1 if a folder has a banned phrase, and with 0 if it has none."""
    (tmp_path / "clean.md").write_text("The value is not a number.\n", encoding="utf-8")
    assert check_prose.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Banned phrases: 0\n"
    (tmp_path / "planted.md").write_text(BANNED, encoding="utf-8")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "other.md").write_text(BANNED, encoding="utf-8")
    assert check_prose.main([str(tmp_path)]) == 1
    message, count = capsys.readouterr().out.splitlines()
    assert message.startswith(f'{tmp_path / "planted.md"}:1: "is no" -> write "is not a ..."')
    assert count == "Banned phrases: 1"


def test_every_path_of_the_table_exists():
    """The files and folders that are checked by default exist."""
    root = Path(check_prose.__file__).parents[1]
    assert [path for path in TABLE["files"]["read"] if not (root / path).exists()] == []
