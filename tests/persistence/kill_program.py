"""A program that kills saves at each change to the disk and prints which model loads afterwards.

``python kill_program.py save <folder>`` (or another of `WAYS`) prints a JSON list with one entry
per killed save: the model that loads after the kill, ``old`` or ``new``, or the error. The last
entry is for a save that was not killed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.persistence.model_files import ModelPersistence

KILLED = 86
EXPORTED_FILES = 8
# Python reports each of these immediately before the change.
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}


def die_before_change(number: int) -> None:
    """End this process without cleaning up, immediately before its n-th change to the disk."""
    left = number

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(args[2], int) and args[2] & os.O_ACCMODE
        if event in CHANGES or writes:
            left -= 1
            if left == 0:
                os._exit(KILLED)

    sys.addaudithook(count)


def killed(number: int, task: Callable[[], object]) -> bool:
    """Run a task in a child that dies before its n-th change; return whether it died."""
    child = os.fork()
    if child == 0:
        die_before_change(number)
        task()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise RuntimeError(f"the child ended with {code}")
    return code == KILLED


def state(load: Callable[[], tuple[Any, Any]]) -> str:
    """Return the name of the loaded model, if it matches the name in its metadata."""
    try:
        model, metadata = load()
    except RegistryError as error:
        return f"{type(error).__name__}: {error}"
    name = str(metadata["name"])
    return name if model["name"] == name else f"{model['name']} with metadata of {name}"


def save(name: str, folder: Path) -> object:
    """Save a model over the existing one."""
    return ModelPersistence.save_model({"name": name}, folder / "m.joblib", {"name": name})


def load(folder: Path) -> tuple[Any, Any]:
    """Load the existing model."""
    return ModelPersistence.load_model(folder / "m.joblib")


def checkpoint(name: str, folder: Path) -> object:
    """Save the next checkpoint."""
    return ModelPersistence.save_model_checkpoint({"name": name}, folder, "run", {"name": name})


def latest(folder: Path) -> tuple[Any, Any]:
    """Load the latest checkpoint."""
    return ModelPersistence.load_latest_checkpoint(folder, "run")


def put_bare(folder: Path) -> None:
    """Write a file of another tool over the existing one."""
    (folder / "m.joblib.json").unlink(missing_ok=True)
    joblib.dump({"name": "old"}, folder / "m.joblib")


def load_unsafe(folder: Path) -> tuple[Any, Any]:
    """Load the existing model; a file of another tool does not have metadata."""
    model, metadata = ModelPersistence.load_model(folder / "m.joblib", unsafe=True)
    return model, metadata or {"name": "old"}


def remove_export(folder: Path) -> None:
    """Remove the folder, and import the modules that an export requires."""
    import sklearn.dummy  # noqa: F401

    shutil.rmtree(folder / "parent", ignore_errors=True)


def export(folder: Path) -> object:
    """Export a model that does not use threads, which do not survive a fork."""
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier().fit([[0.0], [1.0]], [0, 1])
    model.name = "new"
    target = folder / "parent" / "out"
    return ModelPersistence.export_model_for_deployment(model, target, {"name": "new"})


def load_export(folder: Path) -> tuple[Any, Any]:
    """Load the exported model; the folder must be complete or missing."""
    target = folder / "parent" / "out"
    if not target.exists():
        return {"name": "old"}, {"name": "old"}
    if len(os.listdir(target)) != EXPORTED_FILES:
        return {"name": "half"}, {"name": "half"}
    model, metadata = ModelPersistence.load_model(target / "model.joblib")
    return vars(model), metadata


WAYS: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], Any]] = {
    "save": (lambda folder: save("old", folder), lambda folder: save("new", folder), load),
    "bare": (put_bare, lambda folder: save("new", folder), load_unsafe),
    "checkpoint": (
        lambda folder: checkpoint("old", folder),
        lambda folder: checkpoint("new", folder),
        latest,
    ),
    "export": (remove_export, export, load_export),
}


def main(how: str, folder: Path) -> None:
    """Kill at the first change, then at the second, until a save is not killed."""
    prepare, write, read = WAYS[how]
    states = []
    for number in range(1, 200):
        prepare(folder)
        died = killed(number, lambda: write(folder))
        states.append(state(lambda: read(folder)))
        if not died:
            break
    print(json.dumps(states))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
