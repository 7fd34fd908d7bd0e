"""All commands: help, errors, exit codes, choice of the registry, colors, completion."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exo_nbregistry.cli.app import commands
from exo_nbregistry.registry.facade import ModelRegistry

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from exo_nbregistry.cli import main; main()"
ESCAPE = "\x1b"
NAMES = ("list", "show", "compare", "best", "alias", "tag", "history", "delete", "restore")
NAMES += (
    "plot",
    "stats",
    "register",
    "annotate",
    "export",
    "import",
    "copy",
    "verify",
    "gc",
    "trust",
    "score",
    "serve",
    "demo",
)


def command(*arguments: object) -> list[str]:
    """Return the command line of a new process."""
    return [sys.executable, "-c", MAIN, *map(str, arguments)]


def on_a_terminal(arguments: list[str], **env: str) -> str:
    """Run a command with a terminal as stdout, and return its output."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(arguments, cwd=ROOT, stdout=theirs, env={**os.environ, **env}) as process:
        os.close(theirs)
        output = b""
        try:
            while data := os.read(ours, 4096):
                output += data
        except OSError:
            pass  # Linux raises it when the other side is closed.
        os.close(ours)
        assert process.wait() == 0
    return output.decode()


def test_help_imports_no_heavy_library() -> None:
    """Help imports no library that is required only for models."""
    report = (
        "import sys\nfrom exo_nbregistry.cli.app import commands\n"
        "commands(['--help'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "sklearn", "pandas", "joblib", "matplotlib", "cryptography", "sqlite3"}
    heavy |= {"fastapi", "starlette", "pydantic", "uvicorn"}
    assert "exo_nbregistry.cli.demo_command" in done.stderr.split()
    assert heavy.isdisjoint(done.stderr.split())


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_help(name: str) -> None:
    """Each command exists and has a help text."""
    done = CliRunner().invoke(commands, [name, "--help"])
    assert done.exit_code == 0
    assert name in commands.commands
    assert len(done.stdout.splitlines()) > 5


def test_help_fits_80_columns() -> None:
    """The help of a terminal with 80 columns has complete descriptions and the exit codes."""
    # Not terminal_width=80, with which lines are two columns longer than in a terminal.
    for group in ("alias", "trust"):
        text = CliRunner().invoke(commands, [group, "--help"], env={"COLUMNS": "80"}).stdout
        assert "..." not in text.partition("Commands:")[2]
    text = CliRunner().invoke(commands, ["--help"], env={"COLUMNS": "80"}).stdout
    assert "..." not in text.partition("Commands:")[2]
    assert "Exit codes: 0 success, 1 " in text


def test_the_package_runs_as_a_module() -> None:
    """Running python -m exo_nbregistry starts the same command under the same name."""
    done = subprocess.run(
        [sys.executable, "-m", "exo_nbregistry", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == CliRunner().invoke(commands, ["--version"]).stdout


def test_an_error_is_one_line(run: Callable[..., Result]) -> None:
    """An error of the registry is one line on stderr and exit code 1."""
    done = run("show", "kepler:9")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: kepler has no version 9")
    assert done.stderr.count("\n") == 1


def test_an_error_has_no_control_characters(run: Callable[..., Result]) -> None:
    """An escape sequence in a name is not printed."""
    done = run("show", f"{ESCAPE}[31mred")
    assert done.exit_code == 1
    assert ESCAPE not in done.stderr


def test_a_query_error_marks_the_column(run: Callable[..., Result]) -> None:
    """An invalid filter is shown with a mark below the invalid column."""
    done = run("list", "--where", "metrics.f1_score >")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "metrics.f1_score >" in done.stderr
    caret = done.stderr.splitlines()[-1]
    assert caret == " " * (2 + len("metrics.f1_score >")) + "^"


def test_invalid_usage_exits_with_2(run: Callable[..., Result]) -> None:
    """Unknown options and commands are usage errors."""
    assert run("list", "--colour").exit_code == 2
    assert run("liszt").exit_code == 2


def test_the_registry_option_works_before_and_after_the_command(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option after the command takes precedence, then the one before it, then the variable."""
    ModelRegistry(tmp_path / "other", create=True)
    assert run("--registry", "other", "list").stderr == "No versions.\n"
    assert run("list", "--registry", "other").stderr == "No versions.\n"
    assert "kepler:1" in run("--registry", "other", "list", "--registry", "registry").stdout
    monkeypatch.delenv("EXO_NBREGISTRY")
    assert "kepler:1" in run("list", "--registry", "registry").stdout


def test_the_default_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    """The default is models/registry; if it does not exist, the error names the options."""
    monkeypatch.delenv("EXO_NBREGISTRY")
    done = run("list")
    assert done.exit_code == 1
    assert "models/registry" in done.stderr
    assert "--registry" in done.stderr
    assert not (tmp_path / "models").exists()
    ModelRegistry(tmp_path / "models" / "registry", create=True)
    assert run("list").exit_code == 0


def test_a_missing_folder_is_not_created(run: Callable[..., Result], tmp_path: Path) -> None:
    """Reading a missing registry fails and creates no folder."""
    done = run("list", "--registry", "mistyped")
    assert done.exit_code == 1
    assert not (tmp_path / "mistyped").exists()


def test_a_misspelled_folder_names_near_registries(run: Callable[..., Result]) -> None:
    """The error about a folder without a registry names the registries near it."""
    for arguments in (
        ("list",),
        ("stats",),
        ("verify",),
        ("show", "kepler"),
        ("history", "kepler"),
    ):
        done = run(*arguments, "--registry", "registy")
        assert done.exit_code == 1
        assert "No registry was found in " in done.stderr
        assert "Did you mean registry?" in done.stderr


def test_a_closed_pipe_is_not_an_error(run: Callable[..., Result], tmp_path: Path) -> None:
    """When the reader closes the pipe, no error is printed."""
    read, write = os.pipe()
    os.close(read)
    arguments = command("list", "--json", "--registry", tmp_path / "registry")
    done = subprocess.run(arguments, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert done.stderr == ""


def test_color_requires_a_terminal_that_allows_it(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    """Output is bold on a terminal, and plain in a pipe or with NO_COLOR."""
    arguments = command("show", "kepler:1", "--registry", tmp_path / "registry")
    assert ESCAPE in on_a_terminal(arguments, TERM="xterm", NO_COLOR="")
    assert ESCAPE not in on_a_terminal(arguments, TERM="xterm", NO_COLOR="1")
    piped = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "kepler:1" in piped.stdout
    assert ESCAPE not in piped.stdout


def test_characters_that_cannot_be_encoded_are_question_marks(
    run: Callable[..., Result], registry: ModelRegistry, tmp_path: Path
) -> None:
    """A note with characters that the terminal cannot encode is printed."""
    registry.annotate("kepler:1", "a star: 星")
    arguments = command("show", "kepler:1", "--registry", tmp_path / "registry")
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, env=env, check=True)
    assert "a star: ?" in done.stdout.decode("latin-1")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("kep", ["kepler"]),
        ("", ["kepler", "tess"]),
        ("kepler:", ["kepler:1", "kepler:2", "kepler:3"]),
        ("kepler@", ["kepler@champion"]),
        ("nothing:", []),
    ],
)
def test_references_are_completed(
    run: Callable[..., Result], registry: ModelRegistry, typed: str, offered: list[str]
) -> None:
    """The shell completes names, versions and aliases."""
    registry.set_alias("kepler", "champion", 2)
    show = commands.commands["show"]
    context = show.make_context("show", [typed], resilient_parsing=True)
    items = show.params[0].shell_complete(context, typed)
    assert sorted(item.value for item in items) == offered


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("metrics.f", ["metrics.f1_score"]),
        ("kepler version > 1 and metrics.f", ["kepler version > 1 and metrics.f1_score"]),
        ("algor", ["algorithm"]),
        ("zzz", []),
    ],
)
@pytest.mark.parametrize("command", ["list", "best", "plot"])
def test_the_fields_of_a_filter_are_completed(
    run: Callable[..., Result], command: str, typed: str, offered: list[str]
) -> None:
    """The shell completes the field that a filter ends with, and keeps what precedes it."""
    chosen = commands.commands[command]
    context = chosen.make_context(command, [], resilient_parsing=True)
    where = next(option for option in chosen.params if option.name == "where")
    assert [item.value for item in where.shell_complete(context, typed)] == offered


def test_completion_reads_the_registry_typed_before_the_command(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completion reads the registry option before and after the command."""
    monkeypatch.delenv("EXO_NBREGISTRY")
    for words in (["--registry", "registry", "show"], ["show", "--registry", "registry"]):
        env = {
            "_EXO_NBREGISTRY_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["exo-nbregistry", *words, "te"]),
            "COMP_CWORD": str(len(words) + 1),
        }
        done = CliRunner().invoke(commands, [], prog_name="exo-nbregistry", env=env)
        assert done.stdout == "plain,tess\n"
