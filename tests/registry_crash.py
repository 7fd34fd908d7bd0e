"""A program that kills each call of a registry at each change, and prints the remaining state.

``python -m tests.registry_crash kill <folder> <commit>`` prints JSON: for each call a list of
what was found after each kill; the last entry is of a call that ran through.
``python -m tests.registry_crash log <folder> <commit>`` makes each call once and prints the
changes that it was seen to make.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.commit import claim, link
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, Moment, killed, refuse_links, watched

COMMITS = {"link": link, "claim": claim}
X, Y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
MAX_POINTS = 1000
# Looking for these files marks the begin and end of a call in a trace of system calls.
BEGIN, END = "the call begins", "the call ends"

State = dict[str, list[Any]]


@dataclass(frozen=True)
class Outcome:
    """States of a registry after a call was killed, and after it was repeated."""

    killed: bool
    state: State
    faults: list[str]
    again: State
    faults_again: list[str]


def open_registry(folder: Path, commit: str, *, durable: bool = True) -> ModelRegistry:
    """Open a registry that commits in one way."""
    store = LocalStore(folder, durable=durable, commit=COMMITS[commit])
    return ModelRegistry(store, create=True)


def register(registry: ModelRegistry, C: float) -> str:
    """Register a model that differs by `C`, with an input example."""
    model = LogisticRegression(C=C).fit(X, Y)
    return registry.register_model(model=model, model_name="toy", X=X, y=Y)


def prepare(registry: ModelRegistry) -> None:
    """Create three versions, delete the first, and set the alias champion to the third."""
    for C in (1.0, 2.0, 3.0):
        register(registry, C)
    registry.set_alias("toy", "champion", 3)
    registry.delete_model("toy:1")


CALLS: dict[str, Callable[[ModelRegistry], object]] = {
    "register_first": lambda registry: register(registry, 4.0),
    "register_model": lambda registry: register(registry, 4.0),
    "attach": lambda registry: registry.attach("toy:2", "notes", "Good."),
    "set_alias": lambda registry: registry.set_alias("toy", "champion", 2, protected=True),
    "delete_model": lambda registry: registry.delete_model("toy:2"),
    "restore_model": lambda registry: registry.restore_model("toy:1"),
    "purge_model": lambda registry: registry.purge_model("toy:2"),
}


# The state after `prepare`, and after `prepare` and a call: status, aliases, the model and texts.
OLD: State = {
    "toy:1": ["deleted", [], []],
    "toy:2": ["active", [], [2.0, 0, 0, 1, 1]],
    "toy:3": ["active", ["champion"], [3.0, 0, 0, 1, 1]],
}
NEW: dict[str, State] = {
    "register_first": {"toy:1": ["active", [], [4.0, 0, 0, 1, 1]]},
    "register_model": {**OLD, "toy:4": ["active", [], [4.0, 0, 0, 1, 1]]},
    "attach": {**OLD, "toy:2": ["active", [], [2.0, 0, 0, 1, 1, "Good."]]},
    "set_alias": {
        **OLD,
        "toy:2": ["active", ["champion"], [2.0, 0, 0, 1, 1]],
        "toy:3": ["active", [], [3.0, 0, 0, 1, 1]],
    },
    "delete_model": {**OLD, "toy:2": ["deleted", [], []]},
    "restore_model": {**OLD, "toy:1": ["active", [], [1.0, 0, 0, 1, 1]]},
    "purge_model": {**OLD, "toy:2": ["purged", [], []]},
}


def look(registry: ModelRegistry) -> tuple[State, list[str]]:
    """Return the contents of a registry, with active models and texts loaded, and its problems."""
    shown = {}
    for item in registry.list_models(include_deleted=True):
        loaded = []
        if item.status == "active":
            model = registry.load_model(item.model_id)[0]
            loaded = [model.C, *model.predict(X).tolist()]
            texts = [it.name for it in registry.attachments(item.model_id) if it.kind == "text"]
            loaded += [registry.load_attachment(item.model_id, name) for name in texts]
        shown[item.model_id] = [item.status, list(item.aliases), loaded]
    return shown, [str(fault) for fault in registry.verify().faults]


class Killer:
    """Runner that kills one call in copies of a registry.

    Parameters
    ----------
    folder : Path
        Where it works.
    commit : {'link', 'claim'}
        How records are committed.
    call : str
        One of `CALLS`; ``register_first`` begins where there is no registry.
    """

    def __init__(self, folder: Path, commit: str, call: str) -> None:
        self.folder = folder
        self.commit = commit
        self.call = call

    def run(self) -> list[Outcome]:
        """Kill the call before and after each change, until it completes."""
        outcomes = []
        for point in range(1, MAX_POINTS):
            outcomes.append(self.kill(point))
            if not outcomes[-1].killed:
                break
        return outcomes

    def kill(self, point: int) -> Outcome:
        """Kill the call at one point, and return the state that another process reads."""
        place = self.begin(str(point))
        died = killed(str(place), point, lambda: self.make(place))
        left = look(open_registry(place, self.commit, durable=False))
        registry = open_registry(place, self.commit, durable=False)
        CALLS[self.call](registry)
        again = look(registry)
        shutil.rmtree(place.parent)
        return Outcome(died, *left, *again)

    def begin(self, name: str) -> Path:
        """Return the path of a new copy, with a new index."""
        place = self.folder / self.call / name / "registry"
        template = self.folder / "template"
        if not template.exists():
            os.environ["EXO_NBREGISTRY_CACHE_DIR"] = str(self.folder / "cache")
            prepare(open_registry(template, self.commit, durable=False))
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = str(place.parent / "cache")
        if self.call == "register_first":
            place.parent.mkdir(parents=True)
        else:
            shutil.copytree(template, place)
        return place

    def make(self, place: Path) -> None:
        """Open the registry and make the call."""
        CALLS[self.call](open_registry(place, self.commit))

    def log(self) -> list[Change]:
        """Make the call and return its changes."""
        seen: list[Change] = []

        def record_change(moment: Moment, change: Change) -> None:
            if moment == "before":
                seen.append(change)

        place = self.begin("log")
        os.path.exists(place / BEGIN)
        with watched(str(place), record_change):
            self.make(place)
        os.path.exists(place / END)
        return seen


def main(mode: str, folder: str, commit: str) -> None:
    """Run the command line."""
    if commit == "claim":
        os.link = refuse_links
    killers = {call: Killer(Path(folder), commit, call) for call in CALLS}
    if mode == "log":
        logs = {call: killer.log() for call, killer in killers.items()}
        print(json.dumps({call: [[c.call, *c.paths] for c in log] for call, log in logs.items()}))
        return
    # A killed process loses no data that the system received, so flushing is not needed.
    os.fsync = lambda fd: None
    print(json.dumps({call: [asdict(o) for o in k.run()] for call, k in killers.items()}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except RegistryError as error:
        sys.exit(str(error))
