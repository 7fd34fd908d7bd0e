"""Variables of the notebook that would be stored with a model are named, and never shown."""

from __future__ import annotations

import numpy as np
import pytest

from exo_nbregistry.errors import SerializationError
from tests.persistence.cells import run_cell, written

SOURCE = "def centre(x):\n    return x - reference.mean()\n"


def test_a_large_variable_is_named_with_its_function() -> None:
    """A variable above 1 MB is named with its size, the function that uses it and what to do."""
    centre = run_cell(SOURCE, reference=np.zeros(300_000))["centre"]
    (warning,) = written(centre)[1].warnings
    assert warning == (
        "The variable reference, which centre uses, is stored with the model and takes 2.4 MB or "
        "more; pass it as a parameter, or store only the part that is used."
    )


def test_a_small_variable_is_not_reported() -> None:
    """A variable below 1 MB is stored without a warning."""
    assert written(run_cell(SOURCE, reference=np.zeros(300))["centre"])[1].warnings == ()


def test_a_variable_of_two_functions_is_reported_once() -> None:
    """The same large value is one warning."""
    source = f"{SOURCE}\n\ndef spread(x):\n    return reference.std()\n"
    cell = run_cell(source, reference=np.zeros(300_000))
    assert len(written([cell["centre"], cell["spread"]])[1].warnings) == 1


def test_a_large_value_of_a_closure_is_named() -> None:
    """A value that a closure keeps is named like a variable of the notebook."""
    source = (
        "import numpy as np\n\n\ndef make():\n    table = np.zeros(300_000)\n"
        "    return lambda x: x - table.mean()\n"
    )
    (warning,) = written(run_cell(source)["make"]())[1].warnings
    assert warning.startswith("The variable table, which make.<locals>.<lambda> uses, is stored")


def test_what_looks_like_a_secret_is_named_without_its_value() -> None:
    """A variable that looks like a secret is named with the remedy; its value is not."""
    fetch = run_cell("def fetch(x):\n    return API_KEY\n", API_KEY="correct-horse")["fetch"]
    (warning,) = written(fetch)[1].warnings
    assert warning == (
        "The variable API_KEY, which fetch uses, looks like a secret and is stored with the "
        "model; read it inside fetch, such as from os.environ."
    )


def test_a_credential_of_a_known_service_is_rejected() -> None:
    """A key in the format of a service is an error that does not contain it."""
    key = "AKIA" + "Q3EXAMPLE7" + "ZYXWVU"
    fetch = run_cell("def fetch(x):\n    return CLOUD\n", CLOUD={"id": key})["fetch"]
    with pytest.raises(SerializationError) as caught:
        written(fetch)
    text = str(caught.value)
    assert "the variable CLOUD, which fetch uses, contains a key or token" in text
    assert "read it inside fetch, such as from os.environ." in text
    assert key not in text


def test_a_name_with_hidden_characters_is_visible() -> None:
    """Names of variables are shown with their hidden characters escaped."""
    source = "def make(**kept):\n    return lambda x: kept\n"
    function = run_cell(source)["make"](password="hunter22")
    function.__qualname__ = "evil\u202e\x1b[2J"
    (warning,) = written(function)[1].warnings
    assert "\x1b" not in warning
    assert "\u202e" not in warning


KEY = "AKIA" + "Q3EXAMPLE7" + "ZYXWVU"


@pytest.mark.parametrize(
    ("source", "where"),
    [
        (f"def made(x, key={KEY!r}):\n    return x\n", "the default value of the parameter key of"),
        (f"def made(x, *, key={KEY!r}):\n    return x\n", "the default value of the parameter key"),
        (f"def made(x):\n    return [x, {KEY!r}]\n", "a text in made contains"),
        (f"def made(x):\n    return lambda: x in ({KEY!r}, 'b')\n", "a text in made contains"),
        (f"class made:\n    key = {KEY!r}\n", "the attribute key of made contains"),
        (f"class made:\n    def get(self):\n        return {KEY!r}\n", "a text in made.get"),
    ],
)
def test_a_credential_in_the_code_is_rejected(source: str, where: str) -> None:
    """A key in a default value, a text or a class is an error that does not contain it."""
    with pytest.raises(SerializationError) as caught:
        written(run_cell(source)["made"])
    text = str(caught.value)
    assert where in text
    assert "read it inside made" in text
    assert KEY not in text


def test_a_large_attribute_of_a_class_is_named() -> None:
    """A large array of a class is named like a variable."""
    source = "class Centre:\n    table = zeros(300_000)\n"
    (warning,) = written(run_cell(source, zeros=np.zeros)["Centre"])[1].warnings
    assert warning.startswith("The attribute table of Centre is stored with the model and takes")


def test_the_values_of_plain_code_are_not_reported() -> None:
    """Docstrings, column names and numbers cause no warning."""
    source = (
        'class Scale:\n    """A token-free class."""\n    columns = ("koi_depth", "koi_period")\n'
        "    def fit(self, x, by='mean', tokens=None):\n"
        '        """Return self."""\n        return x["koi_depth"] + 1.5\n'
    )
    assert written(run_cell(source)["Scale"])[1].warnings == ()
