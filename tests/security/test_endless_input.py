"""No input hangs, never ends, or needs more memory than its limit."""

from __future__ import annotations

import io
import os
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry import ModelPersistence, ModelRegistry
from exo_nbregistry.errors import RecordError, UntrustedModelError
from exo_nbregistry.payloads.archive import pack_archive
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.attachment import Attachment, pack_bytes
from exo_nbregistry.payloads.figure import SVG
from exo_nbregistry.payloads.npz import MAX_UNTRUSTED_BYTES, Limit, read_npz
from exo_nbregistry.signing.keyring import Keyring
from tests.security.limited import run_limited

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices are files of POSIX")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


ENDLESS = [_pipe, _device, _sparse]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return an exported version with a figure, a folder and a file beside its model."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"weights": [0.5]}, "toy")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("a")
    registry.attach("toy:1", "notes", tmp_path / "notes")
    registry.attach("toy:1", "file", tmp_path / "notes" / "a.txt")
    registry.attach("toy:1", "arrays", {"x": np.zeros(3)})
    registry.export_model("toy:1", tmp_path / "export")
    return tmp_path / "export"


@pytest.mark.parametrize("make", ENDLESS)
def test_an_export_with_an_endless_file_is_not_imported(
    tmp_path: Path, export: Path, make: Callable[[Path], None]
) -> None:
    """The error names the file, and nothing is registered, for each of its files."""
    names = ["record.json", "attached.json", "model.joblib", "attachments/a.txt"]
    for number, name in enumerate(names):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(export, copy)
        (copy / name).unlink()
        make(copy / name)
    program = """
for number in range(4):
    try:
        registry.import_model(folder / f"copy{number}", model_name="other")
    except RegistryError as error:
        print(error)
"""
    printed = run_limited(tmp_path, program).splitlines()
    for name, error in zip(names, printed, strict=True):
        assert Path(name).name in error
        assert "again" in error or "pass the folder" in error
    assert ModelRegistry(tmp_path / "registry").list_models().ids == ("toy:1",)


def test_a_folder_in_an_export_is_read_up_to_its_recorded_size(
    tmp_path: Path, export: Path
) -> None:
    """A huge file that was added to an exported folder is not read to its end."""
    _sparse(export / "attachments" / "notes" / "huge")
    printed = run_limited(tmp_path, "registry.import_model(folder / 'export', model_name='other')")
    assert printed.startswith("IntegrityError")


@pytest.mark.parametrize("make", ENDLESS)
def test_a_model_file_that_never_ends_is_not_loaded(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """ModelPersistence and import_model name the file in one sentence."""
    for name in ("model.joblib", "card.joblib"):
        ModelPersistence.save_model({"weights": [0.5]}, tmp_path / name)
    for name in ("model.joblib", "card.joblib.json"):
        (tmp_path / name).unlink()
        make(tmp_path / name)
    program = """
calls = (
    lambda path: ModelPersistence.load_model(path),
    lambda path: ModelPersistence.validate_model_file(path),
    lambda path: registry.import_model(path, model_name="toy"),
)
for name in ("model.joblib", "card.joblib"):
    for call in calls:
        try:
            print(call(folder / name))
        except RegistryError as error:
            print(error)
"""
    printed = run_limited(tmp_path, program).splitlines()
    for name, (loaded, valid, imported) in zip(
        ("model.joblib", "card.joblib"), (printed[:3], printed[3:]), strict=True
    ):
        assert name in loaded
        assert valid == "False"
        assert name in imported


@pytest.mark.parametrize("make", ENDLESS)
def test_other_files_that_never_end_are_ignored_or_named(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """Notebooks and git folders are searched without them; a table of planets is an error."""
    make(tmp_path / "a.ipynb")
    make(tmp_path / "koi.csv")
    names = ["HEAD", "commondir", "refs/heads/main", "packed-refs"]
    for number, name in enumerate(names):
        git = tmp_path / f"work{number}" / ".git"
        (git / "refs" / "heads").mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main")
        (git / name).unlink(missing_ok=True)
        make(git / name)
    program = """
from exo_nbregistry.exoplanet import fetch_koi
from exo_nbregistry.introspection.git_status import _commit
from exo_nbregistry.introspection.notebook_file import _search
print(_search(str(folder), ("x = 1",)))
print([_commit(folder / f"work{number}" / ".git") for number in range(4)])
fetch_koi(source=folder / "koi.csv")
"""
    notebook, commits, table = run_limited(tmp_path, program).splitlines()
    assert (notebook, commits) == ("None", "[None, None, None, None]")
    assert "koi.csv" in table


def _npz(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def _array(header: str, content: bytes = b"") -> bytes:
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


def _bomb() -> bytes:
    """Return 1 MB that unpack to 1 GB of zeros."""
    buffer, head = (
        io.BytesIO(),
        _array("{'descr': '<f8', 'fortran_order': False, 'shape': (134217728,)}"),
    )
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as file,
    ):
        file.write(head)
        for _ in range(1024):
            file.write(bytes(1 << 20))
    return buffer.getvalue()


def _attach_as(tmp_path: Path, signer: Keyring, name: str, packed: Attachment) -> None:
    """Attach small arrays and a packed attachment, signed by another user."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, keyring=signer)
    registry.register_model({"weights": [0.5]}, "toy")
    registry.attach("toy:1", name, {"x": np.zeros(3)})
    work, artifact = registry._workspace, packed.artifact
    with work.store.stage("models/toy/tmp") as staged:
        staged.write(packed.data)
        staged.publish(payload_key("toy", artifact))

    def decide(snapshot: Any) -> dict[str, Any]:
        fields = {
            "format": artifact.format,
            "sha256": artifact.sha256,
            "size_bytes": artifact.size_bytes,
            "kind": artifact.kind,
        }
        return {
            "action": "attach",
            "version": 1,
            "target": snapshot.version(1).check,
            "name": "bomb",
            "artifact": fields,
        }

    work.journal.append("toy", decide, "mallory")


def test_a_bomb_of_an_unknown_signer_is_not_unpacked(tmp_path: Path) -> None:
    """The unpacked size is compared with the limit before memory is used."""
    _attach_as(
        tmp_path, Keyring(tmp_path / "mallory"), "arrays", pack_bytes("npz", _bomb(), "arrays")
    )
    printed = run_limited(tmp_path, "registry.load_attachment('toy:1', 'bomb')")
    assert printed.startswith("UntrustedModelError")
    assert "needs 1,073,741," in printed
    assert "trust_signer('SHA256:" in printed
    assert run_limited(tmp_path, "print(registry.load_attachment('toy:1', 'arrays'))")


def _attach_large_text(folder: Path) -> str:
    """Attach a text of 64 MiB and one byte as an unknown signer, and return its file."""
    packed = pack_bytes("txt", b"a" * (MAX_UNTRUSTED_BYTES + 1), "text")
    _attach_as(folder, Keyring(folder / "mallory"), "arrays", packed)
    return payload_key("toy", packed.artifact)


def test_large_bytes_of_an_unknown_signer_are_not_read(tmp_path: Path) -> None:
    """attachment_bytes has the limit of load_attachment; a copy in files has none."""
    _attach_large_text(tmp_path)
    printed = run_limited(tmp_path, "registry.attachment_bytes('toy:1', 'bomb')")
    assert printed.startswith("UntrustedModelError")
    program = """
path = registry.load_attachment("toy:1", "bomb", directory=folder / "out")
print(path.stat().st_size)
"""
    assert run_limited(tmp_path, program) == str(MAX_UNTRUSTED_BYTES + 1)


def test_a_payload_that_grew_is_not_copied(tmp_path: Path) -> None:
    """A file that is longer than its record states is read up to this size."""
    key = _attach_large_text(tmp_path)
    os.truncate(tmp_path / "registry" / key, 1 << 40)
    printed = run_limited(tmp_path, "registry.save_attachments('toy:1', folder / 'out')")
    assert printed.startswith("IntegrityError")


def test_a_model_that_grew_is_stored_again(tmp_path: Path) -> None:
    """Registering a model again does not read a stored file that is longer than its record."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"weights": [0.5]}, "toy")
    [path] = (tmp_path / "registry").rglob("*.joblib")
    os.truncate(path, 1 << 40)
    program = "print(registry.register_model({'weights': [0.5]}, 'toy'))"
    assert run_limited(tmp_path, program) == "toy:1"
    assert registry.load_model("toy:1")[0] == {"weights": [0.5]}


def test_a_large_figure_is_saved_without_memory(tmp_path: Path) -> None:
    """The files of a figure are copied as streams: 160 MB, of which 300 MB hold less than two."""
    packed = pack_bytes("zip", pack_archive({SVG: bytes(160 << 20)}), "figure")
    _attach_as(tmp_path, Keyring(tmp_path / "mallory"), "arrays", packed)
    printed = run_limited(tmp_path, "print(registry.save_attachments('toy:1', folder / 'out'))")
    assert "bomb.svg" in printed
    assert (tmp_path / "out" / "bomb.svg").stat().st_size == 160 << 20


def test_large_arrays_of_a_trusted_signer_have_no_limit() -> None:
    """The same archive is read without a limit, and refused with one."""
    data = _npz(x=_array("{'descr': '<f8', 'fortran_order': False, 'shape': (10,)}", bytes(80)))
    assert read_npz(data, "key")["x"].tolist() == [0] * 10
    with pytest.raises(UntrustedModelError, match="more than the limit of 50 bytes"):
        read_npz(data, "key", Limit(None, 50))


@pytest.mark.parametrize(
    "member",
    [
        _array("{'descr': '<f8', 'fortran_order': False, 'shape': (10**12,)}"),
        _array("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}", bytes(80)),
        _array("{'descr': '|V0', 'fortran_order': False, 'shape': (1000000000000,)}"),
        _array("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"cos\nsystem\n."),
        _array("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
        _array("{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}", bytes(8)),
        _array("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        _array("(" * 5000),
        _array("{'descr': '<f8', 'shape': " + "(" * 90 + ")" * 90 + "}"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"not an array",
        b"",
    ],
)
def test_a_header_that_does_not_describe_its_content(member: bytes) -> None:
    """An array whose header claims other bytes or objects is an error, and allocates nothing."""
    with pytest.raises(RecordError, match="is not an archive of arrays"):
        read_npz(_npz(x=member), "key")


def test_an_archive_of_very_many_members_is_refused() -> None:
    """The members are counted before they are listed."""
    with pytest.raises(RecordError, match="more than 10,000 members"):
        read_npz(b"PK\x01\x02" * 10_001, "key")


def test_arrays_of_every_type_are_read_as_before() -> None:
    """Orders, shapes, structures and names other than ASCII are read equal."""
    arrays = {
        "scalar": np.array(1.5),
        "empty": np.zeros((0, 3)),
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "text": np.array(["a", "längst"]),
        "structure": np.array([(1, 2.0)], dtype=[("größe", "i4"), ("b", "f8")]),
        "time": np.array(["2026-01-01"], dtype="datetime64[D]"),
        "flag": np.array([[True], [False]]),
    }
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # NumPy warns that these field names need version 3 of the format.
        warnings.simplefilter("ignore")
        np.savez_compressed(buffer, **arrays)
    read = read_npz(buffer.getvalue(), "key", Limit(None))
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read[name], array)
