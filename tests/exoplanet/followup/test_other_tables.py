"""Follow-up lists of tables that are not Kepler's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.shared import shared_file
from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.exoplanet import (
    ModelTrainer,
    TableRoles,
    flag_candidates,
    load_koi,
    split_by_star,
)
from exo_nbregistry.exoplanet.followup.csv_and_notes import (
    export_followup,
    read_followup,
    record_followup,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.leakage import LeakageError

TOI = shared_file("toi.csv.gz")
TOI_FEATURES = ["pl_orbper", "pl_trandurh", "pl_trandep", "pl_rade", "pl_eqt", "st_teff"]
GERMAN = TableRoles(
    label="Klasse",
    planet="Planet",
    false_positive="Fehlalarm",
    candidate="Kandidat",
    identifier="Name",
    star="Stern",
    period="Periode",
)
FEATURES = ["Periode", "Tiefe"]
BOOSTING = HistGradientBoostingClassifier(max_iter=30, random_state=0)


@pytest.fixture
def table() -> pd.DataFrame:
    """Return 300 signals of 150 stars: planets are deep, false positives shallow."""
    rng = np.random.default_rng(0)
    label = np.resize(["Planet", "Fehlalarm", "Kandidat"], 300)
    depth = rng.normal(size=300) + np.where(label == "Planet", 2.0, 0.0)
    return pd.DataFrame(
        {
            "Name": [f"Signal {i}" for i in range(300)],
            "Stern": np.arange(300) // 2,
            "Klasse": label,
            "Periode": rng.uniform(1, 9, 300),
            "Tiefe": depth,
        }
    )


def trained(table: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
    """Fit a model on planets and false positives, with their German labels."""
    known = table[table["Klasse"] != "Kandidat"]
    X = known.set_index("Name")[FEATURES]
    return LogisticRegression().fit(X, known["Klasse"]), X


def test_a_table_with_other_names_is_flagged(table: pd.DataFrame) -> None:
    """Only candidates are scored, by the probability of the class of planets."""
    model, X = trained(table)
    known = table["Klasse"][table["Klasse"] != "Kandidat"]
    flagged = flag_candidates(model, table, 0.0, roles=GERMAN, calibration=(X, known))
    candidates = table[table["Klasse"] == "Kandidat"].set_index("Name")
    assert set(flagged.index) == set(candidates.index)
    planet = list(model.classes_).index("Planet")
    expected = model.predict_proba(candidates.loc[flagged.index, FEATURES])[:, planet]
    assert flagged["probability"].tolist() == pytest.approx(expected.tolist())
    assert flagged["calibrated_probability"].is_monotonic_decreasing
    assert np.corrcoef(candidates.loc[flagged.index, "Tiefe"], expected)[0, 1] > 0.8
    assert set(flagged["look_alike"]) <= set(X.index)


def test_measured_columns_with_a_role_are_listed(table: pd.DataFrame) -> None:
    """The list shows the period of any table under the title that Kepler's has."""
    model, _ = trained(table)
    flagged = flag_candidates(model, table, 0.0, False, roles=GERMAN)
    lines = str(flagged).split("\n")
    (head,) = (place for place, line in enumerate(lines) if line.startswith("signal"))
    assert re.split(" {2,}", lines[head])[2] == "period, days"
    period = table.set_index("Name")["Periode"][flagged.index[0]]
    assert re.split(" {2,}", lines[head + 2])[2] == f"{period:.4f}"


def test_a_wrong_column_is_one_sentence(table: pd.DataFrame) -> None:
    """A misspelled column of the roles is named with a close one."""
    model, _ = trained(table)
    roles = TableRoles(label="Klase", planet="Planet")
    with pytest.raises(NotFoundError, match=r"no column 'Klase'.*Did you mean Klasse\?"):
        flag_candidates(model, table, roles=roles, calibrated=False)


def test_columns_with_a_role_are_leaks(table: pd.DataFrame) -> None:
    """A model that uses the star as a feature is rejected."""
    known = table[table["Klasse"] != "Kandidat"]
    model = LogisticRegression().fit(known[["Stern", "Tiefe"]], known["Klasse"])
    with pytest.raises(LeakageError, match="'Stern' leaks the label: it names the star"):
        flag_candidates(model, table, roles=GERMAN, calibrated=False)


def test_training_rows_of_an_unlabeled_table_are_excluded(table: pd.DataFrame) -> None:
    """Without labels, rows that are passed as training rows are not candidates."""
    model, X = trained(table)
    unlabeled = table.drop(columns="Klasse")
    roles = TableRoles(label=None, planet="Planet", identifier="Name", star="Stern")
    flagged = flag_candidates(model, unlabeled, 0.0, False, roles=roles, training=X)
    assert len(flagged) == 100
    assert not set(flagged.index) & set(X.index)
    assert "200 candidates not scored, because the model was trained on them." in repr(flagged)
    numbered = table[FEATURES]
    by_values = flag_candidates(
        model, numbered, 0.0, False, roles=TableRoles(planet="Planet"), training=X
    )
    assert len(by_values) == 100


def test_an_unlabeled_table_requires_training_rows(table: pd.DataFrame) -> None:
    """Without labels and training rows, the error names both arguments."""
    model, _ = trained(table)
    roles = TableRoles(planet="Planet")
    with pytest.raises(InvalidInputError, match=r"TableRoles\(label=.* or training="):
        flag_candidates(model, table[FEATURES], 0.0, False, roles=roles)


def test_recorded_training_rows_are_excluded(registry: ModelRegistry) -> None:
    """A signal that a version was trained on is not a candidate, even by an older label."""
    koi = load_koi("five")
    part = koi.data[::8], koi.target[::8], koi.groups[::8]
    split = split_by_star(*part)
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*split, model_configs={"HGB": BOOSTING})
    (ref,) = trainer.register(registry, run, "koi").values()
    older = koi.frame.copy()
    older.loc[split.X_train.index[:40], "koi_disposition"] = "CANDIDATE"
    flagged = flag_candidates(ref, older, 0.0, registry=registry)
    assert len(flagged) == len(koi.candidates)
    assert f"intervals over {len(set(koi.groups[split.X_test.index]))} stars" in repr(flagged)
    unlabeled = koi.frame.drop(columns="koi_disposition")
    alone = flag_candidates(ref, unlabeled, 0.0, registry=registry)
    assert len(alone) == len(koi.frame) - len(part[0])


@pytest.mark.skipif(not TOI.is_file(), reason="the archive's TESS table is not on this machine")
def test_tess_candidates_are_flagged(registry: ModelRegistry, tmp_path: Path) -> None:
    """The archive's TESS table is flagged without naming a column, from split to note."""
    toi = pd.read_csv(TOI)
    known = toi[toi["tfopwg_disp"].isin(["CP", "KP", "FP", "FA"])].set_index("toi")
    target = known["tfopwg_disp"].isin(["CP", "KP"]).astype(int)
    split = split_by_star(known[TOI_FEATURES], target, known["tid"])
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*split, model_configs={"HGB": BOOSTING})
    (ref,) = trainer.register(registry, run, "toi").values()
    assert run.evaluator.test_set.groups.tolist() == [
        str(name).partition(".")[0] for name in split.X_test.index
    ]
    flagged = flag_candidates(ref, toi, registry=registry)
    candidates = toi[toi["tfopwg_disp"].isin(["PC", "APC"])]
    assert 100 < len(flagged) < len(candidates)
    assert set(flagged.index) <= set(candidates["toi"].astype(str))
    assert flagged.plot_period_radius().to_frame()["period, days"].notna().all()
    assert (flagged["tid"].to_numpy() == toi.set_index("toi").loc[
        flagged.index.astype(float), "tid"
    ].to_numpy()).all()  # fmt: skip
    assert export_followup(flagged, tmp_path / "toi.csv").read_text().startswith("toi,")
    record_followup(registry, flagged)
    assert len(read_followup(registry, ref)) == len(flagged)
