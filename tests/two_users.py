"""A program in which two users of a group use one registry; it needs the rights of root.

``python -m tests.two_users <folder> <mode> <umask> <other umask>`` prints JSON: for each step its
error, and at the end the permissions of the registry. The first user has the umask, the second one
the other umask.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry

TEAM = 30_000
USERS = (20_001, 20_002)
# User and call of each step, in order.
STEPS: list[tuple[int, str, Callable[[ModelRegistry], object]]] = [
    (0, "register_model", lambda registry: registry.register_model([1], "m")),
    (1, "register_model", lambda registry: registry.register_model([2], "m")),
    (1, "same payload", lambda registry: registry.register_model([1], "m", description="again")),
    (1, "set_alias", lambda registry: registry.set_alias("m", "champion", 2)),
    (1, "attach", lambda registry: registry.attach("m:1", "note", "Text.")),
    (0, "new model", lambda registry: registry.register_model([3], "other")),
    (1, "second version", lambda registry: registry.register_model([4], "other")),
    (1, "delete_model", lambda registry: registry.delete_model("m:1")),
    (1, "purge_model", lambda registry: registry.purge_model("other:1")),
    (0, "register_model again", lambda registry: registry.register_model([5], "m")),
    (1, "collect_garbage", lambda registry: _collect(registry)),
    (0, "load_model", lambda registry: registry.load_model("m@champion", unsafe=True)),
    (0, "verify", lambda registry: _verify(registry)),
]


def _collect(registry: ModelRegistry) -> None:
    found = registry.collect_garbage(dry_run=False, grace_s=0)
    assert [item.key.rpartition("/")[2] for item in found] == ["host-1-ab"], found


def _verify(registry: ModelRegistry) -> None:
    faults = registry.verify().faults
    damage = [str(fault) for fault in faults if fault.kind != "unknown signer"]
    assert damage == [], damage


def run_as(user: int, umask: int, home: str, task: Callable[[], object]) -> str:
    """Run a task in a fork of this process as a user of the team, and return its error."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        error = ""
        try:
            os.setgroups([TEAM])
            os.setgid(user)
            os.setuid(user)
            os.umask(umask)
            os.environ.update(EXO_NBREGISTRY_CONFIG_DIR=f"{home}/config", HOME=home)
            os.environ.update(EXO_NBREGISTRY_CACHE_DIR=f"{home}/cache")
            task()
        except RegistryError as failure:
            error = f"{type(failure).__name__}: {failure}"
        except BaseException as failure:  # noqa: BLE001 - the child never runs the parent's code
            error = f"unexpected {type(failure).__name__}: {failure}"
        os.write(write, error.encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as stream:
        error = stream.read().decode()
    os.waitpid(child, 0)
    return error


def load_modules() -> None:
    """Make each call once, because the other users cannot import from the folder of root."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = f"{folder}/config"
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = f"{folder}/cache"
        registry = ModelRegistry(f"{folder}/registry")
        for _, name, call in STEPS:
            if name != "collect_garbage":
                call(registry)
        registry.collect_garbage(dry_run=False, grace_s=0)
        len(registry.list_models())


def steps(share: str, umasks: tuple[int, int], homes: list[str]) -> dict[str, str]:
    """Make each step, and return the errors."""
    errors = {}
    for user, name, call in STEPS:
        if name == "collect_garbage" and os.path.isdir(f"{share}/models/m/tmp"):
            run_as(USERS[0], umasks[0], homes[0], lambda: _leave(share))
        task = lambda call=call: call(ModelRegistry(share, durable=False))  # noqa: E731
        errors[f"{user} {name}"] = run_as(USERS[user], umasks[user], homes[user], task)
    return {step: error for step, error in errors.items() if error}


def _leave(share: str) -> None:
    """Leave a temporary file, as a killed writer does."""
    Path(share, "models/m/tmp/host-1-ab").write_bytes(b"x")


def main(folder: str, mode: str, *umasks: str) -> dict[str, Any]:
    """Make the steps in a new folder with a mode; repeat them after the commands of an error."""
    share = f"{folder}/share"
    os.mkdir(share)
    os.chown(share, USERS[0], TEAM)
    os.chmod(share, int(mode, 8))
    homes = []
    for user in USERS:
        homes.append(f"{folder}/{user}")
        os.mkdir(homes[-1], 0o700)
        os.chown(homes[-1], user, user)
    load_modules()
    masks = int(umasks[0], 8), int(umasks[1], 8)
    errors = steps(share, masks, homes)
    modes = {
        str(path.relative_to(folder)): (oct(path.stat().st_mode & 0o7777)[2:], path.stat().st_gid)
        for path in [Path(share), *Path(share).rglob("*")]
    }
    error = next((text for text in errors.values() if "If the owner runs " in text), "")
    again = {}
    if error:
        command = error.split("If the owner runs ")[1].split(", its group")[0]
        subprocess.run(command, shell=True, check=True)
        again = steps(share, masks, homes)
    return {"errors": errors, "modes": modes, "again": again}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
