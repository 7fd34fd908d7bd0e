"""Only code that no package has is stored by value."""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.base import Written
from exo_nbregistry.persistence.deployment import export_folder
from exo_nbregistry.persistence.joblib_format import portability_issues, unloadable
from exo_nbregistry.persistence.local_code import is_by_value, is_compiled, is_local
from tests.persistence.cells import results_elsewhere, run_cell, written


@pytest.mark.parametrize(
    ("module", "local"),
    [
        ("__main__", True),
        ("__mp_main__", True),
        ("no_such_module_xyz.part", True),
        ("tests.persistence.cells", True),
        ("builtins", False),
        ("json.decoder", False),
        ("numpy.linalg", False),
        ("sklearn.svm", False),
        ("exo_nbregistry.registry", False),
        ("", False),
    ],
)
def test_a_module_is_local_if_no_package_has_it(module: str, local: bool) -> None:
    """The notebook, local files and unknown modules are local; packages are not."""
    assert is_local(module) == local


def test_a_module_that_a_program_made_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module without a file and a specification cannot be imported by another process."""
    monkeypatch.setitem(sys.modules, "made_xyz", ModuleType("made_xyz"))
    assert is_local("made_xyz")


def test_a_file_in_a_folder_of_packages_is_not_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in a folder such as dist-packages is not stored, even without a distribution."""
    folder = tmp_path / "dist-packages"
    folder.mkdir()
    (folder / "shared_xyz.py").write_text("def f(): ...\n")
    monkeypatch.syspath_prepend(folder)
    module = importlib.import_module("shared_xyz")
    monkeypatch.delitem(sys.modules, "shared_xyz")
    monkeypatch.setitem(sys.modules, "shared_xyz", module)
    assert not is_local("shared_xyz")


def test_a_wrapper_of_an_installed_function_is_by_value() -> None:
    """A function of the notebook that copies the name of an installed one is stored."""
    cell = run_cell(
        "import functools\nimport numpy as np\n\n\n@functools.wraps(np.mean)\n"
        "def mean(x):\n    return 7\n"
    )
    assert is_by_value(cell["mean"])
    assert not is_by_value(functools.partial)
    assert not is_by_value(np.mean)


def test_a_function_without_a_module_is_by_value() -> None:
    """A lambda of eval belongs to no module."""
    assert is_by_value(eval("lambda x: x", {}))


def test_a_local_package_works_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of a local package with relative imports loads without its files."""
    package = tmp_path / "toolbox_xyz"
    package.mkdir()
    (package / "__init__.py").write_text("from . import scale\nfrom .model import Model\n")
    (package / "scale.py").write_text(
        "import toolbox_xyz\n\nFACTOR = 3\n\n\ndef up(x):\n    return x * FACTOR\n"
    )
    (package / "model.py").write_text(
        "from . import scale\n\n\nclass Model:\n    def predict(self, x):\n"
        "        return scale.up(x)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("toolbox_xyz")
    (tmp_path / "elsewhere").mkdir()
    models = {"model": (module.Model(), "model.predict(2)")}
    assert results_elsewhere(models, tmp_path / "elsewhere") == {"model": 6}
    for name in [name for name in sys.modules if name.startswith("toolbox_xyz")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a class that seems to be of a compiled local module."""
    module: Any = ModuleType("fast_xyz")
    module.__file__ = str(tmp_path / f"fast_xyz{importlib.machinery.EXTENSION_SUFFIXES[0]}")
    module.Fast = type("Fast", (), {"__module__": "fast_xyz", "predict": lambda self, X: X})
    monkeypatch.setitem(sys.modules, "fast_xyz", module)
    return module.Fast


def test_a_compiled_local_class_is_stored_by_name(compiled: Any) -> None:
    """Compiled code cannot be stored; the message names the file and what to do."""
    assert is_compiled("fast_xyz")
    _, details = written(compiled())
    assert details.code is None
    (issue,) = portability_issues(details.globals)
    assert issue.startswith("fast_xyz.Fast is compiled in the local file fast_xyz")
    assert "install it as a package where the model is loaded" in issue
    assert unloadable(details.globals) == (issue,)


def test_a_model_with_a_compiled_local_class_is_not_exported(compiled: Any, tmp_path: Path) -> None:
    """No folder is written for a model that it cannot contain."""
    with pytest.raises(SerializationError, match=r"Cannot export the model: fast_xyz\.Fast is"):
        export_folder(compiled(), tmp_path / "out", must_run=False)
    assert not (tmp_path / "out").exists()


def test_the_details_of_a_plain_model_are_empty() -> None:
    """A model of installed classes has no code, sources, imports and warnings."""
    assert written({"a": np.zeros(3)})[1] == Written(
        (
            "joblib.numpy_pickle.NumpyArrayWrapper",
            "numpy.dtype",
            "numpy.ndarray",
        )
    )
