"""Each damaged model is checked, or used as plain joblib would allow, in a process of its own."""

from __future__ import annotations

import json
import sys

from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.rejection import Rejection
from tests.security import damaged_arrays, damaged_searches, damaged_trees
from tests.security.damage_table import DAMAGE, TEXTS, X

__all__ = ["DAMAGE", "damaged_arrays", "damaged_searches", "damaged_trees"]


def outcome(name: str) -> str:
    """Return the reason for which a damaged model is rejected, or an empty text."""
    build, _ = DAMAGE[name]
    try:
        check_structure(build(), is_value=lambda value: value is not print)
    except Rejection as rejection:
        return rejection.reason
    return ""


def use(name: str) -> None:
    """Predict with a damaged model, as plain joblib would allow."""
    model = DAMAGE[name][0]()
    rows = TEXTS if hasattr(model, "n_features") else X
    for call in ("decision_path", "predict", "transform"):
        if hasattr(model, call):
            getattr(model, call)(rows)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        use(sys.argv[1])
    else:
        print(json.dumps({name: outcome(name) for name in DAMAGE}))
