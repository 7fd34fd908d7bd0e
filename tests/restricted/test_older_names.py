"""Compiled classes that older versions of scikit-learn name otherwise."""

from __future__ import annotations

import pytest

from exo_nbregistry.restricted.instances import type_name
from exo_nbregistry.restricted.native_constructors import CALLS
from exo_nbregistry.restricted.rejection import Rejection

check = CALLS["sklearn._loss._loss.__pyx_unpickle_CyHalfMultinomialLoss"]


def _class_of(module: str) -> type:
    return type("CyHalfMultinomialLoss", (), {"__module__": module})


@pytest.mark.parametrize("module", ["_loss", "sklearn._loss._loss"])
def test_the_loss_of_several_classes_has_two_names(module: str) -> None:
    """Until 1.8, the compiled module of the losses had the name of its file only."""
    check(_class_of(module), 1, None)
    assert type_name(_class_of(module)) == "sklearn._loss._loss.CyHalfMultinomialLoss"


@pytest.mark.parametrize("module", ["_loss_", "loss", "os", "__main__"])
def test_a_class_of_another_module_is_rejected(module: str) -> None:
    """Another class of this name is not the loss."""
    with pytest.raises(Rejection, match="CyHalfMultinomialLoss"):
        check(_class_of(module), 1, None)
