"""The class of planets of a model."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.data.table_roles import TESS, TableRoles
from exo_nbregistry.exoplanet.followup.planet_model import (
    PlanetModel,
    planet_arrays,
    planet_classes,
    planet_labels,
)

GERMAN = TableRoles(label="Klasse", planet="Planet", false_positive="Fehlalarm")


def test_the_class_of_planets_is_found_by_its_name() -> None:
    """The probability of a planet is found in any order of the classes."""
    y = ["Planet", "Planet", "Planet", "Zufall"]
    model = PlanetModel(DummyClassifier().fit(np.zeros((4, 1)), y), GERMAN)
    assert model.predict_proba([[0.0]]).tolist() == [[0.25, 0.75]]
    assert model.predict([[0.0]]).tolist() == [True]


def test_probabilities_of_several_planet_classes_are_added() -> None:
    """Confirmed and known planets of TESS are both planets."""
    y = ["CP", "KP", "FP", "FP"]
    model = PlanetModel(DummyClassifier().fit(np.zeros((4, 1)), y), TESS)
    assert model.predict_proba([[0.0]])[0, 1] == 0.5


@pytest.mark.parametrize("classes", [[0, 1], [False, True], [-1, 1], [0.0, 1.0]])
def test_of_classes_without_names_the_larger_is_a_planet(classes: list[float]) -> None:
    """Of 0 and 1, or False and True, the second class is a planet."""
    assert planet_classes(np.array(classes), GERMAN).tolist() == [False, True]


@pytest.mark.parametrize("classes", [["a", "b"], [1, 2], ["Planet"]])
def test_unknown_classes_are_an_error(classes: list[object]) -> None:
    """If no class is a planet, or only planets are, the error gives both names."""
    with pytest.raises(InvalidInputError, match=r"which class .* 'Planet'"):
        planet_classes(np.array(classes), GERMAN)


def test_stored_predictions_are_translated() -> None:
    """Labels, predictions and probabilities refer to the class of planets."""
    arrays = {
        "classes": np.array(["Fehlalarm", "Planet"])[::-1],
        "y_true": np.array(["Planet", "Fehlalarm"]),
        "y_pred": np.array(["Planet", "Planet"]),
        "probabilities": np.array([[0.9, 0.1], [0.6, 0.4]]),
    }
    found = planet_arrays(arrays, GERMAN)
    assert found["y_true"].tolist() == [True, False]
    assert found["y_pred"].tolist() == [True, True]
    assert found["probabilities"][:, 1].tolist() == [0.9, 0.6]


@pytest.mark.parametrize("y", [[1, 0], ["Planet", "Fehlalarm"]])
def test_known_rows_have_classes_of_the_model_or_labels_of_the_table(y: list[object]) -> None:
    """A model of 0 and 1 can be calibrated on labels of the table."""
    model = DummyClassifier().fit(np.zeros((4, 1)), [0, 0, 1, 1])
    assert planet_labels(y, model, GERMAN).tolist() == [True, False]
    with pytest.raises(InvalidInputError, match="label 'Stern' is neither a class of the model"):
        planet_labels(["Planet", "Stern"], model, GERMAN)
