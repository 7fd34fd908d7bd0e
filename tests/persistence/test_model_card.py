"""The README of an export: facts as a person reads them, safe in Markdown."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.persistence.model_card import model_card

INFO: dict[str, Any] = {
    "model_type": "sklearn.svm._classes.SVC",
    "columns": None,
    "classes": None,
    "n_features": None,
    "python": "3.11.7",
    "packages": {"numpy": "2.0.0", "scikit-learn": "1.6.0"},
    "size_bytes": 12345,
    "sha256": "ab" * 32,
    "exported_at": "2026-01-01T00:00:00+00:00",
    "issues": (),
}


def headings(card: str) -> list[str]:
    """Return the headings of a card."""
    return [line.lstrip("# ") for line in card.splitlines() if line.startswith("#")]


def test_a_card_has_its_facts_without_being_told_any() -> None:
    """A model of which nothing was said has a card with type, packages, size and digest."""
    card = model_card(INFO, {}, has_example=False)
    assert headings(card) == ["SVC", "Predict", "Trust"]
    assert "| type | `sklearn.svm._classes.SVC` |" in card
    assert "| packages | numpy 2.0.0, scikit-learn 1.6.0 |" in card
    assert "| size | 12,345 bytes |" in card
    assert f"| sha256 | `{'ab' * 32}` |" in card


def test_what_was_told_is_shown() -> None:
    """Title, description, algorithm, scores and columns are shown where they are known."""
    column = {"name": "depth", "dtype": None, "minimum": 0.5, "maximum": 120.0}
    info = INFO | {"columns": [column], "n_features": 1, "classes": ["no", "yes"]}
    told = {
        "model_name": "kepler",
        "description": "Finds planets.",
        "algorithm": "SVM",
        "metrics": {"f1_score": 0.123456, "support": 7},
    }
    card = model_card(info, told, has_example=True)
    assert headings(card) == ["kepler", "Scores", "Input columns", "Predict", "Trust"]
    for line in (
        "Finds planets.",
        "| algorithm | SVM |",
        "| classes | no, yes |",
        "| input columns | 1 |",
        "| f1_score | 0.1235 |",
        "| support | 7 |",
        "| depth | number | 0.5 to 120 |",
        "python predict.py example.csv out.csv",
    ):
        assert line in card.splitlines()


def test_a_registered_version_is_called_by_its_id() -> None:
    """The canonical name of a version is its title, before the name alone."""
    card = model_card(INFO, {"model_name": "Kepler", "model_id": "kepler:3"}, has_example=False)
    assert card.startswith("# kepler:3\n")


def test_what_is_not_in_the_folder_is_listed() -> None:
    """Modules that the target machine will lack have a section of their own."""
    issue = "zero.Zero is defined in the local file zero.py: install it."
    card = model_card(INFO | {"issues": (issue,)}, {}, has_example=False)
    assert "## Not in this folder\n\n- zero.Zero is defined" in card


def test_no_value_breaks_a_table() -> None:
    """Pipes and line breaks in names and values stay inside their cell and their title."""
    told = {"model_name": "a\n# b", "metrics": {"x|y\nz": 1}}
    card = model_card(INFO, told, has_example=False)
    assert headings(card) == ["a # b", "Scores", "Predict", "Trust"]
    assert r"| x\|y z | 1 |" in card
