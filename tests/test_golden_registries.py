"""Each release reads the registries that earlier releases wrote; see tests/golden/README.md."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import UntrustedModelError, VersionMismatchError
from exo_nbregistry.registry.facade import ModelRegistry
from scripts import make_golden_registry as golden

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.parent.name for path in FOLDER.glob(f"*/{golden.EXPECTED}"))
SLOPES = {"line:1": 1.0, "line:7": 3.0, "line:8": 4.0, "with.attachments:1": 6.0}
# A release of scikit-learn warns of models of another one.
pytestmark = pytest.mark.filterwarnings("ignore:Trying to unpickle estimator")


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(params=NAMES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of each golden registry."""
    return Path(shutil.copytree(FOLDER / request.param, tmp_path / "golden"))


@pytest.fixture
def registry(folder: Path, tmp_path: Path) -> Any:
    """Return the registry, opened by a user who trusts its signers but one."""
    keyring = golden.trusting_keyring(folder, tmp_path)
    return ModelRegistry(folder / golden.REGISTRY, keyring=keyring)


def test_there_is_a_golden_registry_of_each_stage() -> None:
    """The releases before kinds of attachments, before registry ids and of today are there."""
    assert len(NAMES) >= 3


def test_the_content_is_read_as_expected(folder: Path, tmp_path: Path) -> None:
    """Versions, aliases, tags, notes, statuses, attachments and signers are those recorded."""
    expected = json.loads((folder / golden.EXPECTED).read_text(encoding="utf-8"))
    assert golden.describe(folder, tmp_path) == expected


def test_verify_finds_no_damage(registry: ModelRegistry) -> None:
    """The only problems are the version and the events of the unknown signer."""
    report = registry.verify()
    assert report.damage == ()
    assert len(report.unknown_signers) == 6


def test_every_model_of_a_trusted_signer_predicts(registry: ModelRegistry) -> None:
    """The models load, also with another release of scikit-learn if that is allowed."""
    for ref, slope in SLOPES.items():
        model, _ = registry.load_model(ref, allow_version_mismatch=True)
        found = [round(float(value), 6) for value in model.predict(golden.ROWS)]
        assert found == [slope * sum(row) for row in golden.ROWS]


def test_the_model_of_an_unknown_signer_predicts(registry: ModelRegistry) -> None:
    """The restricted loader accepts a model of scikit-learn."""
    model, _ = registry.load_model("line@challenger", allow_version_mismatch=True)
    assert round(float(model.predict([[1.0, 1.0]])[0]), 6) == 14.0


def test_the_model_with_its_own_code_predicts(registry: ModelRegistry) -> None:
    """A model with code of a notebook loads with the Python version that it was stored with."""
    if "own_code:1" not in registry:
        # The first releases did not store code.
        assert registry.location.endswith("registry")
        return
    code = registry["own_code:1"].code
    assert code is not None
    if code.python == f"{sys.version_info[0]}.{sys.version_info[1]}":
        model, _ = registry.load_model("own_code")
        assert model.predict(golden.ROWS) == [2.0, 10.0]
    else:
        with pytest.raises(VersionMismatchError):
            registry.load_model("own_code")


def test_attachments_are_read(registry: ModelRegistry) -> None:
    """Arrays, values and text are equal to those attached."""
    scores = registry.load_attachment("with.attachments:1", "scores")
    assert scores["y_score"].tolist() == [0.25, 0.75]
    if "limits" in registry["line:1"].attachments:
        limits = registry.load_attachment("line:1", "limits")
        assert limits == {"low": 1, "high": [2, float("inf")]}
        assert registry.load_attachment("line:1", "notes of the run") == "plain text"


def test_reading_changes_no_file(folder: Path, registry: ModelRegistry) -> None:
    """Listing, verifying and loading leave each byte of the registry."""
    before = digests(folder)
    registry.list_models(include_deleted=True)
    registry.verify()
    registry.load_model("line@champion", allow_version_mismatch=True)
    assert digests(folder) == before


def test_this_release_continues_the_registry(folder: Path, registry: ModelRegistry) -> None:
    """A new version and new events are added, and no earlier file changes."""
    before = digests(folder)
    assert registry.register_model(golden.line(8.0), "line") == "line:11"
    assert registry.set_alias("line", "champion", 11, force=True).aliases == ("champion",)
    assert registry.verify().damage == ()
    assert before.items() <= digests(folder).items()


def test_a_user_without_trusted_signers_reads_the_same_versions(
    folder: Path, tmp_path: Path
) -> None:
    """All records are listed for a user who trusts no one, and code of their authors is not run."""
    keyring = golden.new_keyring(tmp_path / "keys")
    registry = ModelRegistry(folder / golden.REGISTRY, keyring=keyring)
    found = {metadata.model_id for metadata in registry.list_models(include_deleted=True)}
    expected = json.loads((folder / golden.EXPECTED).read_text(encoding="utf-8"))["models"]
    assert found == {f"{name}:{n}" for name, model in expected.items() for n in model["versions"]}
    if "own_code:1" in found:
        with pytest.raises((UntrustedModelError, VersionMismatchError)):
            registry.load_model("own_code:1")


def test_the_command_writes_a_registry(tmp_path: Path) -> None:
    """A new golden registry has the content of the newest one, with its own digests."""
    place = tmp_path / "new"
    place.mkdir()
    golden.write_with(None, place)
    (tmp_path / "home").mkdir()
    found = golden.describe(place, tmp_path / "home")
    expected = json.loads((FOLDER / NAMES[-1] / golden.EXPECTED).read_text(encoding="utf-8"))
    assert found["models"].keys() == expected["models"].keys()
    for name, model in expected["models"].items():
        assert found["models"][name]["aliases"] == model["aliases"]
        for number, version in model["versions"].items():
            new = found["models"][name]["versions"][number]
            assert {k: new[k] for k in ("status", "tags", "notes", "signer")} == {
                k: version[k] for k in ("status", "tags", "notes", "signer")
            }
