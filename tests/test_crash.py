"""After a kill, a registry has the old or the new state and remains usable."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crash import killed
from tests.registry_crash import NEW, OLD

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the program that is killed forks")

ROOT = Path(__file__).resolve().parents[1]
COMMITS = ["link", "claim"]
# Minimum number of changes: a record and a blob are opened, written, flushed, linked and unlinked,
# and their folder is flushed.
RECORD = PAYLOAD = 6
CHANGES = {
    "register_first": 2 * RECORD + 2 * PAYLOAD,
    "register_model": RECORD + 2 * PAYLOAD,
    "attach": RECORD + PAYLOAD,
    "set_alias": RECORD,
    "delete_model": RECORD,
    "restore_model": RECORD,
    "purge_model": RECORD + 2 * 2,
}
# System calls that do not change the disk. Any other call with the folder is a change.
HARMLESS = re.compile(
    r"(f|l|new|)(f|)stat(at|x|fs|)(64|)|f?access(at2?)?|readlink(at)?|getdents(64)?|p?read(v|64)?"
    r"|[fl_]*seek|close|fcntl|ioctl|fadvise64|[fl]?(get|list)xattr|chdir|getcwd|execve|poll"
)


def command(mode: str, folder: Path, commit: str) -> list[str]:
    """Return the command line of the killed or observed program."""
    return [sys.executable, "-m", "tests.registry_crash", mode, str(folder), commit]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of the program: a temporary key, and no threads before a fork."""
    home = str(tmp_path_factory.mktemp("home"))
    own = {"PYTHONPATH": str(ROOT), "HOME": home, "EXO_NBREGISTRY_CONFIG_DIR": f"{home}/config"}
    single = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    return {**os.environ, **own, **single}


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """Return the states after each kill, by way of committing and by call."""
    folder = tmp_path_factory.mktemp("killed")
    running = {
        commit: subprocess.Popen(
            command("kill", folder / commit, commit),
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for commit in COMMITS
    }
    found = {}
    for commit, process in running.items():
        out, err = process.communicate()
        assert process.returncode == 0, err
        found[commit] = json.loads(out)
    return found


@pytest.mark.parametrize("commit", COMMITS)
@pytest.mark.parametrize("call", NEW)
def test_a_killed_call_is_done_or_not_begun(
    outcomes: dict[str, dict[str, Any]], call: str, commit: str
) -> None:
    """After a kill before or after any change, the state is the old or the new one, intact."""
    *kills, last = outcomes[commit][call]
    assert all(outcome["killed"] for outcome in kills)
    assert not last["killed"]
    assert len(kills) >= 2 * CHANGES[call]
    old = {} if call == "register_first" else OLD
    states = [outcome["state"] for outcome in kills]
    first_new = states.index(NEW[call])
    assert 0 < first_new < len(states)
    assert states == [old] * first_new + [NEW[call]] * (len(states) - first_new)
    assert last["state"] == NEW[call]
    assert [outcome["faults"] for outcome in kills] == [[]] * len(kills)


@pytest.mark.parametrize("commit", COMMITS)
@pytest.mark.parametrize("call", NEW)
def test_a_killed_call_can_be_made_again(
    outcomes: dict[str, dict[str, Any]], call: str, commit: str
) -> None:
    """After a kill at any point, the repeated call succeeds and takes effect once."""
    for point, outcome in enumerate(outcomes[commit][call], start=1):
        assert outcome["again"] == NEW[call], f"killed at {point}"
        assert outcome["faults_again"] == [], f"killed at {point}"


def test_the_harness_kills(tmp_path: Path) -> None:
    """A task is killed exactly before or after the selected change."""
    file = tmp_path / "file"
    seen = []
    for point in range(1, 6):
        died = killed(str(tmp_path), point, lambda: (os.mkdir(file), os.rmdir(file)))
        seen.append((died, file.exists()))
        shutil.rmtree(file, ignore_errors=True)
    expected = [(True, False), (True, True), (True, True), (True, False), (False, False)]
    assert seen == expected


def test_the_harness_distinguishes_failures_from_kills(tmp_path: Path) -> None:
    """A child that raises, exits or gets another signal is an error, not a kill."""

    def end_otherwise() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    for task in (lambda: 1 / 0, lambda: sys.exit(3), end_otherwise):
        with pytest.raises(RuntimeError, match="neither killed nor done"):
            killed(str(tmp_path), 1, task)


def traced(log: str, place: str) -> list[list[str]]:
    """Return the changes below a folder in a trace of strace, in the form of the harness."""
    lines = [line for line in log.splitlines() if place in line]
    begin = next(n for n, line in enumerate(lines) if f"{place}/the call begins" in line)
    end = next(n for n, line in enumerate(lines) if f"{place}/the call ends" in line)
    changes = []
    for line in lines[begin + 1 : end]:
        if re.match(r"(?:\d+ +)?<\.\.\. ", line):
            continue  # the rest of a call that another thread interrupted
        call = r"(?:\d+ +)?(\w+)\((.*)(?:\) += .*| <unfinished \.\.\.>)"
        name, arguments = re.fullmatch(call, line).groups()
        reads = name in ("open", "openat", "openat2") and not re.search(
            "O_(WR|RDWR|CREAT|TRUNC)", arguments
        )
        if name == "mmap":
            reads = "PROT_WRITE" not in arguments or "MAP_SHARED" not in arguments
        if reads or HARMLESS.fullmatch(name):
            continue
        # A name in an open folder.
        arguments = re.sub(r'\d+<([^>]*)>, "([^"/][^"]*)"', r'"\1/\2"', arguments)
        call = "rmdir" if "AT_REMOVEDIR" in arguments else re.sub("(at2?|64)$", "", name)
        paths = re.findall(rf'["<]({re.escape(place)}(?:/[^">]*)?)[">]', arguments)
        changes.append(
            [call, *(os.path.relpath(p.removesuffix(" (deleted)"), place) for p in paths)]
        )
    return changes


@pytest.mark.parametrize("commit", COMMITS)
def test_the_harness_misses_no_change(
    tmp_path: Path, environment: dict[str, str], commit: str
) -> None:
    """The harness kills at each system call that changes the registry, according to strace."""
    log = tmp_path / "strace.log"
    strace = ["strace", "-f", "-y", "-s", "0", "-e", "trace=%file,%desc", "-o", str(log)]
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt-get install strace")
    probe = subprocess.run([*strace, "true"], capture_output=True, text=True)
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()}")
    done = subprocess.run(
        [*strace, *command("log", tmp_path, commit)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    text = log.read_text()
    for call, reported in json.loads(done.stdout).items():
        # Without hard links, the harness rejects links before the system call.
        seen = [change for change in reported if commit == "link" or change[0] != "link"]
        assert len(seen) >= CHANGES[call]
        found = traced(text, str(tmp_path / call / "log" / "registry"))
        assert sorted(found) == sorted(seen)
        # Threads wait for the disk at the same time, in any order.
        for changes in (found, seen):
            changes[:] = [change for change in changes if change[0] != "fsync"]
        assert found == seen
