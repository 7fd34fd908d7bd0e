"""Equal code has an equal digest, in any cell and process; other code has another one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from exo_nbregistry.persistence.content_digest import content_digest
from tests.persistence.cells import run_cell

SCALER = (
    "from enum import Enum\n\n\nclass Mode(Enum):\n    A = 1\n    B = 2\n\n\n"
    "class Base:\n    def fit(self, X):\n        return self\n\n\n"
    "class Scaler(Base):\n    words = {'a', 'b', 'c', 'd'}\n\n"
    "    def __init__(self, k=1):\n        self.k = k\n        self.mode = Mode.A\n\n"
    "    def fit(self, X):\n        super().fit(X)\n        return even(self.k)\n\n\n"
    "def even(n):\n    return n == 0 or odd(n - 1)\n\n\n"
    "def odd(n):\n    return n != 0 and even(n - 1)\n\n\n"
    "model = [Scaler(), lambda x: x in {'u', 'v', 'w'}]\n"
)


def digest(source: str, model: str = "model") -> str:
    """Return the digest of a model that a cell makes."""
    found = content_digest(run_cell(source)[model], by_value=True)
    assert found is not None
    return found


def test_a_cell_that_is_run_again_is_equal() -> None:
    """Definitions of a cell that is run again, below other lines or with a comment, are equal."""
    assert digest(SCALER) == digest(SCALER) == digest(f"# New.\n\n{SCALER}")
    assert digest(SCALER) == digest(SCALER.replace("return self", "return self  # itself"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.k = k", "self.k = k + 1"),
        ("n - 1", "n - 2"),
        ("k=1", "k=2"),
        ("words = {'a', 'b', 'c', 'd'}", "words = {'a', 'b', 'c', 'e'}"),
        ("A = 1", "A = 3"),
        ("{'u', 'v', 'w'}", "{'u', 'v', 'x'}"),
        ("class Base:\n", "class Base:\n    more = 1\n"),
        ("super().fit(X)", "Base.fit(self, X)"),
    ],
)
def test_a_change_of_the_code_is_another_model(old: str, new: str) -> None:
    """A change in a method, default, attribute, member, constant or base gives another digest."""
    assert old in SCALER
    assert digest(SCALER) != digest(SCALER.replace(old, new))


def test_a_variable_that_a_function_uses_counts() -> None:
    """A changed variable of the notebook is another model; one that is not used is not."""
    source = "LIMIT = 1\nOTHER = 1\n\n\ndef model(x):\n    return x > LIMIT\n"
    assert digest(source) != digest(source.replace("LIMIT = 1", "LIMIT = 2"))
    assert digest(source) == digest(source.replace("OTHER = 1", "OTHER = 2"))


def test_the_places_of_functions_count() -> None:
    """Two lambdas in another order are another model."""
    source = "model = [lambda x: x + 1, lambda x: x + 2]\n"
    assert digest(source) != digest("model = [lambda x: x + 2, lambda x: x + 1]\n")


def test_a_new_process_is_equal(tmp_path: Path) -> None:
    """Another process with another seed of hashes, and with a loaded model, has the same digest."""
    program = (
        "import io, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from exo_nbregistry.persistence.content_digest import content_digest\n"
        "from exo_nbregistry.persistence.joblib_format import JOBLIB\n"
        f"{SCALER}"
        "print(content_digest(model, by_value=True))\n"
        "if len(sys.argv) > 1:\n"
        "    JOBLIB.dump(model, open(sys.argv[1], 'wb'))\n"
    )
    loading = (
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from exo_nbregistry.persistence.content_digest import content_digest\n"
        "from exo_nbregistry.persistence.joblib_format import JOBLIB\n"
        "model = JOBLIB.load(open(sys.argv[1], 'rb'))\n"
        "print(content_digest(model, by_value=True))\n"
    )
    file = str(tmp_path / "m.joblib")
    found = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, file],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for code, seed in ((program, "1"), (program, "2"), (loading, "3"))
    }
    assert len(found) == 1
    assert found.pop().strip() == digest(SCALER)
