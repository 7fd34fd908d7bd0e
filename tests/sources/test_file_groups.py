"""The proposal of models and versions for the files of a folder."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidInputError, InvalidReferenceError
from exo_nbregistry.sources.file_groups import Names, chosen_key, group_files
from exo_nbregistry.values.reference import is_model_key

AT = datetime(2024, 6, 1, tzinfo=UTC)


def grouped(*paths: str, names: Names | None = None) -> dict[str, list[tuple[str, int | None]]]:
    """Group files, each changed a minute after the one before."""
    files = [(PurePosixPath(path), AT + timedelta(minutes=i)) for i, path in enumerate(paths)]
    groups = group_files(files, names)
    return {
        model: [(str(place.path), place.number) for place in places]
        for model, places in groups.items()
    }


def test_versions_of_a_model_are_in_the_order_of_their_numbers() -> None:
    """Explicit versions are sorted as numbers, and keep them."""
    found = grouped("rf_v10.pkl", "RF-v2.joblib", "rf_v3_2024.skops")
    assert found == {"RF": [("RF-v2.joblib", 2), ("rf_v3_2024.skops", 3), ("rf_v10.pkl", 10)]}


def test_dates_in_names_have_precedence_over_the_time_of_the_file() -> None:
    """Files without versions are sorted by their dates."""
    found = grouped("svm_2024-05-01.pkl", "svm_2023-12-24.pkl")
    assert found == {"svm": [("svm_2023-12-24.pkl", None), ("svm_2024-05-01.pkl", None)]}


def test_copies_follow_their_original() -> None:
    """Copies and final versions follow in the order of their numbers and not of their times."""
    found = grouped("svm (2).pkl", "svm (1).pkl", "svm.pkl", "svm_old.pkl", "svm_final.pkl")
    assert [path for path, _ in found["svm"]] == [
        *("svm_old.pkl", "svm.pkl", "svm (1).pkl", "svm (2).pkl", "svm_final.pkl")
    ]


def test_files_without_version_follow_those_with_one() -> None:
    """A file without a version is later than numbered ones, and by the time of its change."""
    found = grouped("rf_b.pkl", "rf.pkl", "rf_v2.pkl", "rf_latest.pkl")
    assert found["rf"] == [("rf_v2.pkl", 2), ("rf.pkl", None), ("rf_latest.pkl", None)]


def test_a_version_that_two_files_have_is_not_a_number() -> None:
    """Ambiguous, dotted and zero versions are only an order."""
    found = grouped(
        "rf_v1.pkl", "rf_v1.joblib", "rf_v2.pkl", "a_v1.2.pkl", "a_v1.10.pkl", "b_v0.pkl"
    )
    assert found["rf"] == [("rf_v1.pkl", None), ("rf_v1.joblib", None), ("rf_v2.pkl", 2)]
    assert found["a"] == [("a_v1.2.pkl", None), ("a_v1.10.pkl", None)]
    assert found["b"] == [("b_v0.pkl", None)]


def test_last_digits_are_versions_only_if_they_count() -> None:
    """The names rf1 and rf2 are versions of rf; resnet18 and resnet50 are two models."""
    found = grouped(
        "rf1.pkl", "rf2.pkl", "resnet18.pkl", "resnet50.pkl", "nn.pkl", "nn2.pkl", "x9.pkl"
    )
    assert {model: [number for _, number in group] for model, group in found.items()} == {
        "rf": [1, 2],
        "resnet18": [None],
        "resnet50": [None],
        "nn": [2, None],
        "x9": [None],
    }


def test_generic_names_take_the_name_of_the_folder() -> None:
    """A file named model.pkl is named after its folder, whose version it has."""
    found = grouped("kepler/v1/model.pkl", "kepler/v2/model.pkl", "models/clf.pkl", "7/svm.pkl")
    assert found == {
        "clf": [("models/clf.pkl", None)],
        "kepler": [("kepler/v1/model.pkl", 1), ("kepler/v2/model.pkl", 2)],
        "svm": [("7/svm.pkl", 7)],
    }


def test_models_of_several_folders_are_apart() -> None:
    """The same name in two folders is two models."""
    assert [*grouped("kepler/rf.pkl", "tess/rf.pkl", "tess/svm.pkl")] == [
        *("kepler_rf", "svm", "tess_rf")
    ]


def test_proposed_names_are_valid() -> None:
    """Names that this registry cannot have are replaced by similar ones."""
    assert [*grouped("con.pkl", "résumé.pkl", "星.pkl", "a b.pkl", "final.pkl")] == [
        *("a_b", "con_model", "model", "resume")
    ]


def test_a_user_can_choose_models_and_versions() -> None:
    """A name or a path has precedence over a pattern, and None leaves a file out."""
    found = grouped(
        *("a.pkl", "old/b [1].pkl", "c_v3.pkl", "tmp_d.pkl", "e.pkl"),
        names={"*.pkl": "kepler", "b [1].pkl": ("kepler", 7), "tmp_*": None, "tmp_d.pkl": None},
    )
    assert found == {
        "kepler": [("c_v3.pkl", 3), ("old/b [1].pkl", 7), ("a.pkl", None), ("e.pkl", None)]
    }


def test_a_chosen_name_joins_a_proposed_one() -> None:
    """A file that the user gives to a proposed model is one of its versions."""
    found = grouped("rf_v1.pkl", "thing.pkl", names={"thing.pkl": ("RF", 2)})
    assert found == {"RF": [("rf_v1.pkl", 1), ("thing.pkl", 2)]}


@pytest.mark.parametrize(
    ("names", "error", "text"),
    [
        ({"rg_v1.pkl": "x"}, InvalidInputError, "does not match any model file"),
        ({"rf*": 3}, InvalidInputError, "must be a model name"),
        ({"rf*": " "}, InvalidInputError, "must be a model name"),
        ({"rf*": ("x", 1)}, InvalidInputError, "version 1 of x to 2 files"),
        ({"rf*": ("x", 0)}, InvalidReferenceError, "positive integer"),
    ],
)
def test_wrong_choices_are_refused(names: Names, error: type[Exception], text: str) -> None:
    """A choice that matches no file, or is not a model or a version, is an error."""
    with pytest.raises(error, match=text):
        grouped("rf_v1.pkl", "rf_v2.pkl", names=names)


def test_no_choice_applies_to_another_file() -> None:
    """Without a match, no choice applies."""
    assert chosen_key(PurePosixPath("a/b.pkl"), {"a/*": "x", "*.joblib": "y"}) == "a/*"
    assert chosen_key(PurePosixPath("b.pkl"), {"a/*": "x", "*.joblib": "y"}) is None


PARTS = st.sampled_from(
    [
        *("rf", "svm", "model", "v1", "v2", "2024", "2024-03-01", "final", "old", "(1)", "copy"),
        *("0.93", "3", "12", "Kepler", "星", "é", "con", "..", "a" * 70),
    ]
)
STEMS = st.lists(PARTS, min_size=1, max_size=4).map("_".join)
PATHS = st.lists(STEMS, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".pkl")


@given(paths=st.lists(PATHS, max_size=12, unique=True))
@example(paths=["é.pkl", "e.pkl", "E.pkl"])
@example(paths=["kepler-rf.pkl", "kepler_rf.pkl", "kepler rf.pkl"])
def test_each_file_is_in_one_model(paths: list[str]) -> None:
    """Each file is one version of one model with a valid name, and each number is used once."""
    found = grouped(*paths)
    assert sorted(path for group in found.values() for path, _ in group) == sorted(
        str(PurePosixPath(path)) for path in paths
    )
    assert all(is_model_key(model.lower()) for model in found)
    assert len({model.lower() for model in found}) == len(found)
    for group in found.values():
        numbers = [number for _, number in group if number is not None]
        assert max(Counter(numbers).values(), default=1) == 1
        assert numbers == sorted(numbers)


@given(paths=st.lists(PATHS, max_size=8, unique=True), order=st.randoms())
def test_the_proposal_does_not_depend_on_the_order_of_the_files(
    paths: list[str], order: object
) -> None:
    """The same files in another order have the same proposal."""
    shuffled = list(paths)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one = group_files((PurePosixPath(path), AT) for path in paths)
    other = group_files((PurePosixPath(path), AT) for path in shuffled)
    assert one == other
