"""What holds for every command: where errors go, exit codes, which registry, colours, pipes."""

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
NAMES += ("export", "import", "verify", "gc", "trust", "serve", "demo")


def command(*arguments: object) -> list[str]:
    """Return the command line of a fresh process."""
    return [sys.executable, "-c", MAIN, *map(str, arguments)]


def on_a_terminal(arguments: list[str], **env: str) -> str:
    """Run a command whose stdout is a terminal, and return what the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(arguments, cwd=ROOT, stdout=theirs, env={**os.environ, **env}) as process:
        os.close(theirs)
        got = b""
        try:
            while data := os.read(ours, 4096):
                got += data
        except OSError:
            pass  # Linux says so when the other side is closed.
        os.close(ours)
        assert process.wait() == 0
    return got.decode()


def test_help_is_light() -> None:
    """Help loads none of the libraries that only work on models needs."""
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
def test_every_command_explains_itself(name: str) -> None:
    """Each command is there and its help says what it does."""
    done = CliRunner().invoke(commands, [name, "--help"])
    assert done.exit_code == 0
    assert name in commands.commands
    assert len(done.stdout.splitlines()) > 5


def test_help_is_whole_on_80_columns() -> None:
    """The list of commands cuts no explanation short, and tells the exit codes."""
    text = CliRunner().invoke(commands, ["--help"], terminal_width=80).stdout
    assert "..." not in text.partition("Commands:")[2]
    assert "Exit codes: 0 done, 1 " in text


def test_the_package_is_the_command_line() -> None:
    """With python -m it works where no script is on the path, under the same name."""
    done = subprocess.run(
        [sys.executable, "-m", "exo_nbregistry", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == CliRunner().invoke(commands, ["--version"]).stdout


def test_an_error_is_one_line(run: Callable[..., Result]) -> None:
    """What the registry refuses is one line on stderr and exit code 1."""
    done = run("show", "kepler:9")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: kepler has no version 9")
    assert done.stderr.count("\n") == 1


def test_an_error_cannot_steer_the_terminal(run: Callable[..., Result]) -> None:
    """A name with an escape sequence comes back without it."""
    done = run("show", f"{ESCAPE}[31mred")
    assert done.exit_code == 1
    assert ESCAPE not in done.stderr


def test_a_query_error_points_at_the_column(run: Callable[..., Result]) -> None:
    """A filter outside the language is shown with a mark below the fault."""
    done = run("list", "--where", "metrics.f1_score >")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "metrics.f1_score >" in done.stderr
    caret = done.stderr.splitlines()[-1]
    assert caret == " " * (2 + len("metrics.f1_score >")) + "^"


def test_a_command_not_understood_exits_with_2(run: Callable[..., Result]) -> None:
    """Options and commands that do not exist are usage errors."""
    assert run("list", "--colour").exit_code == 2
    assert run("liszt").exit_code == 2


def test_the_registry_is_named_before_or_after(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option counts before the command and after it, and more than the environment."""
    ModelRegistry(tmp_path / "other")
    assert run("--registry", "other", "list").stderr == "No version is registered.\n"
    assert run("list", "--registry", "other").stderr == "No version is registered.\n"
    assert "kepler:1" in run("--registry", "other", "list", "--registry", "registry").stdout
    monkeypatch.delenv("EXO_NBREGISTRY")
    assert "kepler:1" in run("list", "--registry", "registry").stdout


def test_the_default_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    """Without a word, models/registry is meant; where it is none, a sentence says what to do."""
    monkeypatch.delenv("EXO_NBREGISTRY")
    done = run("list")
    assert done.exit_code == 1
    assert "models/registry" in done.stderr
    assert "--registry" in done.stderr
    assert not (tmp_path / "models").exists()
    ModelRegistry(tmp_path / "models" / "registry")
    assert run("list").exit_code == 0


def test_a_mistyped_folder_is_not_made(run: Callable[..., Result], tmp_path: Path) -> None:
    """Reading a folder that is no registry fails and leaves nothing behind."""
    done = run("list", "--registry", "mistyped")
    assert done.exit_code == 1
    assert not (tmp_path / "mistyped").exists()


def test_a_reader_that_went_away_is_no_error(run: Callable[..., Result], tmp_path: Path) -> None:
    """When the reader of a pipe has seen enough, nothing is complained of."""
    read, write = os.pipe()
    os.close(read)
    arguments = command("list", "--json", "--registry", tmp_path / "registry")
    done = subprocess.run(arguments, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert done.stderr == ""


def test_colour_is_for_terminals_that_want_it(run: Callable[..., Result], tmp_path: Path) -> None:
    """Output is bold on a terminal, and plain in a pipe or where NO_COLOR is set."""
    arguments = command("show", "kepler:1", "--registry", tmp_path / "registry")
    assert ESCAPE in on_a_terminal(arguments, TERM="xterm", NO_COLOR="")
    assert ESCAPE not in on_a_terminal(arguments, TERM="xterm", NO_COLOR="1")
    piped = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "kepler:1" in piped.stdout
    assert ESCAPE not in piped.stdout


def test_a_terminal_without_the_letters_gets_question_marks(
    run: Callable[..., Result], registry: ModelRegistry, tmp_path: Path
) -> None:
    """A description that the terminal cannot write is no reason to fail."""
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
    """The shell is offered names, and versions or aliases after their mark."""
    registry.set_alias("kepler", "champion", 2)
    show = commands.commands["show"]
    context = show.make_context("show", [typed], resilient_parsing=True)
    items = show.params[0].shell_complete(context, typed)
    assert sorted(item.value for item in items) == offered


def test_completion_reads_the_registry_typed_before_the_command(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shell's request for completions finds the folder wherever it was typed."""
    monkeypatch.delenv("EXO_NBREGISTRY")
    for words in (["--registry", "registry", "show"], ["show", "--registry", "registry"]):
        env = {
            "_EXO_NBREGISTRY_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["exo-nbregistry", *words, "te"]),
            "COMP_CWORD": str(len(words) + 1),
        }
        done = CliRunner().invoke(commands, [], prog_name="exo-nbregistry", env=env)
        assert done.stdout == "plain,tess\n"
