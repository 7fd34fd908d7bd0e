"""A child process that loads and uses a file, and reports everything that the file did."""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import signal
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

CPU_S, REAL_S = 5, 120
MAX_MEMORY_BYTES, MAX_ADDRESSES_BYTES = 200 << 20, 1 << 30
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
    "inverse_transform",
    "score_samples",
    "kneighbors",
    "apply",
    "decision_path",
    "staged_predict",
    "get_params",
    "fit",
)
_RNG = np.random.default_rng(1)
_X = _RNG.normal(size=(20, 4))
_TEXTS = ["a planet", "noise", "another planet", "a false positive"] * 5
_ROWS: tuple[Any, ...] = (_X, _X[:, :1], sparse.csr_matrix(np.abs(_X)), _TEXTS, [{"a": 1.0}] * 20)
_LABELS = np.arange(20) % 2

# Events that no load of a model causes; imports of installed modules open files for reading.
FORBIDDEN = (
    "builtins.input",
    "ctypes.dlsym",
    "os.chmod",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.symlink",
    "os.system",
    "os.truncate",
    "pickle.find_class",
    "shutil.",
    "socket.",
    "sqlite3.connect",
    "subprocess.Popen",
    "tempfile.",
    "webbrowser.open",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Result(NamedTuple):
    """Effects of a file.

    Attributes
    ----------
    outcome : str
        'rejected', 'loaded', 'failed' if loading raised another error, or 'died'.
    detail : str
        The reason, the type, the error or the signal.
    events : tuple of str
        Forbidden things that it did.
    memory_bytes : int
        Peak of the memory above the start.
    """

    outcome: str
    detail: str
    events: tuple[str, ...]
    memory_bytes: int


def run(
    load: Callable[[bytes], Any], data: bytes, refusal: type[Exception] | tuple[()] = ()
) -> Result:
    """Load a file in a fork of this process, in an empty folder, and use what it contains."""
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home").resolve()
        home.mkdir()
        # A file of this name in the working folder must not be imported.
        _ = (home / "_loss.py").write_text("from os import system\n")
        child = _fork()
        if not child:
            os.close(reader)
            _in_child(load, data, refusal, home, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            report = pipe.read()
        _, status, usage = os.wait4(child, 0)
        found = sorted({path.name for path in home.rglob("*")} - {"_loss.py"})
    events = tuple(f"created {name}" for name in found)
    lines = [json.loads(line) for line in report.splitlines()]
    start = lines[0]
    scale = 1 if sys.platform == "darwin" else 1024
    memory = (usage.ru_maxrss - start) * scale
    if len(lines) < 2 or os.WIFSIGNALED(status) or os.WEXITSTATUS(status):
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        what = signal.Signals(number).name if number else f"exit {os.WEXITSTATUS(status)}"
        return Result("died", what, events, memory)
    outcome, detail, seen = lines[1]
    return Result(outcome, detail, (*events, *seen), memory)


def _fork() -> int:
    with warnings.catch_warnings():
        # Threads of libraries that this process imported do not run in the child.
        warnings.simplefilter("ignore")
        return os.fork()


def _in_child(
    load: Callable[[bytes], Any],
    data: bytes,
    refusal: type[Exception] | tuple[()],
    home: Path,
    writer: int,
) -> None:
    status = 1
    try:
        faulthandler.disable()
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.chdir(home)
        os.environ.update(HOME=str(home), TMPDIR=str(home))
        tempfile.tempdir = None
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        signal.alarm(REAL_S)
        _limit_memory()
        _write(writer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        warnings.simplefilter("ignore")
        # The threads of OpenMP do not survive a fork.
        threadpool_limits(1)
        _write(writer, _report(load, data, refusal))
        status = 0
    finally:
        os._exit(status)


def _limit_memory() -> None:
    """Keep a hungry file from taking the memory of the machine, and its crash from writing it."""
    sizes = Path("/proc/self/statm")
    if sizes.exists():
        now_bytes = int(sizes.read_text().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (now_bytes + MAX_ADDRESSES_BYTES, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(writer: int, value: Any) -> None:
    os.write(writer, json.dumps(value).encode() + b"\n")


def _report(
    load: Callable[[bytes], Any], data: bytes, refusal: type[Exception] | tuple[()]
) -> tuple[str, str, list[str]]:
    events: list[str] = []
    sys.addaudithook(lambda event, args: _observe(events, event, args))
    try:
        model = load(data)
    except refusal as error:
        return "rejected", str(error), events
    except BaseException as error:  # noqa: BLE001 - also SystemExit of a hostile file
        return "failed", f"{type(error).__name__}: {error}"[:300], events
    use(model)
    return "loaded", type(model).__qualname__, events


def _observe(events: list[str], event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        path, _mode, flags = args
        if isinstance(flags, int) and flags & _WRITES:
            events.append(f"wrote {path!r}")
        elif not _is_installed(path):
            events.append(f"read {path!r}")
    elif event.startswith(FORBIDDEN):
        events.append(event)


def _roots() -> tuple[str, ...]:
    roots = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    package = Path(__file__).resolve().parents[2]
    return (
        *roots,
        str(package),
        "/proc/",
        "/sys/",
        "/dev/null",
        "/dev/urandom",
        "/lib",
        "/usr/lib",
    )


ROOTS = _roots()


def _is_installed(path: Any) -> bool:
    return isinstance(path, int) or os.fsdecode(path).startswith(ROOTS)


def use(model: Any) -> None:
    """Call each method that users call, with rows of several kinds."""
    for method in METHODS:
        for rows in _ROWS:
            for arguments in ((rows,), (rows, _LABELS)) if method == "fit" else ((rows,),):
                try:
                    bound = getattr(model, method)
                    result = bound() if method == "get_params" else bound(*arguments)
                    if method == "staged_predict":
                        list(result)
                except Exception:  # noqa: BLE001 - a damaged model may raise any error
                    continue
