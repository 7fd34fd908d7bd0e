"""A model is unpickled only after its signer and its bytes are checked."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xgboost import XGBClassifier

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    RegistryError,
    SerializationError,
    UntrustedModelError,
)
from exo_nbregistry.persistence import loading
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.records.code import Code
from exo_nbregistry.signing.keyring import SignerStatus
from tests.persistence.bomb import Bomb

OWN = SignerStatus("own", "SHA256:me", "me@here")
UNKNOWN = SignerStatus("unknown", "SHA256:other")
ROOT = Path(__file__).parents[2]
LARGE = np.random.default_rng(0).random(200_000)


@pytest.fixture(autouse=True, scope="module")
def _map_from_a_mebibyte() -> Iterator[None]:
    """Read `LARGE` in the same way as models of hundreds of megabytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "MAPPED_FROM_BYTES", 1 << 20)
        yield


def dumped(model: Any) -> bytes:
    """Write a model to memory."""
    target = io.BytesIO()
    JOBLIB.dump(model, target)
    return target.getvalue()


def load(
    data: bytes, given: bytes | None = None, stream: BinaryIO | None = None, **changes: Any
) -> Any:
    """Load `given`, or a stream, against a record that describes `data`."""
    facts: dict[str, Any] = {
        "key": "models/m/blobs/x.joblib",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_bytes": len(data),
        "format": "joblib",
        "verdict": OWN,
    }
    stream = stream or io.BytesIO(data if given is None else given)
    return load_verified(stream, **facts | changes)


@pytest.mark.parametrize("verdict", [OWN, SignerStatus("trusted", "SHA256:a", "ada")])
def test_a_trusted_model_loads(verdict: SignerStatus) -> None:
    """A model that this user or a trusted signer signed is loaded."""
    assert load(dumped({"a": 1}), verdict=verdict) == {"a": 1}


@pytest.mark.parametrize("verdict", [UNKNOWN, SignerStatus("unsigned")])
def test_an_untrusted_model_is_not_unpickled(tmp_path: Path, verdict: SignerStatus) -> None:
    """An untrusted model is not run; the error has the types, the signer and what to do."""
    data = dumped(Bomb(tmp_path / "ran"))
    with pytest.raises(UntrustedModelError, match=r"posix\.mkdir.*call this\(\)") as caught:
        load(
            data,
            verdict=verdict,
            alternatives=Alternatives("load('rf:1'", "To allow it call this()."),
        )
    assert "trust=" not in str(caught.value), "the operating system is never a trusted package"
    assert caught.value.signer == verdict.signer
    assert caught.value.types == ("posix.mkdir",)
    assert not (tmp_path / "ran").exists()
    load(data, verdict=verdict, unsafe=True)
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("verdict", [UNKNOWN, SignerStatus("unsigned")])
def test_a_plain_model_of_an_unknown_signer_loads(
    verdict: SignerStatus, caplog: pytest.LogCaptureFixture
) -> None:
    """A model without code of its author loads, and one log message names the signer of both."""
    for _ in range(2):
        model = load(dumped({"a": np.arange(3)}), name="rf:1", verdict=verdict)
        np.testing.assert_array_equal(model["a"], [0, 1, 2])
    (record,) = caplog.records
    once = " This is logged once for each signer." if verdict.signer else ""
    signed = "signed by SHA256:other, who is not trusted" if verdict.signer else "unsigned"
    assert record.getMessage() == (
        f"rf:1 is {signed}. It was loaded by the restricted loader, which runs no code of its "
        f"author.{once}"
    )


def test_bytes_of_an_unknown_signer_are_compared_before_they_are_read() -> None:
    """Bytes that do not match the record are damaged, with any content."""
    for name in ("joblib", "skops"):
        with pytest.raises(IntegrityError):
            load(dumped([1]), dumped([2]), verdict=UNKNOWN, format=name)


def test_a_size_that_does_not_fit_into_memory_is_damage() -> None:
    """A record of an unknown signer cannot reserve more memory than the machine has."""
    with pytest.raises(IntegrityError, match="do not fit into memory"):
        load(dumped([1]), verdict=UNKNOWN, size_bytes=1 << 62)


def test_mapped_arrays_of_an_unknown_signer_are_read_into_memory(tmp_path: Path) -> None:
    """The bytes that are read are the bytes that were hashed, also with mmap=True."""
    path = tmp_path / "model.joblib"
    path.write_bytes(dumped(np.zeros(1 << 20)))
    with path.open("rb") as stream:
        model = load(path.read_bytes(), stream=stream, mmap_path=str(path), verdict=UNKNOWN)
    assert not isinstance(model, np.memmap)


def test_the_error_has_the_call_that_trusts_a_package() -> None:
    """The packages of all types are in one call; names below Python's own packages are not."""
    data = pickle.dumps(XGBClassifier(), 5)
    alternatives = Alternatives("registry.load_model('rf:1'", "Or trust the signer.")
    with pytest.raises(UntrustedModelError) as caught:
        load(data, name="rf:1", verdict=UNKNOWN, alternatives=alternatives)
    assert caught.value.types == ("xgboost.sklearn.XGBClassifier",)
    assert str(caught.value) == (
        "rf:1 is signed by SHA256:other, who is not trusted. It was not loaded: it has "
        "xgboost.sklearn.XGBClassifier, which can run any code of its author. To run only the "
        "code of xgboost: registry.load_model('rf:1', trust=['xgboost']). Or trust the signer."
    )
    loaded = load(data, verdict=UNKNOWN, trust=["xgboost"])
    assert type(loaded) is XGBClassifier


def test_a_package_that_runs_any_code_cannot_be_trusted() -> None:
    """trust= rejects Python's own modules before anything is read."""
    with pytest.raises(InvalidInputError, match="trust= cannot contain 'os'"):
        load(b"x", dumped([1]), verdict=UNKNOWN, trust=["os"])


def test_an_invalid_signature_is_rejected_even_with_unsafe(tmp_path: Path) -> None:
    """A record that was changed after signing is an error, also with unsafe=True."""
    with pytest.raises(IntegrityError, match="changed after it was signed"):
        load(dumped(Bomb(tmp_path / "ran")), verdict=SignerStatus("invalid"), unsafe=True)
    assert not (tmp_path / "ran").exists()


def test_each_cut_and_flip_of_a_small_model_is_rejected(tmp_path: Path) -> None:
    """A small model cut or flipped at any byte, or with one added, is never unpickled."""
    data = dumped([Bomb(tmp_path / "ran"), np.arange(3)])
    changed = [data[:i] for i in range(len(data))] + [data + b"."]
    changed += [data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :] for i in range(len(data))]
    for torn in changed:
        with pytest.raises(IntegrityError):
            load(data, torn)
    assert not (tmp_path / "ran").exists()


@settings(deadline=None)  # it depends on the load of the machine
@given(st.data())
def test_each_cut_and_flip_of_a_large_model_is_rejected(data: st.DataObject) -> None:
    """A large model, which is hashed by a thread, is rejected after any single change."""
    at = data.draw(st.integers(0, len(_LARGE_BYTES) - 1))
    flipped = bytearray(_LARGE_BYTES)
    flipped[at] ^= data.draw(st.integers(1, 255))
    for torn in (bytes(flipped), _LARGE_BYTES[:at], _LARGE_BYTES + b"\0"):
        with pytest.raises(IntegrityError):
            load(_LARGE_BYTES, torn)


_LARGE_BYTES = dumped(LARGE)


class _Once(io.RawIOBase):
    """A stream that returns small pieces and can be read only once."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._rest[: min(len(buffer), 70_000)]
        self._rest = self._rest[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def test_the_bytes_that_were_hashed_are_the_bytes_that_are_read() -> None:
    """A file is read once, so it cannot be replaced between the check and the load."""
    loaded = load_verified(
        io.BufferedReader(_Once(_LARGE_BYTES)),
        key="k",
        sha256=hashlib.sha256(_LARGE_BYTES).hexdigest(),
        size_bytes=len(_LARGE_BYTES),
        format="joblib",
        verdict=OWN,
    )
    assert np.array_equal(loaded, LARGE)


_FORKED = """
import io, os, sys
from exo_nbregistry.persistence import loading
from tests.persistence.test_loading import LARGE, dumped, load
loading.MAPPED_FROM_BYTES = 1
model = load(dumped(LARGE))
child = os.fork()
if child == 0:
    model[0] = 7
    os._exit(0)
os.waitpid(child, 0)
sys.exit(int(model[0] == 7))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_worker_changes_its_own_copy_only() -> None:
    """Changes by a child process to the arrays of a loaded model do not reach its parent."""
    assert subprocess.run([sys.executable, "-c", _FORKED], cwd=ROOT).returncode == 0


class _Counting(io.FileIO):
    """A file that counts the bytes read from it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(-1 if size is None else size) or b""
        self.count += len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        size = super().readinto(buffer) or 0
        self.count += size
        return size

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(-1 if size is None else size)
        self.count += len(data)
        return data


def mapped(path: Path, sha256: str, size_bytes: int) -> tuple[Any, int]:
    """Load a model with memory-mapped arrays; return it and the number of bytes read."""
    with _Counting(path) as file:
        stream: BinaryIO = file  # type: ignore[assignment]
        model = load_verified(
            stream,
            key=path.name,
            sha256=sha256,
            size_bytes=size_bytes,
            format="joblib",
            verdict=OWN,
            mmap_path=str(path),
        )
        return model, file.count


def test_a_mapped_file_is_hashed_once(tmp_path: Path) -> None:
    """The second memory-mapped load reads less than 1 % of the bytes; arrays are read-only."""
    path = tmp_path / "m.joblib"
    path.write_bytes(_LARGE_BYTES)
    facts = hashlib.sha256(_LARGE_BYTES).hexdigest(), len(_LARGE_BYTES)
    first, read_first = mapped(path, *facts)
    second, read_second = mapped(path, *facts)
    assert read_first > len(_LARGE_BYTES)
    assert read_second < len(_LARGE_BYTES) / 100
    assert np.array_equal(first, second)
    assert isinstance(second, np.memmap)
    assert not second.flags.writeable


def test_a_changed_mapped_file_is_rejected(tmp_path: Path) -> None:
    """A verified file that was changed afterwards is hashed again and rejected."""
    path = tmp_path / "m.joblib"
    path.write_bytes(_LARGE_BYTES)
    facts = hashlib.sha256(_LARGE_BYTES).hexdigest(), len(_LARGE_BYTES)
    mapped(path, *facts)
    with path.open("r+b") as file:
        file.seek(-9, os.SEEK_END)
        file.write(b"\0")
    os.utime(path, ns=(1, 1))
    with pytest.raises(IntegrityError):
        mapped(path, *facts)


def test_a_replaced_mapped_file_is_rejected(tmp_path: Path) -> None:
    """The memory-mapped file must be the opened file."""
    path = tmp_path / "m.joblib"
    path.write_bytes(_LARGE_BYTES)
    with path.open("rb") as file:
        path.unlink()
        path.write_bytes(_LARGE_BYTES)
        with pytest.raises(IntegrityError, match="replaced while"):
            load_verified(
                file,
                key="k",
                sha256=hashlib.sha256(_LARGE_BYTES).hexdigest(),
                size_bytes=len(_LARGE_BYTES),
                format="joblib",
                verdict=OWN,
                mmap_path=str(path),
            )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"csklearn_absent.tree\nTree\n.", "module sklearn_absent, which cannot be imported"),
        (b"c__main__\nNotebookThing\n.", "Define it here under the same name"),
        (b"cjson\nnot_there\n.", "intact but cannot be read here"),
        (b"\x80\x04K\x01", "intact but cannot be read here"),
    ],
    ids=["missing module", "notebook class", "missing class", "torn before it was recorded"],
)
def test_a_missing_requirement_is_named(source: bytes, message: str) -> None:
    """If intact bytes require missing code, the error names what to install or define."""
    data = source if source.startswith(b"\x80") else b"\x80\x02" + source
    with pytest.raises(SerializationError, match=message):
        load(data)


def test_an_unknown_format_is_named() -> None:
    """An unknown format in a record is an error that names it and what to install."""
    with pytest.raises(SerializationError, match=r"'onnx'.*pip install --upgrade exo-nbregistry"):
        load(b"x", format="onnx")


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        (None, {"verdict": UNKNOWN}),
        (None, {"verdict": SignerStatus("invalid")}),
        (None, {"format": "onnx"}),
        (b"", {}),
        (b"torn", {}),
        (b"tor", {}),
    ],
    ids=["unknown signer", "invalid signature", "format", "empty", "changed", "cut"],
)
def test_each_error_begins_with_the_name(given: bytes | None, changes: dict[str, Any]) -> None:
    """An error begins with the name of the model; the key is an attribute."""
    with pytest.raises(RegistryError, match=r"^rf:1 ") as refused:
        load(b"sound"[:4], given, name="rf:1", **changes)
    assert getattr(refused.value, "key", "models/m/blobs/x.joblib") == "models/m/blobs/x.joblib"
    with pytest.raises(RegistryError, match=r"^models/m/blobs/x\.joblib "):
        load(b"sound"[:4], given, **changes)


@pytest.mark.parametrize("size", [6, LARGE.nbytes // 2])
def test_a_damaged_model_is_described(size: int) -> None:
    """The error has the expected and the found size or sha256; reading stops after the end."""
    data = bytes(size)
    digest, key = hashlib.sha256(data).hexdigest(), "models/m/blobs/x.joblib"
    flipped = b"x" + data[1:]
    cases = [
        (data[:-2], f"it has {size - 2:,} bytes instead of {size:,}", size, size - 2),
        (data + b"12", f"it has more than {size:,} bytes instead of {size:,}", size, size + 1),
        (flipped, f"instead of {digest}", digest, hashlib.sha256(flipped).hexdigest()),
    ]
    for torn, text, expected, actual in cases:
        with pytest.raises(IntegrityError, match=f"{text}.* Restore {key} from a") as caught:
            load(data, torn)
        error = caught.value
        assert (error.key, error.expected, error.actual) == (key, expected, actual)


def test_a_damaged_mapped_file_is_described(tmp_path: Path) -> None:
    """The error for another size or content has the expected and the found value."""
    data = _LARGE_BYTES
    digest, size = hashlib.sha256(data).hexdigest(), len(data)
    path = tmp_path / "m.joblib"
    for torn, expected, actual in (
        (data[:-2], size, size - 2),
        (data + b"12", size, size + 2),
        (b"x" + data[1:], digest, hashlib.sha256(b"x" + data[1:]).hexdigest()),
    ):
        path.write_bytes(torn)
        with pytest.raises(IntegrityError) as caught:
            mapped(path, digest, size)
        error = caught.value
        assert (error.key, error.expected, error.actual) == ("m.joblib", expected, actual)


def test_a_file_that_is_replaced_while_it_is_hashed_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the identities of the opened and of the present file."""
    path, other = tmp_path / "m.joblib", tmp_path / "other.joblib"
    for each in (path, other):
        each.write_bytes(_LARGE_BYTES)
    stat, asked = os.stat, []

    def second_is_other(asked_path: Any, *args: Any, **options: Any) -> os.stat_result:
        if str(asked_path) == str(path):
            asked.append(asked_path)
        return stat(other if len(asked) == 2 else asked_path, *args, **options)

    with path.open("rb") as file:
        was, now = stat(path), stat(other)
        monkeypatch.setattr(os, "stat", second_is_other)
        with pytest.raises(IntegrityError, match="replaced while") as caught:
            load(
                _LARGE_BYTES,
                mmap_path=str(path),
                stream=file,
            )
    error = caught.value
    assert error.key == "models/m/blobs/x.joblib"
    assert error.expected[:2] == (was.st_dev, was.st_ino)
    assert error.actual[:2] == (now.st_dev, now.st_ino)


@pytest.mark.parametrize(
    ("verdict", "data", "types", "text"),
    [
        (
            UNKNOWN,
            pickle.dumps([Fraction, Decimal, Fraction]),
            ("fractions.Fraction", "decimal.Decimal"),
            r"is signed by SHA256:other, .* it has fractions\.Fraction, decimal\.Decimal, which",
        ),
        (SignerStatus("unsigned"), b"x", (), r"^rf:1 is unsigned\. .* has a legacy format"),
    ],
)
def test_an_untrusted_model_is_described(
    verdict: SignerStatus, data: bytes, types: tuple[str, ...], text: str
) -> None:
    """The error names the signer and all types in the file, or why it cannot be read."""
    with pytest.raises(UntrustedModelError, match=text) as caught:
        load(data, name="rf:1", verdict=verdict, globals=["a.claim"])
    assert caught.value.types == types


def test_an_invalid_signature_is_described() -> None:
    """The error has the key of the file, and that a valid signature was expected."""
    with pytest.raises(IntegrityError) as caught:
        load(b"x", verdict=SignerStatus("invalid"))
    error = caught.value
    assert error.key == "models/m/blobs/x.joblib"
    assert (error.expected, error.actual) == ("a valid signature", "an invalid signature")


def test_a_missing_module_is_the_cause() -> None:
    """The error names the module; an attribute elsewhere is not a notebook's."""
    reason = r"^rf:1 requires the module email\.mime\.absent, "
    with pytest.raises(SerializationError, match=reason) as no:
        load(b"\x80\x02cemail.mime.absent\nTree\n.", name="rf:1")
    assert isinstance(no.value.__cause__, ModuleNotFoundError)
    reason = r"^rf:1 is intact .*: AttributeError: .*not_there.*\. Install"
    with pytest.raises(SerializationError, match=reason):
        load(b"\x80\x02cjson\nnot_there\n.", name="rf:1")
    with pytest.raises(SerializationError, match=r"requires code .*\(.*NotebookThing.*\)"):
        load(b"\x80\x02c__main__\nNotebookThing\n.")


def test_a_missing_module_of_this_package_is_not_installed_with_pip() -> None:
    """The error names the release to install, because pip cannot add a module."""
    reason = (
        r"^rf:1 requires the module exo_nbregistry\.absent, which this release .* does not have"
    )
    with pytest.raises(SerializationError, match=reason):
        load(b"\x80\x02cexo_nbregistry.absent\nTree\n.", name="rf:1")


def test_moved_modules_are_provided_for_a_trusted_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names in the record decide which modules are provided, after the check of the signer."""
    asked: list[Any] = []
    monkeypatch.setattr(loading, "provide_moved_modules", asked.append)
    assert load(dumped(1), verdict=UNKNOWN, globals=["a.B"]) == 1
    with pytest.raises(IntegrityError):
        load(dumped(1), b"torn", globals=["a.B"])
    assert asked == []
    assert load(dumped(1), globals=["a.B"]) == 1
    assert asked == [["a.B"]]


def test_plain_pickles_load() -> None:
    """A file that pickle wrote is loaded."""
    assert load(pickle.dumps({"a": [1, 2]})) == {"a": [1, 2]}


def test_own_code_is_named_by_its_definitions() -> None:
    """The error of a model with code of its author names the definitions and their sources."""
    data, minor = dumped({"f": lambda x: x}), f"{sys.version_info[0]}.{sys.version_info[1]}"
    for names, found in ((("__main__.f",), " (__main__.f)"), ((), "")):
        code = Code(names, minor, "3.1")
        with pytest.raises(UntrustedModelError) as caught:
            load(data, name="rf:1", verdict=UNKNOWN, code=code, sources="in rf.json")
        assert str(caught.value) == (
            "rf:1 is signed by SHA256:other, who is not trusted. It was not loaded: it carries "
            f"code of its author{found}. Its sources: in rf.json."
        )
        assert "cloudpickle.cloudpickle._make_function" in caught.value.types
