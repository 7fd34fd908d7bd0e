"""Each damaged model is checked, or used as plain joblib would allow, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import signal

from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.rejection import Rejection
from tests.security import damaged_arrays, damaged_searches, damaged_trees
from tests.security.damage_table import DAMAGE, TEXTS, X

__all__ = ["DAMAGE", "DEADLY", "damaged_arrays", "damaged_searches", "damaged_trees"]

# These always end the process when they are used without the check; others can, or read memory.
DEADLY = [
    "boosting_tree",
    "hashing_size",
    "histogram_feature",
    "search_index",
    "sparse_index",
    "tree_more_features",
]


def outcome(name: str) -> str:
    """Return the reason for which a damaged model is rejected, or an empty text."""
    build, _ = DAMAGE[name]
    try:
        check_structure(build(), is_value=lambda value: value is not print)
    except Rejection as rejection:
        return rejection.reason
    return ""


def ending(name: str) -> int:
    """Return the signal that ends a child process in which a damaged model is used, or 0."""
    child = os.fork()
    if not child:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(60)
        use(name)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def use(name: str) -> None:
    """Predict with a damaged model, as plain joblib would allow."""
    try:
        model = DAMAGE[name][0]()
        rows = TEXTS if hasattr(model, "n_features") else X
        for call in ("decision_path", "predict", "transform"):
            if hasattr(model, call):
                getattr(model, call)(rows)
    except Exception:  # noqa: BLE001 - only signals count
        os._exit(1)


if __name__ == "__main__":
    reasons = {name: outcome(name) for name in DAMAGE}
    print(json.dumps({"reasons": reasons, "signals": {name: ending(name) for name in DEADLY}}))
