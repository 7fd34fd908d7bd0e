"""The command plot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.cli.app import commands
from exo_nbregistry.plot.kinds import KINDS
from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]
HEADERS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def test_the_default_file_is_named_after_the_kind(run: Run, tmp_path: Path) -> None:
    """The figure is saved as a PNG file in the current folder, and its values are printed."""
    done = run("plot", "metric", "kepler", "--metric", "f1_score")
    assert done.exit_code == 0
    assert done.stdout.endswith("\nSaved metric.png.\n")
    for expected in ("f1_score of kepler", "kepler:1", "0.8000", "kepler:3", "0.7000"):
        assert expected in done.stdout
    assert (tmp_path / "metric.png").read_bytes().startswith(HEADERS[".png"])


@pytest.mark.parametrize("ending", HEADERS)
def test_the_ending_selects_the_format(run: Run, tmp_path: Path, ending: str) -> None:
    """A figure is saved as PNG, SVG or PDF, and an existing file is replaced."""
    path = tmp_path / f"figure{ending}"
    path.write_text("old")
    assert run("plot", "metric", "kepler:1", "kepler:3", "-o", path).exit_code == 0
    assert path.read_bytes().startswith(HEADERS[ending])


def test_a_filter_selects_versions(run: Run) -> None:
    """Without references, --where selects the versions."""
    text = run("plot", "metric", "--where", "metrics.f1_score > 0.75").stdout
    assert "kepler:2" in text
    assert "kepler:3" not in text
    assert run("plot", "metric", "kepler", "--where", "version > 1").exit_code == 2


def test_no_display_is_required(registry: ModelRegistry, tmp_path: Path) -> None:
    """A figure is saved without a display, even if a graphical backend is configured."""
    env = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    code = "from exo_nbregistry.cli import main; main()"
    path = tmp_path / "figure.png"
    arguments = ["plot", "metric", "--registry", registry.location, "-o", str(path)]
    subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**env, "MPLBACKEND": "tkagg"},
        capture_output=True,
        check=True,
    )
    assert path.read_bytes().startswith(HEADERS[".png"])


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["histogram"], 2, "'histogram' is not one of"),
        (["metric", "-o", "figure.txt"], 2, "ends in .png, .svg or .pdf"),
        (["metric", "-o", "missing/figure.png"], 1, "Cannot write missing"),
        (["metric", "kepler:9"], 1, "no version 9"),
        (["metric", "--metric", "charm"], 1, "charm"),
        (["roc", "kepler:1"], 1, "kepler:1"),
        (["roc", "kepler:1", "--metric", "f1_score"], 1, "metric"),
    ],
)
def test_invalid_input_writes_no_file(
    run: Run, tmp_path: Path, arguments: list[str], exit_code: int, message: str
) -> None:
    """Invalid input is an error, and no figure is written."""
    before = sorted(tmp_path.iterdir())
    done = run("plot", *arguments)
    assert done.exit_code == exit_code
    assert message in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_help_lists_each_kind(run: Run) -> None:
    """The help text and the shell completion contain each kind."""
    text = " ".join(run("plot", "--help").stdout.replace(",", " ").replace(".", " ").split())
    command = commands.commands["plot"]
    context = command.make_context("plot", [], resilient_parsing=True)
    completed = [item.value for item in command.params[0].shell_complete(context, "")]
    assert completed == list(KINDS)
    assert set(KINDS) <= set(text.split())
