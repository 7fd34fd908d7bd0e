"""Credentials of a working registry are in none of its files, reprs, pickles, logs and errors."""

from __future__ import annotations

import logging
import pickle
import pickletools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import cache_folder, config_folder
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import SECRET, Server


def test_credentials_leave_no_trace(
    seaweedfs: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After all kinds of calls, the secret is in no file of the user, log, repr or pickle."""
    with caplog.at_level(logging.DEBUG):
        url = seaweedfs.url(unused_prefix())
        registry = ModelRegistry(url, storage_options=seaweedfs.options)
        registry.register_model({"a": 1}, "toy")
        registry.set_alias("toy", "champion", 1)
        registry.load_model("toy@champion")
        registry.list_models()
        registry.export_model("toy", tmp_path / "export")
        registry.copy_to(tmp_path / "copy", progress=False)
        work = registry._workspace
        shown = "".join(map(repr, (registry, work, work.store, vars(registry), registry.verify())))
    sent = pickle.dumps(registry)
    assert SECRET not in shown + caplog.text
    assert SECRET.encode() not in sent
    assert "secret" not in "".join(str(arg) for _, arg, _ in pickletools.genops(sent)).replace(
        "secret_access_key", ""
    )
    folders = (cache_folder(), config_folder(), tmp_path)
    written = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "call",
    [
        lambda registry: registry.load_model("gone"),
        lambda registry: registry.register_model(lambda: 1, "x y"),
        lambda registry: registry.get_metadata("toy:7"),
    ],
    ids=["load", "register", "read"],
)
def test_errors_of_calls_have_no_credentials(
    seaweedfs: Server, call: Callable[[ModelRegistry], Any]
) -> None:
    """Errors of a working registry do not contain the secret."""
    registry = ModelRegistry(
        seaweedfs.url(unused_prefix()), create=True, storage_options=seaweedfs.options
    )
    with pytest.raises(RegistryError) as error:
        call(registry)
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_a_rejected_key_is_not_repeated(seaweedfs: Server) -> None:
    """A wrong secret is an error that names the bucket, and neither the secret nor a signature."""
    wrong = {"secret_access_key": "c4n4ry-0f-a-secret"}
    with pytest.raises(RegistryError, match="access was denied") as error:
        ModelRegistry(
            seaweedfs.url(unused_prefix()), storage_options={**seaweedfs.options, **wrong}
        )
    text = "".join(traceback.format_exception(error.value))
    assert "c4n4ry" not in text
    assert "Signature=" not in text
