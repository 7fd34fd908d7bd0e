"""No hostile file runs code, writes, opens other files, crashes, hangs or fills the memory."""

from __future__ import annotations

import io
import warnings
from typing import Any

import joblib
import pytest

from exo_nbregistry.restricted.load import load_restricted
from exo_nbregistry.restricted.rejection import Rejection
from tests.security.honest_estimators import LABELS, X
from tests.security.payload import MARKER, Payload
from tests.security.payloads_arrays import ARRAYS
from tests.security.payloads_names import NAMES
from tests.security.payloads_native import NATIVE
from tests.security.payloads_opcodes import OPCODES
from tests.security.payloads_resources import RESOURCES
from tests.security.payloads_states import STATES
from tests.security.payloads_trees import TREES
from tests.security.payloads_uses import USES
from tests.security.sandbox import MAX_MEMORY_BYTES, run
from tests.security.stream import dumped

SUBJECTS = {
    "names": NAMES,
    "opcodes": OPCODES,
    "states": STATES,
    "arrays": ARRAYS,
    "resources": RESOURCES,
    "trees": TREES,
    "native": NATIVE,
    "uses": USES,
}
PAYLOADS = [
    pytest.param(payload, id=f"{subject} - {payload.name}")
    for subject, collection in SUBJECTS.items()
    for payload in collection.payloads
]
# The harm of some of them if joblib loads them.
CREATED = f"created {MARKER}"
HARM = {
    "os.system": CREATED,
    "exec": CREATED,
    "another callable for a generator": CREATED,
    "a distribution whose state is executed": CREATED,
    "protocol 0": CREATED,
    "a command after an honest array": CREATED,
    "cache of a column transformer": CREATED,
    "dtype: field far outside, by joblib": "SIGSEGV",
    "tree: child far outside": "SIGSEGV",
    "tree: a loop": "SIGPROF",
    "histogram: child": "SIGSEGV",
    "search tree: row numbers": "SIGSEGV",
    "sparse: columns": "SIGSEGV",
    "hash: no columns": "SIGFPE",
    "search: a cache folder among the parameters": CREATED,
    "chain: arrays in arrays": "SIGSEGV",
}


def load(data: bytes) -> Any:
    """Load bytes as a file of an unknown signer."""
    return load_restricted(io.BytesIO(data))


def made(payload: Payload) -> bytes:
    """Return the bytes of a payload; its model may not have converged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return payload.make()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Import before the forks what loading imports."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load(dumped(HistGradientBoostingClassifier(max_iter=2).fit(X, LABELS)))


def test_there_are_many_kinds() -> None:
    """The collection has more than 300 files, each with its own name and bytes."""
    payloads = [payload for subject in SUBJECTS.values() for payload in subject.payloads]
    assert len({payload.name for payload in payloads}) == len(payloads) > 300


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_file_does_no_harm(payload: Payload) -> None:
    """It is rejected with a reason, or what it contains can be used without harm."""
    result = run(load, made(payload), Rejection)
    assert result.events == ()
    if result.outcome != "rejected":
        assert payload.harmless, result
        assert result.outcome == "loaded", result
    else:
        assert result.detail.endswith("."), result
    assert result.memory_bytes <= MAX_MEMORY_BYTES, result


@pytest.mark.parametrize("name", HARM)
def test_a_hostile_file_does_harm_if_joblib_loads_it(name: str) -> None:
    """It creates a file, or ends the process or keeps it busy, so the test above is a test."""
    payloads = [item for subject in SUBJECTS.values() for item in subject.payloads]
    (payload,) = [payload for payload in payloads if payload.name == name]
    result = run(lambda data: joblib.load(io.BytesIO(data)), made(payload))
    assert HARM[name] in (*result.events, result.detail), result
