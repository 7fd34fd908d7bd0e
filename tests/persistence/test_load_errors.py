"""Errors of models that need code which is not installed."""

from __future__ import annotations

from importlib import metadata

import pytest

from exo_nbregistry.persistence.load_errors import load_error

HERE = {name: metadata.version(name) for name in ("numpy", "scikit-learn")}


def text_of(
    error: Exception, globals: list[str] | None = None, packages: dict[str, str] | None = None
) -> str:
    """Return the message for an error of a model with these globals and packages."""
    return str(load_error("rf:1", error, globals or [], packages))


def missing(module: str) -> ModuleNotFoundError:
    """Return the error of a missing module."""
    return ModuleNotFoundError(f"No module named {module!r}", name=module)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("nebula.stars", "nebula"),
        ("nebula.stars", "nebula-cpu"),
        ("skimage.filters", "scikit-image"),
        ("image_tools", "star-image"),
    ],
    ids=["same name", "variant", "known", "other name"],
)
def test_a_recorded_package_is_installed(module: str, name: str) -> None:
    """If a recorded package is not installed, the error has the command that installs it."""
    message = text_of(missing(module), [f"{module}.Rule"], HERE | {name: "1.2+cpu"})
    assert message == (
        f"rf:1 requires the module {module}, which is not installed; run pip install {name}==1.2."
    )


def test_a_local_module_is_a_file_of_its_author() -> None:
    """A module of no recorded package is a local file, and pip is not advised."""
    message = text_of(missing("helpers"), ["helpers.Rule"], HERE)
    assert "it is a local file of its author. Copy helpers.py to the import path" in message
    assert "pip" not in message
    assert text_of(missing("helpers"), ["helpers.Rule"], {}) == message


def test_another_release_is_the_cause() -> None:
    """A module that another release of a recorded package has names both releases."""
    message = text_of(
        missing("sklearn.ensemble.gone"), ["sklearn.ensemble.gone.A"], {"scikit-learn": "0.21.3"}
    )
    assert message == (
        "rf:1 requires the module sklearn.ensemble.gone, and needs scikit-learn 0.21.3, here is "
        f"{HERE['scikit-learn']}; run pip install scikit-learn==0.21.3."
    )


def test_a_private_module_is_never_installed() -> None:
    """A private module such as _loss names another scikit-learn as the cause."""
    packages = HERE | {"scikit-learn": "1.6.1"}
    message = text_of(missing("_loss"), ["_loss.CyHalfBinomialLoss"], packages)
    assert f"needs scikit-learn 1.6.1, here is {HERE['scikit-learn']}" in message
    assert "pip install _loss" not in message
    assert "pip" not in text_of(missing("_loss"), ["_loss.CyHalfBinomialLoss"], HERE)


def test_a_dependency_of_a_package_is_not_a_local_file() -> None:
    """A module that the model does not name itself is not called a local file."""
    message = text_of(missing("some_dependency"), ["numpy.ndarray"], HERE)
    assert "local file" not in message
    assert "pip install some_dependency" not in message


def test_unknown_packages_are_said_to_be_unknown() -> None:
    """Without recorded packages, pip is not advised."""
    message = text_of(missing("xgboost.absent"), ["xgboost.absent.A"])
    assert "the packages of the model are not recorded" in message
    assert "pip" not in message


def test_a_damaged_installation_is_repaired() -> None:
    """A module that the recorded release must have is installed again."""
    message = text_of(missing("sklearn.gone"), ["sklearn.gone.A"], HERE)
    assert message.endswith(f"pip install scikit-learn=={HERE['scikit-learn']} --force-reinstall.")


@pytest.mark.parametrize("error", [AttributeError("no A in sklearn.svm"), ValueError("dtype")])
def test_other_errors_name_other_releases(error: Exception) -> None:
    """Any other error names the recorded releases that differ, scikit-learn first."""
    packages = {"numpy": "1.0.0", "pandas": "1.0.0", "scikit-learn": "1.6.1"}
    message = text_of(error, [], packages)
    assert (
        f"It needs scikit-learn 1.6.1, here is {HERE['scikit-learn']} and numpy 1.0.0, here is "
        f"{HERE['numpy']}; run pip install scikit-learn==1.6.1 numpy==1.0.0 and load again."
    ) in message
    assert "pip" not in text_of(error, [], HERE)


def test_code_of_a_notebook_is_defined_again() -> None:
    """A class of a notebook is defined again, for any packages."""
    error = AttributeError("Can't get attribute 'Scaler' on <module '__main__'>")
    assert "Define it here under the same name" in text_of(error, ["__main__.Scaler"], HERE)
