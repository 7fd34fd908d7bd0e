"""Damaged models by unknown signers: how many are rejected, and how many end the process."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from benchmarks.row import Row, Settings

MODELS, QUICK_MODELS = 2000, 100
MAX_KILLED = 1
_CPU_S = 8.0
# A child that waits for something uses no processor time.
_WAIT_S = 60.0
_MEMORY_BYTES = 3 * 2**30

_CALLS = (
    "predict",
    "transform",
    "predict_proba",
    "decision_function",
    "score_samples",
    "kneighbors",
    "radius_neighbors",
    "apply",
    "decision_path",
    "staged_predict",
    "sample",
)
_LOADED, _REFUSED = 0, 3


def measure(settings: Settings) -> Iterator[Row]:
    """Damage models in one process, and load and use each in a child process."""
    count = QUICK_MODELS if settings.quick else MODELS
    found = damage_models(count, seed=0)
    for what in sorted(found["killed"]):
        settings.echo(f"killed: {what}")
    yield Row("damaged models, loaded and used", found["loaded"], unit="ops")
    yield Row("damaged models, rejected", found["refused"], unit="ops")
    killed = len(found["killed"])
    yield Row(
        f"damaged models that end the process (at most {MAX_KILLED})",
        killed,
        unit="ops",
        holds=killed <= MAX_KILLED,
    )


def damage_models(count: int, *, seed: int, timeout_s: float | None = None) -> dict[str, Any]:
    """Return the outcomes of damaged models, from a process whose libraries have one thread.

    Parameters
    ----------
    count : int
        Number of damaged models.
    seed : int
        Seed of the damages.
    timeout_s : float or None, default=None
        Limit of the whole run.

    Returns
    -------
    dict
        Number of models ``loaded`` and ``refused``, and a list of the ``killed`` ones.
    """
    # A child process of a process with OpenMP threads can hang.
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.damaged_models", str(count), str(seed)],
        env={**os.environ, **threads},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=timeout_s,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main(count: int, seed: int) -> None:
    """Damage `count` models, and print the outcomes as JSON."""
    import numpy as np

    from benchmarks.damage import count_parts, damaged
    from benchmarks.honest_models import honest_models
    from exo_nbregistry.restricted.load import load_restricted

    warnings.simplefilter("ignore")
    random = np.random.default_rng(seed)
    models = [(model, rows, count_parts(model)) for model, rows in honest_models()]
    for model, _, _ in models:
        # An honest model is loaded, and the child processes have nothing to import.
        load_restricted(io.BytesIO(pickle.dumps(model)))
    found: Counter[str] = Counter()
    killed = []
    for number in range(count):
        model, rows, parts = models[number % len(models)]
        data, change = damaged(model, int(random.integers(parts)), random)
        outcome = _run(data, rows)
        found[outcome] += 1
        if outcome not in ("loaded", "refused"):
            killed.append(f"{type(model).__name__}: {change}: {outcome}")
            print(killed[-1], file=sys.stderr, flush=True)
    print(json.dumps({"loaded": found["loaded"], "refused": found["refused"], "killed": killed}))


def _run(data: bytes, rows: Any) -> str:
    """Load and use a model in a child process, and return what happened to it."""
    child = os.fork()
    if not child:
        os._exit(_use(data, rows))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    code = os.WEXITSTATUS(status)
    return {_LOADED: "loaded", _REFUSED: "refused"}.get(code, f"exit {code}")


def _use(data: bytes, rows: Any) -> int:
    """Load a model as that of an unknown signer, call its methods, and return the exit code."""
    import resource

    from exo_nbregistry.restricted.load import load_restricted
    from exo_nbregistry.restricted.rejection import Rejection

    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    # The default action of these signals ends the process, also in native code.
    for number, timer, limit_s in (
        (signal.SIGPROF, signal.ITIMER_PROF, _CPU_S),
        (signal.SIGALRM, signal.ITIMER_REAL, _WAIT_S),
    ):
        signal.signal(number, signal.SIG_DFL)
        signal.setitimer(timer, limit_s)
    try:
        model = load_restricted(io.BytesIO(data))
    except Rejection:
        return _REFUSED
    for name in _CALLS:
        # A damaged model may raise any error.
        with suppress(Exception):
            call = getattr(model, name)
            result = call() if name == "sample" else call(rows)
            if name == "staged_predict":
                list(result)
    return _LOADED


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
