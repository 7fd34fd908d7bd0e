"""The follow-up list: its candidates, their order and their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import Bunch

from exo_nbregistry.errors import NotFoundError, RegistryError, SignatureMismatchError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.followup.flag import (
    CAVEAT,
    export_followup,
    flag_candidates,
    read_followup,
    record_followup,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.training.leakage import LeakageError


class Voting(RandomForestClassifier):
    """A classifier with the agreement of its members."""

    def agreement_score(self, X: Any) -> Any:
        """Return a different agreement for each row."""
        return np.linspace(0, 1, len(X))


def forest(kind: Any = RandomForestClassifier) -> Any:
    """Return a small classifier, unfitted."""
    return kind(n_estimators=20, min_samples_leaf=3, random_state=0)


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi("core12")


@pytest.fixture(scope="module")
def split(koi: Bunch) -> StarSplit:
    """Split it by star."""
    return split_by_star(koi.data, koi.target, koi.groups)


@pytest.fixture(scope="module")
def model(split: StarSplit) -> Any:
    """Fit a classifier once."""
    return forest().fit(split.X_train, split.y_train)


@pytest.fixture(scope="module")
def registry(
    tmp_path_factory: pytest.TempPathFactory, model: Any, split: StarSplit
) -> ModelRegistry:
    """Return a registry with one version of it, kepler:1."""
    home = tmp_path_factory.mktemp("followup")
    registry = ModelRegistry(home / "registry", durable=False, keyring=Keyring(home / "key"))
    registry.register_model(
        model, "kepler", X=split.X_train, y=split.y_train, X_test=split.X_test, y_test=split.y_test
    )
    return registry


@pytest.fixture
def flagged(registry: ModelRegistry, koi: Bunch) -> pd.DataFrame:
    """Return the registered version's list."""
    return flag_candidates("kepler", koi, registry=registry)


def test_the_most_probable_are_flagged(flagged: pd.DataFrame, koi: Bunch, model: Any) -> None:
    """The list has the candidates that reach the threshold, highest probability first."""
    probability = pd.Series(
        model.predict_proba(koi.candidates[koi.feature_names])[:, 1], koi.candidates.index
    )
    assert set(flagged.index) < set(koi.candidates.index)
    assert np.array_equal(flagged["probability"], probability[flagged.index])
    assert flagged["calibrated_probability"].is_monotonic_decreasing
    assert flagged["calibrated_probability"].min() >= 0.9
    # The calibration is monotonic, so the flagged candidates are the most probable ones.
    rest = probability.drop(flagged.index)
    assert rest.max() < flagged["probability"].min()


def test_the_calibrated_probability_decides(
    flagged: pd.DataFrame, koi: Bunch, registry: ModelRegistry
) -> None:
    """The threshold applies to the calibrated probability only."""
    everyone = flag_candidates("kepler", koi, 0.0, registry=registry)
    assert len(everyone) == len(koi.candidates)
    assert everyone[everyone["calibrated_probability"] >= 0.9].equals(flagged)
    assert flagged["probability"].min() < 0.9


def test_the_models_own_probability_can_decide(koi: Bunch, model: Any) -> None:
    """With calibrated=False, the threshold applies to the model's probability, inclusively."""
    ranked = np.sort(model.predict_proba(koi.candidates[koi.feature_names])[:, 1])
    found = flag_candidates(model, koi, float(ranked[-40]), calibrated=False)
    assert len(found) == (ranked >= ranked[-40]).sum() >= 40
    assert found["calibrated_probability"].isna().all()
    assert found["model_version"].unique().tolist() == ["RandomForestClassifier (not registered)"]


def test_a_version_is_calibrated_on_its_stored_test(
    flagged: pd.DataFrame, koi: Bunch, model: Any, split: StarSplit, registry: ModelRegistry
) -> None:
    """The stored test set and the same rows passed as calibration give the same result."""
    test, other = (split.X_test, split.y_test), (split.X_val, split.y_val)
    same = flag_candidates(model, koi, calibration=test)
    columns = ["probability", "calibrated_probability", "look_alike", "driver"]
    assert same[columns].equals(flagged[columns])
    given_rows = flag_candidates("kepler", koi, registry=registry, calibration=other)
    common = given_rows.index.intersection(flagged.index)
    assert len(common) > 10
    assert not np.allclose(
        given_rows.loc[common, "calibrated_probability"],
        flagged.loc[common, "calibrated_probability"],
    )


def test_each_row_has_its_explanation(flagged: pd.DataFrame, koi: Bunch) -> None:
    """Each row has a confirmed planet, a top feature, a version, a table and the caveat."""
    confirmed = koi.data.index[koi.target == 1]
    assert set(flagged["look_alike"]) <= set(confirmed)
    assert set(flagged["driver"]) <= set(koi.feature_names)
    assert (flagged["driver_effect"] > 0).mean() > 0.9
    assert flagged["agreement"].isna().all()
    assert flagged["model_version"].unique().tolist() == ["kepler:1"]
    (snapshot,) = flagged["snapshot"].unique()
    assert f"snapshot of {koi.snapshot}" in snapshot
    assert koi.sha256.startswith(snapshot.split()[-1])
    assert flagged["caveat"].unique().tolist() == [CAVEAT]


def test_unusual_values_are_named(koi: Bunch, model: Any, split: StarSplit) -> None:
    """The look column names unusual values of the whole table, and values outside training."""
    calibration = (split.X_val, split.y_val)
    found = flag_candidates(model, koi, 0.0, calibration=calibration)
    rows = koi.frame.loc[found.index]
    assert (found["look"].str.contains("impact > 1") == (rows["koi_impact"] > 1)).all()
    assert found["look"].str.contains("centroid offset").any()
    moved = koi.frame.copy()
    moved.loc[found.index[0], "koi_steff"] = 99_999.0
    again = flag_candidates(model, moved, 0.0, calibration=calibration)
    assert again.loc[found.index[0], "look"].endswith("outside training range: koi_steff")


def test_precision_is_measured_over_stars(
    flagged: Any, koi: Bunch, model: Any, split: StarSplit
) -> None:
    """The interval counts the stars of the known rows; without their names, it counts rows."""
    passed = flag_candidates(model, koi, calibration=(split.X_val, split.y_val))
    stars = len(set(koi.groups[split.X_val.index]))
    assert f"95% intervals over {stars} stars." in repr(passed)
    assert "95% intervals." in repr(flagged)


def test_an_ensemble_has_its_agreement(koi: Bunch, split: StarSplit) -> None:
    """The agreement of a model that supports it is in the list, row by row."""
    vote = forest(Voting).fit(split.X_train, split.y_train)
    found = flag_candidates(vote, koi, 0.8, calibrated=False)
    assert found["agreement"].tolist() == np.linspace(0, 1, len(found)).tolist()


def test_a_bare_table_is_enough(koi: Bunch, model: Any) -> None:
    """A frame with a column of names is accepted, also without dispositions."""
    frame = koi.frame.reset_index()
    found = flag_candidates(model, frame, calibrated=False, snapshot="mine")
    expected = flag_candidates(model, koi, calibrated=False)
    assert found.drop(columns="snapshot").equals(expected.drop(columns="snapshot"))
    assert found["snapshot"].unique().tolist() == ["mine"]
    unlabeled = koi.candidates[koi.feature_names]
    alone = flag_candidates(model, unlabeled, calibrated=False, training=koi.data)
    assert list(alone.index) == list(expected.index)
    assert alone["look_alike"].isna().all()
    assert alone["snapshot"].unique().tolist() == ["not stated"]


def test_ties_are_sorted_by_name(koi: Bunch, model: Any) -> None:
    """The list does not depend on the order of the table."""
    twins = pd.concat([koi.candidates[:30], koi.candidates[:30].rename(lambda n: f"{n}b")])
    one = flag_candidates(model, twins, 0.0, calibrated=False)
    other = flag_candidates(model, twins[::-1], 0.0, calibrated=False)
    assert one.equals(other)
    assert len(one) == 60


def test_a_list_may_be_empty(koi: Bunch, model: Any, tmp_path: Path) -> None:
    """A threshold that no candidate reaches gives an empty list with the same columns."""
    some = flag_candidates(model, koi, calibrated=False)
    none = flag_candidates(model, koi, 1.1, calibrated=False)
    assert len(none) == 0
    assert list(none.columns) == list(some.columns)
    assert export_followup(none, tmp_path / "none.csv").read_text().startswith("koi,probability")


def test_a_table_may_have_no_candidates(koi: Bunch, model: Any, split: StarSplit) -> None:
    """A table without a candidate gives an empty list."""
    frame = koi.frame[koi.frame["koi_disposition"] == "CONFIRMED"]
    assert len(flag_candidates(model, frame, calibration=(split.X_val, split.y_val))) == 0


def test_a_leaking_model_is_rejected(koi: Bunch) -> None:
    """A model with a leaking column is an error unless the column is allowed."""
    columns = ["koi_period", "koi_score"]
    leaky = load_koi(columns, allow_leakage="koi_score")
    model = forest().fit(leaky.data, leaky.target)
    with pytest.raises(LeakageError, match="koi_score"):
        flag_candidates(model, leaky, calibrated=False)
    assert len(flag_candidates(model, leaky, calibrated=False, allow_leakage="koi_score"))


def test_missing_input_is_an_error(
    koi: Bunch, model: Any, split: StarSplit, registry: ModelRegistry
) -> None:
    """A missing calibration, registry, column name or column is an error with the fix."""
    with pytest.raises(RegistryError, match=r"pass calibration=\(X_val, y_val\)"):
        flag_candidates(model, koi)
    bare = registry.register_model(model, "untested", feature_columns=koi.feature_names)
    with pytest.raises(RegistryError, match="untested:1 has no scores on held-out rows"):
        flag_candidates(bare, koi, registry=registry)
    with pytest.raises(RegistryError, match="registry= is required with the reference 'kepler'"):
        flag_candidates("kepler", koi)
    nameless = forest().fit(split.X_train.to_numpy(), split.y_train)
    with pytest.raises(RegistryError, match=r"columns of RandomForest.* are unknown"):
        flag_candidates(nameless, koi, calibrated=False)
    with pytest.raises(SignatureMismatchError, match="koi_depth"):
        flag_candidates(model, koi.frame.drop(columns="koi_depth"), calibrated=False)


def test_a_list_is_exported_as_csv(flagged: pd.DataFrame, tmp_path: Path) -> None:
    """The file has every column and row, in order, and replaces an existing file."""
    path = export_followup(flagged, tmp_path / "new" / "list.csv")
    export_followup(flagged, path)
    again = pd.read_csv(path, index_col="koi")
    assert list(again.index) == list(flagged.index)
    assert list(again.columns) == list(flagged.columns)
    assert np.allclose(again["probability"], flagged["probability"], rtol=1e-5)
    position = ["kepid", "ra", "dec", "koi_kepmag"]
    assert (again[position] == flagged[position]).all(axis=None)
    assert b"\r" not in path.read_bytes()
    assert [found.name for found in path.parent.iterdir()] == ["list.csv"]


def test_a_list_is_a_note_of_the_version(registry: ModelRegistry, flagged: pd.DataFrame) -> None:
    """A list is read back from the registry; recording it twice adds one note."""
    assert record_followup(registry, flagged) == "kepler:1"
    record_followup(registry, flagged)
    assert len(registry.get_metadata("kepler:1").notes) == 1
    found = read_followup(registry, "kepler")
    assert list(found.index) == list(flagged.index)
    assert list(found["driver"]) == list(flagged["driver"])
    record_followup(registry, flagged[:3])
    registry.annotate("kepler:1", "Looks good.")
    assert list(read_followup(registry, "kepler").index) == list(flagged.index[:3])
    head = registry.get_metadata("kepler:1").notes[1].text.splitlines()[0]
    assert head.startswith("Follow-up list: 3 candidates of kepler_koi_dr25")
    assert registry.verify().ok


def test_a_list_must_come_from_one_version(
    registry: ModelRegistry, flagged: pd.DataFrame, koi: Bunch, model: Any
) -> None:
    """An empty list, or one of two versions or an unregistered model, is rejected."""
    loose = flag_candidates(model, koi, calibrated=False)
    for bad in (loose, flagged[:0], pd.concat([flagged, loose])):
        with pytest.raises(RegistryError, match="must come from one registered version"):
            record_followup(registry, bad)
    ref = registry.register_model(model, "fresh")
    with pytest.raises(NotFoundError, match="add one with record_followup"):
        read_followup(registry, ref)
