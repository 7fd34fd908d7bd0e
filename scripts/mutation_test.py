"""Run mutation tests: count how many small changes of the code fail a test.

mutmut runs once for each row of `TARGETS`, in a copy of the package in ``build/mutation``. A second
run only tests changed code; ``--fresh`` starts again, and ``--again`` repeats the mutants that were
not killed, after tests were added.

The text of messages is not changed, because it may be reworded.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "mutation"
GOAL = 0.85
SEED = 0

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
# The last one collects garbage five times a run, which takes longer than most tests.
_UNUSED = ("cacheprovider", "xdist", "unraisableexception")
# Lines without mutants: a line of a message, and an error that has nothing else.
_CONFIG = r"""
[tool.mutmut]
source_paths = ["exo_nbregistry"]
only_mutate = ["{module}"]
also_copy = ["benchmarks", "scripts", "conftest.py", "README.md"]
pytest_add_cli_args = ["--hypothesis-profile=mutation", {plugins}]
pytest_add_cli_args_test_selection = [{tests}]
do_not_mutate_patterns = ['^\s*f?"[^"]* [^"]*"\)?,?$', '^\s*raise \w+\(f?"[^"]*"\)( from \w+)?$']
use_git_change_detection = false
# High limits, because a slow test on a busy machine must not count as a killed mutant.
timeout_multiplier = 15.0
timeout_constant = 2.0
process_isolation = "forkserver"
"""
_KILLED = ("killed", "timeout")
_UNTESTED = "not checked"
# Each mutant is tested in a fork, and threads do not survive a fork.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Score:
    """Results of the mutants of a module.

    Attributes
    ----------
    module : str
        Path in the repository.
    killed, tested : int
        Number of killed mutants, including timeouts, and of tested mutants.
    size : int
        Number of all mutants of the module; larger than ``tested`` for a sample.
    timed_out : int
        Number of mutants that were killed by a timeout.
    survivors : list of str
        Names of the mutants that were not killed.
    """

    module: str
    killed: int
    tested: int
    size: int
    timed_out: int
    survivors: list[str]

    @property
    def share(self) -> float:
        """Share of killed mutants among the tested mutants."""
        return self.killed / self.tested if self.tested else 0.0

    @property
    def variance(self) -> float:
        """Variance of the share; 0 if all mutants were tested."""
        # Agresti & Coull 1998: two more killed and two more survivors.
        rate, count = (self.killed + 2) / (self.tested + 4), self.tested + 4
        return rate * (1 - rate) / count * (1 - self.tested / self.size) if self.size else 0.0


@click.command()
@click.argument("modules", nargs=-1, type=click.Choice(list(TARGETS)), metavar="[MODULE]...")
@click.option("--jobs", default=2, show_default=True, help="Number of parallel tests.")
@click.option("--sample", type=click.IntRange(1), help="Number of random mutants per module.")
@click.option("--again", is_flag=True, help="Test only mutants that were not killed.")
@click.option("--diffs", is_flag=True, help="Show each surviving change.")
@click.option("--fresh", is_flag=True, help="Discard the results of earlier runs.")
def main(
    modules: tuple[str, ...], jobs: int, sample: int | None, again: bool, diffs: bool, fresh: bool
) -> None:
    """Print the share of killed mutants of each MODULE, and the surviving mutants.

    Without MODULE, all modules are tested. A sample is the same in each run, and its shares have
    95 % intervals. The exit status is 1 if the total share is below 85 %.
    """
    scores = []
    for module in modules or TARGETS:
        folder = _folder(module)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        _prepare(folder, module)
        every, hashes = _mutants(folder, module)
        chosen = _choose(every, sample)
        before = _results(folder, module, hashes) if again else {}
        if again:
            # New tests can reach other functions.
            (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
        due = [name for name in chosen if before.get(name) not in _KILLED]
        if due:
            # Without names, mutmut continues an earlier run.
            names = due if sample or again else ()
            _mutmut(folder, "run", "--max-children", str(jobs), *names)
        scores.append(_score(_results(folder, module, hashes), module, chosen, len(every)))
    for score in scores:
        for name in score.survivors:
            click.echo(f"survived  {name}")
            if diffs:
                click.echo(_diff(_folder(score.module), score.module, name))
    for score in scores:
        late = f" ({score.timed_out} by a timeout)" if score.timed_out else ""
        counts = f"{score.killed:4} of {score.tested:4}"
        click.echo(f"{_percent(score.share, score.variance)}  {counts}  {score.module}{late}")
    size = sum(score.size for score in scores)
    # A module counts by its number of mutants, also in a sample.
    share = sum(score.share * score.size / size for score in scores)
    variance = sum(score.variance * (score.size / size) ** 2 for score in scores)
    killed, tested = (
        sum(each) for each in zip(*((s.killed, s.tested) for s in scores), strict=True)
    )
    counts = f"{killed:4} of {tested:4}"
    click.echo(f"{_percent(share, variance)}  {counts}  in total; the goal is {GOAL:.0%}")
    sys.exit(share < GOAL)


def _percent(share: float, variance: float) -> str:
    return f"{share:6.1%}" + (f" ± {1.96 * math.sqrt(variance):4.1%}" if variance else "")


def _mutants(folder: Path, module: str) -> tuple[list[str], Mapping[str, str]]:
    """Return the names of the mutants of a module, and the hash of each function."""
    from mutmut import configuration
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    with contextlib.chdir(folder):
        configuration.reset_config()
        found = mutate_file_contents(module, Path(module).read_text(encoding="utf-8"))
    names = [get_mutant_name(Path(module), name) for name in found.mutant_names]
    return names, found.hash_by_function_name


def _diff(folder: Path, module: str, name: str) -> str:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with contextlib.chdir(folder):
        return str(get_diff_for_mutant(name, path=module))


def _choose(names: list[str], sample: int | None) -> list[str]:
    """Return a random sample, which is part of each larger one, or all names."""
    mixed = random.Random(SEED).sample(names, len(names))
    return sorted(mixed[:sample], key=names.index)


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
    plugins = ", ".join(f'"-pno:{plugin}"' for plugin in _UNUSED)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as config:
        config.write(_CONFIG.format(module=module, tests=tests, plugins=plugins))


def _mutmut(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "mutmut", *arguments]
    subprocess.run(command, cwd=folder, env=os.environ | _ONE_THREAD, check=True)


def _score(results: dict[str, str], module: str, chosen: list[str], size: int) -> Score:
    found = {name: results[name] for name in chosen if results.get(name, _UNTESTED) != _UNTESTED}
    survivors = [name for name, result in found.items() if result not in _KILLED]
    timed_out = list(found.values()).count("timeout")
    return Score(module, len(found) - len(survivors), len(found), size, timed_out, survivors)


def _results(folder: Path, module: str, hashes: Mapping[str, str]) -> dict[str, str]:
    """Return the result of each mutant by name, except those of functions that have changed."""
    from mutmut.stats import status_by_exit_code

    with contextlib.suppress(FileNotFoundError):
        kept = json.loads((folder / "mutants" / f"{module}.meta").read_text(encoding="utf-8"))
        return {
            name: status_by_exit_code[code]
            for name, code in kept["exit_code_by_key"].items()
            if kept["hash_by_function_name"].get(function := _function(name))
            == hashes.get(function)
        }
    return {}


def _function(mutant: str) -> str:
    return mutant.rpartition(".")[2].partition("__mutmut_")[0]


if __name__ == "__main__":
    main()
