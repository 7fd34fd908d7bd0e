"""Workers of a cluster load and register models with the keys of two environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import pytest
from distributed import Client, LocalCluster
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

KEY, SIGNERS = "EXO_NBREGISTRY_SIGNING_KEY", "EXO_NBREGISTRY_TRUSTED_SIGNERS"


@pytest.fixture
def shared(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one version, whose model needs a trusted signer."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    model = {"line": LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "cut": Path("half")}
    registry.register_model(model, "kepler_rf")
    return registry


def signers_file(path: Path, keyring: Keyring) -> str:
    """Write a file that trusts a key, and return its path."""
    path.touch(0o600)
    path.write_text(f'ada@observatory.org namespaces="exo-nbregistry" {keyring.public_key}\n')
    return str(path)


@contextmanager
def worker(home: Path, **variables: str) -> Iterator[joblib.Parallel]:
    """Start a worker process of another user, and yield a call that it runs."""
    folders = {
        f"EXO_NBREGISTRY_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "CACHE")
    }
    with (
        LocalCluster(
            n_workers=1,
            # joblib runs a single job at a time in this process.
            threads_per_worker=2,
            processes=True,
            dashboard_address=None,
            env={"EXO_NBREGISTRY_DISPLAY": "text", **folders, **variables},
        ) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        yield joblib.Parallel()


def load(registry: ModelRegistry) -> tuple[int, Any]:
    """Load the model; return the process and a prediction."""
    model, _ = registry.load_model("kepler_rf")
    return os.getpid(), model["line"].predict([[2.0]]).tolist()


def register(registry: ModelRegistry) -> str:
    """Register a second version."""
    return registry.register_model({"line": 2}, "kepler_rf")


def test_a_worker_that_reads_needs_no_key(shared: ModelRegistry, tmp_path: Path) -> None:
    """With the file of signers, a worker loads the model, and creates no key."""
    trusted = signers_file(tmp_path / "team_signers", Keyring())
    with worker(tmp_path / "home", **{SIGNERS: trusted}) as parallel:
        ((process, predicted),) = parallel([joblib.delayed(load)(shared)])
    assert process != os.getpid()
    assert predicted == [1]
    assert not (tmp_path / "home" / "config").exists()


def test_a_worker_without_signers_names_the_signer(shared: ModelRegistry, tmp_path: Path) -> None:
    """Trust does not travel with a registry: the error of the worker arrives, with the signer."""
    with (
        worker(tmp_path / "home") as parallel,
        pytest.raises(UntrustedModelError, match=re.escape(str(Keyring().fingerprint))),
    ):
        parallel([joblib.delayed(load)(shared)])
    assert not (tmp_path / "home" / "config").exists()


def test_a_worker_signs_with_the_key_of_the_variable(shared: ModelRegistry, tmp_path: Path) -> None:
    """A version that a worker registers has the signer of the variable, and no file is written."""
    Keyring(tmp_path / "cluster").sign("")
    secret = tmp_path / "cluster" / "id_ed25519"
    with worker(tmp_path / "home", **{KEY: str(secret)}) as parallel:
        (ref,) = parallel([joblib.delayed(register)(shared)])
    assert ref == "kepler_rf:2"
    assert shared.get_metadata(ref).signer == Keyring(tmp_path / "cluster").fingerprint
    assert not (tmp_path / "home" / "config").exists()
