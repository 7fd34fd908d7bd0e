"""The lists of names that models of unknown signers may contain."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
import sklearn

from exo_nbregistry.restricted.allow_list import (
    OWN_CLASSES,
    STORED_CLASSES,
    AllowList,
    allow_list,
    canonical_name,
    listed_versions,
)
from exo_nbregistry.restricted.rejection import Rejection
from scripts import allow_list_review as review
from scripts.make_allow_list import (
    ENVIRONMENTS,
    UnreviewedError,
    _refuse_unreviewed,
    allow_list_text,
    differences,
    list_path,
)
from scripts.pickle_survey import Survey

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = listed_versions()
MINOR = ".".join(sklearn.__version__.split(".")[:2])


@pytest.fixture(params=VERSIONS)
def listed(request: pytest.FixtureRequest) -> AllowList:
    """Return the list of each version."""
    return allow_list(f"{request.param}.0")


def test_each_name_has_one_role(listed: AllowList) -> None:
    """No name can be called and also created or stored."""
    roles = (listed.classes, listed.calls, listed.values)
    assert all(roles)
    assert len(frozenset.union(*roles)) == sum(map(len, roles))


def test_each_call_was_reviewed(listed: AllowList) -> None:
    """A file can call only functions of the review, and compiled losses."""
    others = listed.calls - review.CALLS.keys()
    assert {name.rpartition(".")[0] for name in others} <= review.LOSS_MODULES.keys()


@pytest.mark.parametrize(
    "name",
    [
        "builtins.eval",
        "builtins.getattr.__call__",
        "cloudpickle.cloudpickle._make_function",
        "copyreg._reconstructor",
        "joblib.memory.Memory",
        "joblib.numpy_pickle.NDArrayWrapper",
        "numpy.frompyfunc",
        "numpy.load",
        "numpy.memmap",
        "numpy.vectorize",
        "numpy.void",
        "operator.methodcaller",
        "os.system",
        "pandas.core.frame.DataFrame",
        "scipy.optimize.minimize",
        "scipy.stats._continuous_distns.norm_gen",
        "scipy.stats._distn_infrastructure.rv_continuous_frozen",
        "sklearn.metrics._dist_metrics.PyFuncDistance64",
        "sklearn.model_selection._validation.cross_val_score",
        "sklearn.utils._testing.os",
        "sklearn.utils.parallel.Parallel",
    ],
)
def test_dangerous_names_have_no_role(listed: AllowList, name: str) -> None:
    """Names that run code, read files or keep functions are on no list."""
    assert name not in listed


def _installed(listed: AllowList) -> Iterator[tuple[str, Any]]:
    for name in listed.classes | listed.calls | listed.values:
        module, _, attribute = name.rpartition(".")
        if np.__version__.startswith("1."):
            module = module.replace("numpy._core", "numpy.core")
        try:
            yield name, getattr(importlib.import_module(module), attribute, None)
        except ImportError:
            yield name, None


def test_each_name_is_installed() -> None:
    """Each name of scikit-learn and of this package leads to a class or function of this name."""
    found = dict(_installed(allow_list()))
    ours = {name for name in found if name.startswith(("sklearn.", "exo_nbregistry."))}
    assert len(ours) > 400
    assert [name for name in ours if not callable(found[name])] == []
    elsewhere = {
        name
        for name in ours
        if canonical_name(f"{found[name].__module__}.{found[name].__qualname__}") != name
    }
    # Compiled functions do not have the name of their package.
    assert {name.rpartition(".")[2] for name in elsewhere} <= {
        "newObj",
        "__pyx_unpickle_CyHalfMultinomialLoss",
    }


def test_classes_are_classes_and_values_can_be_called() -> None:
    """The role of a name is possible for what it leads to."""
    found = dict(_installed(allow_list()))
    names = allow_list()
    assert [
        name for name in names.classes if found[name] and not inspect.isclass(found[name])
    ] == []
    assert [name for name in names.values if found[name] and not callable(found[name])] == []
    assert names.classes >= OWN_CLASSES | STORED_CLASSES


def test_there_is_a_list_for_each_supported_version() -> None:
    """The oldest version of pyproject.toml, the installed one and those between have a list."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    oldest = re.search(r'"scikit-learn>=([\d.]+)"', text)
    assert oldest is not None
    assert VERSIONS[0] == oldest[1]
    assert MINOR in VERSIONS
    assert tuple(ENVIRONMENTS) == VERSIONS


@pytest.mark.parametrize("version", ["0.24.2", "1.5.0", "1.99", "x", "../1.9", ""])
def test_a_version_without_a_list_is_rejected(version: str) -> None:
    """The reason names the versions that have a list."""
    with pytest.raises(Rejection, match=r"No allow list exists for .* 1\.6, .* and 1\.\d+\."):
        allow_list(version)


def test_older_names_have_the_role_of_the_present_ones() -> None:
    """Names by NumPy 1, older scikit-learn and older releases of this package are found."""
    names = allow_list()
    assert "numpy.core.multiarray.scalar" in names
    assert "_loss.CyHuberLoss" in names
    assert "exo_nbregistry.exoplanet.ensemble.EnsembleClassifier" in names
    assert "_lossy.CyHuberLoss" not in names


def test_a_list_is_read_without_scikit_learn() -> None:
    """Reading a list imports neither scikit-learn nor NumPy."""
    code = (
        "import sys; from exo_nbregistry.restricted.allow_list import allow_list; allow_list();"
        "print(sorted({'sklearn', 'numpy', 'joblib'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_lists_have_one_name_a_line() -> None:
    """The names of a role are sorted, so that a diff shows only what changed."""
    for version in VERSIONS:
        lines = list_path(version).read_text("utf-8").splitlines()
        names = [line.strip(' ,"') for line in lines if line.startswith('  "')]
        assert len(names) > 1_000
        starts = [i for i, line in enumerate(lines) if line.endswith("[")]
        assert len(starts) == 3
        for start in starts:
            stop = next(i for i in range(start, len(lines)) if lines[i].lstrip().startswith("]"))
            part = [line.strip(' ,"') for line in lines[start + 1 : stop]]
            assert part == sorted(part)


def test_a_change_is_a_readable_diff(tmp_path: Path) -> None:
    """The script prints only lines that were added and removed."""
    path = tmp_path / "list.json"
    path.write_text('[\n "a",\n "b"\n]\n')
    assert differences(path, '[\n "a",\n "c"\n]\n')[2:] == ['- "b"', '+ "c"']
    assert differences(path, path.read_text()) == []


def test_a_name_that_nobody_reviewed_stops_the_script() -> None:
    """A name that fitted models contain is not added by itself."""
    survey = Survey()
    survey.add(subprocess.CompletedProcess([], 0))
    named = {"classes": set[str](), "calls": set[str](), "values": set[str]()}
    with pytest.raises(UnreviewedError, match=r"subprocess\.CompletedProcess: fitted models"):
        _refuse_unreviewed(survey, named)


@pytest.mark.slow
def test_the_list_of_the_installed_version_is_up_to_date() -> None:
    """The script gives the committed list; a new release shows which names to review."""
    changes = differences(list_path(), allow_list_text())
    environment = ENVIRONMENTS[MINOR]
    if environment != tuple(".".join(m.__version__.split(".")[:2]) for m in (np, scipy)):
        # The functions of NumPy and SciPy differ between their versions.
        changes = [line for line in changes if "sklearn." in line]
    assert changes == []
