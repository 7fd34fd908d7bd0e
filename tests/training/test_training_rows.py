"""The identity of training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.datasets import load_wine
from sklearn.naive_bayes import GaussianNB

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training import ModelTrainer, retrain, split_by_group, tune
from exo_nbregistry.training.training_rows import TrainingRows, read_training_rows, row_digests


def frame(names: list[str] | None = None) -> pd.DataFrame:
    """Return three rows, one of which has no values."""
    return pd.DataFrame({"a": [1.0, 2.0, None], "b": [1.5, 2.5, None]}, index=names)


def test_rows_are_compared_by_name() -> None:
    """A row with the name of a training row is one, even if its values changed."""
    known = TrainingRows.of(frame(["x", "y", "z"]))
    assert known.contain(frame(["y", "u", "v"]) * 2).tolist() == [True, False, False]


def test_rows_without_names_are_compared_by_their_values() -> None:
    """A numbered row with the values of a training row is one; an empty row is not."""
    known = TrainingRows.of(frame())
    assert known.contain(frame()[::-1]).tolist() == [False, True, True]
    assert known.contain(frame(["x", "y", "z"])).tolist() == [True, True, False]


def test_names_of_another_scheme_are_ignored() -> None:
    """If no name is common, rows are compared by their values."""
    known = TrainingRows.of(frame(["x", "y", "z"]))
    assert known.contain(frame(["row 1", "row 2", "row 3"])).tolist() == [True, True, False]


@pytest.mark.parametrize("empty", [[], frame()[:0], np.empty((0, 2))])
def test_no_rows_contain_nothing(empty: object) -> None:
    """Without training rows, no row is a training row."""
    assert not TrainingRows.of(empty).contain(frame()).any()


def test_rows_of_any_kind_are_accepted() -> None:
    """Texts, images and sparse matrices are accepted; rows of the latter are unknown."""
    assert len(set(row_digests(["one text", "two texts"]).tolist())) == 2
    assert len(set(row_digests(np.arange(8.0).reshape(2, 2, 2)).tolist())) == 2
    sparse = csr_matrix(np.eye(2))
    assert not TrainingRows.of(sparse).contain(sparse).any()


def test_texts_have_digests() -> None:
    """Rows with text are compared by their values too."""
    one, other, same = row_digests(pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 1, 1]}))
    assert one == same != other


def test_a_version_records_its_training_rows(registry: ModelRegistry) -> None:
    """Trainer, tuning and retraining record the rows of training and validation."""
    split = split_by_group(*load_wine(return_X_y=True, as_frame=True))
    trainer = ModelTrainer(progress=False)
    run = trainer.train_and_evaluate(*split, model_configs={"bayes": GaussianNB()})
    (trained,) = trainer.register(registry, run, "wine").values()
    tuned = tune(
        GaussianNB(), split.X_train, split.y_train, space={"var_smoothing": [1e-9]}, n_trials=1
    ).register(
        registry, "tuned", X=split.X_train, y=split.y_train, X_test=split.X_test,
        y_test=split.y_test,
    )  # fmt: skip
    again = retrain(registry, trained, split, n_resamples=50, progress=False).model_id
    for ref in (trained, tuned, again):
        rows = read_training_rows(registry, ref)
        assert rows is not None
        assert rows.contain(split.X_train).all()
        assert rows.contain(split.X_val).all() == (ref != tuned)
        assert not rows.contain(split.X_test).any()


def test_a_version_without_recorded_rows_has_none(registry: ModelRegistry) -> None:
    """A model that was registered without a trainer has no recorded rows."""
    ref = registry.register_model(GaussianNB().fit([[0.0], [1.0]], [0, 1]), "plain")
    assert read_training_rows(registry, ref) is None
