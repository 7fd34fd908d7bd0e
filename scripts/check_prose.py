"""Find the phrases that banned_phrases.toml lists, and print what to write instead."""

import argparse
import ast
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("banned_phrases.toml")
SUFFIXES = {".css", ".ipynb", ".md", ".py", ".ts", ".tsx"}
OPT_OUT = re.compile(r"prose: ok\W+\w")  # The reason follows.
SPACE = r"(?:[ \t]+|[ \t]*\n[ \t]*)"
# Comment signs at the start of a line, and the joints of TypeScript's string literals.
DECORATION = re.compile(r"^[ \t]*(?://+|/?\*+/?|#+:?|>)|['\"`]\s*\+\s*['\"`]", re.MULTILINE)
TYPESCRIPT = {
    "opening": re.compile(r"/\*\*[\s*]*(.*?)\*/", re.DOTALL),
    "name": re.compile(r"\b(?:class|const|enum|function|interface|let|type|get|set)\s+(\w+)"),
}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
WORD_START = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])")
PREFIXES = {"text": "(?i)", "opening": r"(?i)\A", "name": "", "module": ""}
Phrase = tuple[str, re.Pattern[str], str]  # Its scope, its pattern and what to write instead.
Passage = tuple[str, str, int, int]  # Its scope, its text, its first and its last line.


def read_table() -> dict[str, Any]:
    """Read banned_phrases.toml, which is beside this file."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def load_table(table: dict[str, Any]) -> list[Phrase]:
    """Compile the rows; a space in a pattern also matches a line break."""
    return [
        (scope, re.compile(prefix + find.replace(" ", SPACE)), write)
        for scope, prefix in PREFIXES.items()
        for find, write, _, _ in table[scope]
    ]


def read_text(source: str) -> Iterator[Passage]:
    """Read a file as one passage, without comment signs and with every line break."""
    text = DECORATION.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    yield "text", text, 1, text.count("\n") + 1


def read_typescript(source: str) -> Iterator[Passage]:
    """Read the whole text, the openings of doc comments and the names that are defined."""
    yield from read_text(source)
    for scope, pattern in TYPESCRIPT.items():
        for match in pattern.finditer(source):
            line = source.count("\n", 0, match.start(1)) + 1
            yield scope, match[1], line, line


def read_python(source: str) -> Iterator[Passage]:
    """Read the strings, the comments and the names that are defined."""
    nodes = list(ast.walk(ast.parse(source)))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        match node:
            case ast.Constant(value=str(text)) if id(node) not in parts:
                yield "text", text, first, last
            case ast.JoinedStr(values=values):
                text = "".join(v.value if isinstance(v, ast.Constant) else "x" for v in values)
                yield "text", text, first, last
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                if not isinstance(getattr(node, "ctx", None), ast.Load):
                    yield "name", name, first, first
        if isinstance(node, DOCUMENTED) and node.body:
            yield "name", getattr(node, "name", ""), first, first
            first = node.body[0].lineno
            yield "opening", ast.get_docstring(node) or "", first, first
    comments = [""] * (source.count("\n") + 2)
    for token in tokenize.generate_tokens(iter(source.splitlines(True)).__next__):
        if token.type == tokenize.COMMENT:
            comments[token.start[0] - 1] = token.string.lstrip("#: ")
    yield "text", "\n".join(comments), 1, len(comments)


def find_phrases(passage: Passage, table: list[Phrase]) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each banned phrase, its text and what to write instead."""
    kind, text, first, last = passage
    texts = {kind: text}
    if kind == "name" and not text.startswith("test "):
        texts["text"] = " ".join(WORD_START.split(text))
    exact = text.count("\n") == last - first  # It is not, where literals are joined.
    for scope, pattern, write in table:
        for match in pattern.finditer(texts.get(scope, "")):
            line = first + text.count("\n", 0, match.start()) if exact else first
            yield line, " ".join(match[0].split()), write


def read_pieces(path: Path) -> Iterator[tuple[str, str, list[Passage]]]:
    """Yield a file, or each cell of a notebook: its place, its source and its passages."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        for number, cell in enumerate(json.loads(source)["cells"], start=1):
            read = read_python if cell["cell_type"] == "code" else read_text
            text = re.sub(r"^[%!].*", "", "".join(cell["source"]), flags=re.MULTILINE)
            yield f"{path}:cell {number}:", text, list(read(text))
    else:
        readers = {".py": read_python, ".ts": read_typescript, ".tsx": read_typescript}
        module = ("module", path.stem.removeprefix("test_"), 1, 1)
        yield f"{path}:", source, [module, *readers.get(path.suffix, read_text)(source)]


def check_file(path: Path, table: list[Phrase]) -> Iterator[str]:
    """Yield a message for each banned phrase in a file, by line."""
    for place, source, passages in read_pieces(path):
        lines = source.split("\n")
        found = [phrase for passage in passages for phrase in find_phrases(passage, table)]
        for line, phrase, write in sorted(found):
            if not OPT_OUT.search(lines[line - 1]):
                yield f'{place}{line}: "{phrase}" -> write {write}'


def list_files(paths: list[Path], skip: set[str]) -> Iterator[Path]:
    """Yield the given files, and the files below the given folders that can be read."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file == path or (file.suffix in SUFFIXES and not skip & set(file.parts)):
                yield file


def main(arguments: list[str] | None = None) -> int:
    """Check the given paths, or the whole project; return 1 if a banned phrase is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", help="files or folders (default: the whole project)")
    table = read_table()
    paths = [Path(path) for path in parser.parse_args(arguments).paths or table["files"]["read"]]
    files = list_files(paths, set(table["files"]["skip"]))
    phrases = load_table(table)
    messages = [message for file in files for message in check_file(file, phrases)]
    print(*messages, f"Banned phrases: {len(messages)}", sep="\n")
    return min(len(messages), 1)


if __name__ == "__main__":
    sys.exit(main())
