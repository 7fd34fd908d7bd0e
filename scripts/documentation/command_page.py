"""Reference of the command line, from its help texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from exo_nbregistry.cli.app import commands

PROGRAM = "exo-nbregistry"


def command_page() -> str:
    """Return the reference of all commands, in the order of ``exo-nbregistry --help``."""
    return "\n".join(_sections(commands, PROGRAM, None, 2))


def command_paths() -> list[str]:
    """Return each command with its group, such as ``alias set``."""
    return [path for path, _ in _walk(commands, "")]


def _walk(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}".strip()
        if isinstance(command, click.Group):
            yield from _walk(command, path)
        else:
            yield path, command


def _sections(
    command: click.Command, path: str, parent: click.Context | None, level: int
) -> Iterator[str]:
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    if parent is not None:
        yield f"\n{'#' * level} `{path.removeprefix(PROGRAM).strip()}`\n"
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    yield f"{_prose(command.help or '')}\n"
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _sections(child, f"{path} {name}", context, level + (parent is not None))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    rows = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context)) and "--help" not in record[0]
    ]
    if rows:
        yield "| option | |\n|---|---|"
        for names, text in rows:
            yield f"| `{_cell(names)}` | {_prose(_cell(text))} |"
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    r"""Return a help text as Markdown; click marks paragraphs that are not wrapped with ``\b``."""
    text = re.sub(r"\f.*", "", _dedented(text), flags=re.DOTALL)
    blocks = []
    for block in text.split("\n\n"):
        if block.startswith("\b"):
            blocks.append(f"```text\n{block.removeprefix(chr(8)).strip(chr(10))}\n```")
        else:
            blocks.append(re.sub(r"([*_<>])", r"\\\1", block))
    return "\n\n".join(blocks)


def _dedented(text: str) -> str:
    """Return a help text without the indentation of its docstring."""
    first, _, rest = text.partition("\n")
    lines = rest.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join([first.strip(), *(line[margin:] for line in lines)]).strip()
