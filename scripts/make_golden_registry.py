"""Write a golden registry: test data that every later release must read.

Usage: python -m scripts.make_golden_registry FOLDER [--commit REVISION]

The package in the working tree writes the registry, or that of a commit with --commit. In all
cases, the package in the working tree writes expected.json; read it before you commit it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REGISTRY, SIGNERS, EXPECTED = "registry", "signers", "expected.json"
ROWS = [[0.0, 1.0], [2.0, 3.0]]
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# Values whose text in canonical JSON is easy to get wrong.
_NUMBERS = {
    "float": [0.1, 1e-07, 1e22, 123456789.0, -0.0, 5e-324],
    "not finite": [math.nan, math.inf, -math.inf],
    "int": [0, -1, 2**63, 10**20],
    "pair": (1, 2.5),
    "when": [datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), date(2026, 1, 2)],
    "by number": {1: "one", None: "none"},
    "tagged": {"$float": "not a number"},
}


def write(folder: Path) -> None:
    """Write the registry and the list of its trusted signers with the importable package.

    Only calls that all releases have are used, and newer ones where they exist.
    """
    from exo_nbregistry import ModelRegistry

    times = count()
    with TemporaryDirectory() as home:
        # Records name user and host.
        os.environ |= {"LOGNAME": "ada", "EXO_NBREGISTRY_CACHE_DIR": f"{home}/cache"}
        platform.node, platform.release = lambda: "observatory", lambda: "6.1"
        options = {"now": lambda: _BEGIN + timedelta(minutes=next(times))}
        ada, other = (
            ModelRegistry(folder / REGISTRY, keyring=new_keyring(Path(home, name)), **options)
            for name in ("ada", "other")
        )
        _write_lines(ada)
        _write_others(ada)
        _write_as_unknown_signer(other)
        # Follows the events of the unknown signer.
        ada.annotate("line:1", "Checked again.")
        key = json.loads((folder / REGISTRY / "models/line/versions/v000001.json").read_text())
        (folder / SIGNERS).write_text(f"ada {key['signature']['public_key']}\n")


def new_keyring(folder: Path) -> Any:
    """Return a keyring with a folder of its own."""
    try:
        from exo_nbregistry.signing.keyring import Keyring
    except ImportError:  # the releases of November 2026
        from exo_nbregistry.signing import Keyring
    return Keyring(folder)


def line(slope: float) -> Any:
    """Return a model that predicts `slope` times the sum of a row."""
    from sklearn.linear_model import LinearRegression

    targets = [slope * (first + second) for first, second in ROWS]
    return LinearRegression().fit(ROWS, targets)


def _write_lines(registry: Any) -> None:
    """Write a model with every kind of event."""
    registry.register_model(line(1.0), "line", X=ROWS, X_test=ROWS, y_test=[1.0, 5.0])
    registry.register_model(
        line(2.0),
        "line",
        hyperparameters=_NUMBERS,
        evaluation_results={"r2": 0.5, "verdict": "good"},
        description='A "line": \u00e9, \u2028, \U0001f31f and \\ and \x7f',
        tags={"team": "vetting"},
        parent="line:1",
    )
    # Numbers 3 to 6 are not used.
    registry.register_model(line(3.0), "line", version=7)
    registry.register_model(line(4.0), "line")
    registry.set_alias("line", "champion", 1)
    registry.set_alias("line", "champion", 2, expected=1)
    registry.set_alias("line", "champion", 7, protected=True)
    registry.set_alias("line", "challenger", 1)
    registry.set_alias("line", "challenger", 8)
    registry.rollback_alias("line", "challenger")
    registry.set_alias("line", "candidate", 2)
    registry.remove_alias("line", "candidate")
    registry.tag_model("line:1", "reviewed", team="vetting", score=0.25)
    registry.untag_model("line:1", "team")
    registry.untag_model("line:2", "team")
    registry.annotate("line:1", "Checked against 2025.\n\nSecond paragraph.")
    registry.delete_model("line:2")
    registry.delete_model("line:8")
    registry.restore_model("line:8")
    registry.register_model(line(5.0), "line")
    registry.delete_model("line:9")
    registry.purge_model("line:9")
    if hasattr(registry, "attach"):
        registry.attach("line:1", "notes of the run", "plain text")
        registry.attach("line:1", "limits", {"low": 1, "high": [2, math.inf]})
    if hasattr(registry, "add_metrics"):
        registry.add_metrics("line:1", {"r2": 0.4}, on="2026-01 production")


def _write_others(registry: Any) -> None:
    """Write a model with attachments of its registration and one with code of its own."""
    import numpy as np

    arrays = {"scores": {"y_true": np.array([0, 1]), "y_score": np.array([0.25, 0.75])}}
    registry.register_model(line(6.0), "With.Attachments", attachments=arrays)
    registry.set_alias("with.attachments", "latest-good", 1)
    if hasattr(registry, "attach"):
        source = (
            "class Double:\n    def predict(self, X):\n        return [2 * sum(x) for x in X]\n"
        )
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(source, space)
        registry.register_model(space["Double"](), "own_code")


def _write_as_unknown_signer(registry: Any) -> None:
    """Write a version and events of a signer who is not trusted."""
    registry.register_model(line(7.0), "line", tags={"claim": "better"})
    registry.set_alias("line", "challenger", 10)
    registry.tag_model("line:1", "approved")
    registry.annotate("line:1", "A note of a stranger.")  # prose: ok, data
    # Readers who do not trust the signer do not follow these two.
    _forced(registry.set_alias, "line", "champion", 10)
    _forced(registry.delete_model, "line:7")


def _forced(call: Callable[..., Any], *arguments: Any) -> None:
    """Change a protected alias; the first releases have no argument for it."""
    try:
        call(*arguments, force=True)
    except TypeError:
        call(*arguments)


def describe(folder: Path, home: Path) -> dict[str, Any]:
    """Return the content of a golden registry for a user who trusts ada.

    Parameters
    ----------
    folder : Path
        Folder of the golden registry.
    home : Path
        An empty folder for the keys of the user.
    """
    from exo_nbregistry import ModelRegistry

    registry = ModelRegistry(folder / REGISTRY, keyring=trusting_keyring(folder, home))
    models = {}
    for name in (summary.model_name for summary in registry.list_model_names()):
        versions = {
            str(found.version): _facts(found, registry)
            for found in registry.list_models(name, include_deleted=True, order_by="version")
        }
        aliases = {name: move.version for name, move in registry.aliases(name).items()}
        models[name] = {"versions": versions, "aliases": aliases}
    return {"registry_id": registry.registry_id, "models": models}


def trusting_keyring(folder: Path, home: Path) -> Any:
    """Return a keyring that trusts the signers of a golden registry, with a key of its own."""
    keyring = new_keyring(home / "keys")
    for line in (folder / SIGNERS).read_text().splitlines():
        name, _, key = line.partition(" ")
        keyring.trust(key, name)
    return keyring


def _facts(found: Any, registry: Any) -> dict[str, Any]:
    return {
        "name": found.model_name,
        "algorithm": found.algorithm,
        "status": found.status,
        "aliases": list(found.aliases),
        "tags": found.tags,
        "notes": [note.text for note in found.notes],
        "metrics": found.metrics,
        "attachments": {name: item.sha256 for name, item in sorted(found.attachments.items())},
        "artifact": found.artifact.sha256,
        "signer": registry.signer_status(found.model_id).status,
    }


def write_with(commit: str | None, folder: Path) -> None:
    """Run `write` in a new process, with the package of a commit or of the working tree."""
    if commit is None:
        with TemporaryDirectory() as place:
            _run_write(ROOT, folder, place)
        return
    with TemporaryDirectory() as place:
        tree = Path(place) / "package"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", tree, commit], check=True)
        try:
            _run_write(tree, folder, place)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], check=True)


def _run_write(tree: Path, folder: Path, place: str) -> None:
    """Run `write` with the package in a folder; no notebook, repository or user is recorded."""
    program = "import runpy, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); "
    program += "runpy.run_path(sys.argv[2])['write'](Path(sys.argv[3]))"
    arguments = [str(tree), __file__, str(folder.resolve())]
    subprocess.run([sys.executable, "-c", program, *arguments], cwd=place, check=True)


def main() -> None:
    """Write a golden registry to the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commit", help="write the registry with the package of this commit")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True)
    write_with(chosen.commit, chosen.folder)
    with TemporaryDirectory() as home:
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = f"{home}/cache"
        found = describe(chosen.folder, Path(home))
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    (chosen.folder / EXPECTED).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
