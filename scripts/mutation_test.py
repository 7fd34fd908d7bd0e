"""Run mutation tests: count how many small changes of the code fail a test.

mutmut runs once for each row of `TARGETS`, in a copy of the package in ``build/mutation``. A second
run only tests changed code; ``--fresh`` starts again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "mutation"
GOAL = 0.85

# Each module with the only tests that run for its changes.
TARGETS: dict[str, tuple[str, ...]] = {
    "exo_nbregistry/signing/keyring.py": ("tests/signing/test_keyring.py",),
    "exo_nbregistry/signing/public_keys.py": ("tests/signing/test_public_keys.py",),
    "exo_nbregistry/journal/writer.py": ("tests/journal/test_writer.py",),
    "exo_nbregistry/journal/reader.py": ("tests/journal/test_reader.py",),
    "exo_nbregistry/journal/snapshot.py": (
        "tests/journal/test_snapshot.py",
        "tests/journal/test_reader.py",
    ),
    "exo_nbregistry/persistence/loading.py": ("tests/persistence/test_loading.py",),
    "exo_nbregistry/evaluation/paired_tests.py": ("tests/evaluation/test_paired_tests.py",),
    "exo_nbregistry/integrity/garbage.py": ("tests/integrity/test_garbage.py",),
    "exo_nbregistry/index/filter_language.py": ("tests/index/test_filter_language.py",),
    "exo_nbregistry/index/sql_condition.py": (
        "tests/index/test_sql_condition.py",
        "tests/index/test_queries.py",
    ),
}
# The tests and their data.
_COPIED = ("tests", "benchmarks", "scripts", "conftest.py", "pyproject.toml", "README.md")
_CONFIG = """
[tool.mutmut]
source_paths = ["exo_nbregistry"]
only_mutate = ["{module}"]
also_copy = ["benchmarks", "scripts", "conftest.py", "README.md"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=fast"]
pytest_add_cli_args_test_selection = [{tests}]
use_git_change_detection = false
# High limits, because a slow test on a busy machine must not count as a killed mutant.
timeout_multiplier = 60.0
timeout_constant = 2.0
process_isolation = "forkserver"
"""
_KILLED = ("killed", "timeout")
# Each mutant is tested in a fork, and threads do not survive a fork.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Score:
    """Results of the mutants of a module.

    Attributes
    ----------
    module : str
        Path in the repository.
    killed, total : int
        Number of killed mutants, including timeouts, and of all mutants.
    timed_out : int
        Number of mutants that were killed by a timeout.
    survivors : list of str
        Names of the mutants that were not killed.
    """

    module: str
    killed: int
    total: int
    timed_out: int
    survivors: list[str]

    @property
    def share(self) -> float:
        """Share of killed mutants."""
        return self.killed / self.total if self.total else 0.0


@click.command()
@click.argument("modules", nargs=-1, type=click.Choice(list(TARGETS)), metavar="[MODULE]...")
@click.option("--jobs", default=2, show_default=True, help="Number of parallel tests.")
@click.option("--diffs", is_flag=True, help="Show each surviving change.")
@click.option("--fresh", is_flag=True, help="Discard the results of earlier runs.")
def main(modules: tuple[str, ...], jobs: int, diffs: bool, fresh: bool) -> None:
    """Print the share of killed mutants of each MODULE, and the surviving mutants.

    Without MODULE, all modules are tested. The exit status is 1 if the total share is below 85 %.
    """
    scores = []
    for module in modules or TARGETS:
        folder = _folder(module)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        _prepare(folder, module)
        _mutmut(folder, "run", "--max-children", str(jobs))
        scores.append(_read_score(folder, module))
    for score in scores:
        for name in score.survivors:
            click.echo(f"survived  {name}")
            if diffs:
                _mutmut(_folder(score.module), "show", name)
    for score in scores:
        late = f" ({score.timed_out} by a timeout)" if score.timed_out else ""
        click.echo(f"{score.share:6.1%}  {score.killed:4} of {score.total:4}  {score.module}{late}")
    killed, total = (sum(each) for each in zip(*((s.killed, s.total) for s in scores), strict=True))
    click.echo(f"{killed / total:6.1%}  {killed:4} of {total:4}  in total; the goal is {GOAL:.0%}")
    sys.exit(killed < GOAL * total)


def _folder(module: str) -> Path:
    return WORK / module.removesuffix(".py").replace("/", "-")


def _prepare(folder: Path, module: str) -> None:
    """Copy the package and its tests; unchanged files keep their modification times."""
    ignored = shutil.ignore_patterns("__pycache__", "labextension")
    shutil.copytree(
        ROOT / "exo_nbregistry", folder / "exo_nbregistry", ignore=ignored, dirs_exist_ok=True
    )
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / name, folder / name)
    tests = ", ".join(f'"{test}"' for test in TARGETS[module])
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as config:
        config.write(_CONFIG.format(module=module, tests=tests))


def _mutmut(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "mutmut", *arguments]
    subprocess.run(command, cwd=folder, env=os.environ | _ONE_THREAD, check=True)


def _read_score(folder: Path, module: str) -> Score:
    from mutmut.stats import status_by_exit_code

    kept = json.loads((folder / "mutants" / f"{module}.meta").read_text(encoding="utf-8"))
    found = {name: status_by_exit_code[code] for name, code in kept["exit_code_by_key"].items()}
    survivors = sorted(name for name, status in found.items() if status not in _KILLED)
    timed_out = list(found.values()).count("timeout")
    return Score(module, len(found) - len(survivors), len(found), timed_out, survivors)


if __name__ == "__main__":
    main()
