"""A scorer of a registry in a bucket, in another process."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import SECRET, Server

SCORE = """
import pickle, sys
import pandas as pd
scorer = pickle.load(sys.stdin.buffer)
print(scorer(pd.DataFrame({"depth": [1.0, 4.0]})).prediction.tolist())
"""


def test_a_worker_scores_with_its_own_credentials(
    seaweedfs: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scorer carries the endpoint and no secret; missing credentials are explained."""
    registry = ModelRegistry(seaweedfs.url(unused_prefix()), storage_options=seaweedfs.options)
    X = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0]})
    registry.register_model(LogisticRegression().fit(X, [0, 0, 1, 1]), "deep", X=X, y=[0, 0, 1, 1])
    sent = pickle.dumps(registry.scorer("deep"))
    assert SECRET.encode() not in sent
    command = [sys.executable, "-c", SCORE]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(seaweedfs.options["access_key_id"]))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    done = subprocess.run(command, input=sent, capture_output=True, check=True)
    assert done.stdout.strip() == b"[0, 1]"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    failed = subprocess.run(command, input=sent, capture_output=True)
    assert b"access_key_id, secret_access_key may be secret" in failed.stderr
