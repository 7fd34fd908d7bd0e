"""Models of unknown signers: messages of those that load and of those that do not."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import pytest
from xgboost import XGBClassifier

from exo_nbregistry.errors import InvalidInputError, SerializationError, UntrustedModelError
from exo_nbregistry.persistence import unknown_signer
from exo_nbregistry.persistence.unknown_signer import Alternatives, load_of_unknown_signer
from exo_nbregistry.signing.keyring import SignerStatus
from tests.restricted.opcode_stream import START, STOP, name

UNKNOWN = SignerStatus("unknown", "SHA256:other")
CALL = Alternatives("registry.load_model('m:1'", "Or trust the signer.")


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log each signer again, as a new process does."""
    monkeypatch.setattr(unknown_signer, "_logged", set())


def load(data: bytes, **options: Any) -> Any:
    """Load bytes as a model of an unknown signer."""
    facts = {"name": "m:1", "format": "joblib", "verdict": UNKNOWN, "trust": ()}
    return load_of_unknown_signer(io.BytesIO(data), alternatives=CALL, **facts | options)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (
            ["b.X", "a.c.Y", "b.Z"],
            " To run only the code of a, b: registry.load_model('m:1', trust=['a', 'b']). "
            "Or trust the signer.",
        ),
        (["a.X", "posix.system"], " Or trust the signer."),
        (["a.X", "cloudpickle.cloudpickle._make_function"], " Or trust the signer."),
        (["a');evil('.X"], " Or trust the signer."),
        ([], " Or trust the signer."),
        ([f"p{n}.X" for n in range(6)], " Or trust the signer."),
        (
            ["__main__.X"],
            " To run only the code of __main__.X: "
            "registry.load_model('m:1', trust=['__main__.X']). Or trust the signer.",
        ),
    ],
)
def test_a_call_trusts_packages_that_can_be_trusted(types: list[str], expected: str) -> None:
    """The call is complete, and missing if one of the types could run any code."""
    assert CALL.text(types) == expected


def test_without_a_call_there_are_only_the_others() -> None:
    """A caller without trust= has no call with it."""
    assert Alternatives().text(["a.X"]) == ""
    assert Alternatives(others="Pass --trust.").text(["a.X"]) == " Pass --trust."


def test_names_in_an_error_are_visible() -> None:
    """Control characters in a name are written as escapes."""
    with pytest.raises(UntrustedModelError, match=r"evil\\x1b\[31m\.X"):
        load(START + name("evil\x1b[31m.X") + STOP)


def test_all_names_are_in_the_error_also_after_the_first() -> None:
    """The error has the types of the whole file, in its order."""
    data = START + b"(" + name("a.X") + name("b.Y") + name("a.X") + b"t" + STOP
    with pytest.raises(UntrustedModelError) as caught:
        load(data)
    assert caught.value.types == ("a.X", "b.Y")
    assert caught.value.signer == "SHA256:other"


def test_names_before_a_refused_instruction_are_kept() -> None:
    """A file that cannot be read to its end still has the first name in its error."""
    with pytest.raises(UntrustedModelError) as caught:
        load(START + name("a.X") + b"i")
    assert caught.value.types == ("a.X",)


def test_the_log_message_names_trusted_packages(caplog: pytest.LogCaptureFixture) -> None:
    """With trust=, the message does not claim that no code ran."""
    model = load(pickle.dumps(XGBClassifier(), 5), trust=["xgboost"])
    assert type(model) is XGBClassifier
    (record,) = caplog.records
    assert "no code of its author except that of xgboost." in record.getMessage()
    assert record.levelname == "WARNING"


def test_a_rejected_model_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The message is only for a model that was loaded."""
    with pytest.raises(UntrustedModelError):
        load(b"x")
    assert caplog.records == []


def test_invalid_trust_is_an_error_of_the_caller() -> None:
    """A name that cannot be trusted is not blamed on the file."""
    with pytest.raises(InvalidInputError):
        load(pickle.dumps(np.zeros(3)), trust=["numpy"])


def test_skops_without_skops_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the extra to install."""
    monkeypatch.setitem(__import__("sys").modules, "skops.io", None)
    with pytest.raises(SerializationError, match=r"pip install 'exo-nbregistry\[skops\]'"):
        load(b"PK", format="skops")
