"""Each row gets an answer, and no row prevents the answer to another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.shared import shared_file
from exo_nbregistry.errors import RegistryError, SignatureMismatchError
from exo_nbregistry.exoplanet import RandomForestClassifier, load_koi
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService

KOI = shared_file("koi_cumulative.csv.gz")


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({}, "ok", None),
        ({"koi_depth": 1e9}, "outside", "is 1e+09, outside the range of the training data"),
        ({"koi_period": None}, "ok", None),
        ({"koi_depth": None}, "missing", "is missing"),
        ({"koi_depth": math.nan}, "missing", "is missing"),
        ({"koi_depth": "deep"}, "invalid", "must be a number, not 'deep'"),
        ({"koi_depth": "100"}, "invalid", "must be a number, not '100'"),
        ({"koi_num_transits": 2.5}, "invalid", "must be a whole number that fits int64, not 2.5"),
        ({"koi_depth": math.inf}, "invalid", "must be a number, not inf"),
        ({"koi_depth": [1.0]}, "invalid", "must be a number, not [1.0]"),
    ],
)
def test_the_status_of_a_row(
    service: InferenceService,
    row: dict[str, Any],
    changes: dict[str, Any],
    status: str,
    message: str | None,
) -> None:
    """Each kind of problem has its status and names its column; an invalid row has no label."""
    answer = service.predict(row | changes)
    assert answer.status == status
    assert (answer.label is None) == (status == "invalid")
    assert (answer.probability is None) == (status == "invalid")
    assert [problem.column for problem in answer.problems] == list(changes) * bool(message)
    assert message is None or answer.problems[0].message.startswith(message)


def test_how_far_a_value_is_outside(service: InferenceService, row: dict[str, Any]) -> None:
    """A value outside the range has its distance, as a share of the width of the range."""
    column = service.columns[0]
    assert column.minimum is not None
    assert column.maximum is not None
    width = column.maximum - column.minimum
    for value, side in ((column.maximum + width / 4, "above"), (column.minimum - width, "below")):
        (problem,) = service.predict(row | {"koi_depth": value}).problems
        assert problem.value == value
        assert (problem.minimum, problem.maximum) == (column.minimum, column.maximum)
        assert problem.distance == pytest.approx(0.25 if side == "above" else 1.0)
        assert problem.message.endswith(f"({side} by {problem.distance:.2g} times its width)")


def test_the_farthest_column_is_first(service: InferenceService, row: dict[str, Any]) -> None:
    """Columns outside the range are sorted by their distance to it."""
    answer = service.predict(row | {"koi_period": 1e4, "koi_depth": 1e9})
    assert answer.outside == ("koi_depth", "koi_period")
    assert answer.n_problems == 2


def test_a_missing_field_is_a_missing_value(service: InferenceService, row: dict[str, Any]) -> None:
    """A row without a field is predicted if the model imputes, and names a similar field."""
    answer = service.predict({k: v for k, v in row.items() if k != "koi_depth"} | {"koi_dept": 1})
    assert (answer.status, answer.label is not None) == ("missing", True)
    assert answer.problems[0].message == "is missing; the data has koi_dept"
    assert answer.passed_through == {"koi_dept": 1}


def test_an_empty_row_is_not_predicted(service: InferenceService) -> None:
    """A row without any value has no prediction, although the model imputes."""
    answer = service.predict({})
    assert (answer.status, answer.label, answer.n_problems) == ("missing", None, 3)
    assert {problem.message for problem in answer.problems} == {"is missing"}


def test_a_misspelled_name_is_the_one_of_one_column(
    service: InferenceService, row: dict[str, Any]
) -> None:
    """Of several missing columns, only the most similar one names the misspelled field."""
    answer = service.predict({"koi_dept": row["koi_depth"], "koi_num_transits": 20})
    assert [problem.message for problem in answer.problems] == [
        "is missing; the data has koi_dept",
        "is missing",
    ]


def test_an_invalid_row_does_not_show_that_a_value_is_required(
    service: InferenceService, row: dict[str, Any]
) -> None:
    """The model was not tried with an invalid row, so its missing values are only missing."""
    answer = service.predict(row | {"koi_num_transits": "many", "koi_depth": None})
    assert [problem.message for problem in answer.problems] == [
        "must be a whole number, not 'many'",
        "is missing",
    ]


@pytest.fixture
def picky(registry: ModelRegistry) -> InferenceService:
    """Return the service of a model that takes neither missing values nor unknown bands."""
    X = pd.DataFrame({"depth": np.linspace(0, 9, 40), "period": 1.0, "band": ["a", "b"] * 20})
    steps = make_pipeline(OneHotEncoder(), LogisticRegression())
    model = steps.fit(X, [0, 1] * 20)
    registry.register_model(model, "picky", X=X, y=[0, 1] * 20)
    return InferenceService(registry, "picky")


def test_a_row_that_the_model_rejects(picky: InferenceService) -> None:
    """Rows that the model rejects have its reason, and the others their predictions."""
    good = {"depth": 0.0, "period": 1.0, "band": "a"}
    rows = [good, good | {"band": "x"}, good | {"band": "b"}, good | {"band": "y"}] * 50
    answers = picky.predict_rows(rows)
    assert [answer.label for answer in answers] == [0, None, 1, None] * 50
    assert [answer.status for answer in answers] == ["ok", "invalid"] * 100
    assert "'x'" in str(answers[1].problems[0])
    assert "'y'" in str(answers[3].problems[0])


def test_a_missing_value_that_the_model_requires(registry: ModelRegistry) -> None:
    """Rows without a value that the model requires have no prediction, now and later."""
    X = pd.DataFrame({"depth": np.linspace(0, 9, 40), "period": np.arange(40.0)})
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, [0] * 20 + [1] * 20)
    registry.register_model(model, "plain", X=X, y=[0] * 20 + [1] * 20)
    service = InferenceService(registry, "plain")
    holes = X.copy()
    holes.loc[3, "depth"] = holes.loc[5:7, "period"] = np.nan
    for _ in range(2):
        answers = service.predict(holes)
        assert np.flatnonzero(answers["prediction"].isna()).tolist() == [3, 5, 6, 7]
        assert answers["problems"][3] == "depth is missing, and the model requires it"
        assert (
            answers["prediction"].dropna().tolist() == model.predict(X.drop([3, 5, 6, 7])).tolist()
        )


def test_trees_take_missing_values(registry: ModelRegistry) -> None:
    """A model that accepts NaN predicts a row with a missing value, and marks it."""
    X = pd.DataFrame({"depth": np.linspace(0, 9, 40)}).assign(period=np.arange(40.0))
    model = HistGradientBoostingClassifier(max_iter=2).fit(X, [0] * 20 + [1] * 20)
    registry.register_model(model, "trees", X=X, y=[0] * 20 + [1] * 20)
    answer = InferenceService(registry, "trees").predict({"depth": 1.0, "period": None})
    assert (answer.label, answer.status) == (0, "missing")


def test_rows_of_mappings_may_lack_fields(registry: ModelRegistry) -> None:
    """A model that was trained on mappings takes rows with some of the fields."""
    X = [{"depth": float(n), "band": "ab"[n % 2]} for n in range(20)]
    model = make_pipeline(DictVectorizer(), LogisticRegression()).fit(X, [0, 1] * 10)
    registry.register_model(model, "mappings", X=X, y=[0, 1] * 10)
    answer = InferenceService(registry, "mappings").predict({"band": "b"})
    assert (answer.label, answer.status) == (model.predict([{"band": "b"}])[0], "ok")


def test_a_table_without_a_column(
    service: InferenceService, picky: InferenceService, table: pd.DataFrame
) -> None:
    """A missing column is a missing value for a model that imputes, and else one error."""
    answers = service.predict(table.drop(columns="koi_depth"))
    assert set(answers["status"]) == {"missing"}
    assert answers["prediction"].notna().all()
    other = pd.DataFrame({"depth": [1.0, 2.0], "period": 1.0, "bands": "a"})
    with pytest.raises(
        SignatureMismatchError, match="band is missing; the data has bands"
    ) as found:
        picky.predict(other)
    assert found.value.missing == ("band",)


def test_columns_that_the_model_does_not_use(
    service: InferenceService, table: pd.DataFrame
) -> None:
    """They are the first columns of the answer, unchanged; a name of the answer gets a prefix."""
    ids = pd.DataFrame({"kepid": [f"00{n}" for n in table.index], "status": "new"})
    answers = service.predict(pd.concat([ids, table], axis=1))
    assert list(answers)[:3] == ["kepid", "input_status", "prediction"]
    assert answers["kepid"].tolist() == ids["kepid"].tolist()
    assert set(answers["status"]) == {"ok"}


def test_a_probability_that_is_not_a_number(registry: ModelRegistry) -> None:
    """A row whose prediction is infinite is invalid, with the reason."""
    X = pd.DataFrame({"depth": [0.0, 1.0]})
    model = LinearRegression().fit(X, [0, 1])
    model.intercept_ = math.inf
    registry.register_model(model, "line", X=X, y=[0, 1])
    (answer,) = InferenceService(registry, "line").predict_rows([{"depth": 1}])
    assert (answer.label, answer.status) == (None, "invalid")
    assert str(answer.problems[0]) == "was rejected by the model: its prediction is inf"


def test_an_array_has_the_order_of_the_model(
    service: InferenceService, table: pd.DataFrame
) -> None:
    """An array of the right width is a table; another width is an error."""
    assert service.predict(table.to_numpy()).equals(service.predict(table))
    with pytest.raises(RegistryError, match=r"an array with 3 columns, got the shape \(80, 2\)"):
        service.predict(table.to_numpy()[:, :2])


@pytest.mark.parametrize("rows", [[], [{}], None, 5, "deep", np.zeros(3)])
def test_what_predict_does_not_take(service: InferenceService, rows: Any) -> None:
    """Anything but a row or a table names the call for a list of rows."""
    with pytest.raises(RegistryError, match=r"pass a list of rows to predict_rows\(\)"):
        service.predict(rows)


def test_columns_of_another_length(service: InferenceService, row: dict[str, Any]) -> None:
    """A column that does not have one value per row is an error."""
    with pytest.raises(RegistryError, match="koi_depth has 1 values for 2 rows; pass one per row"):
        service.predict_columns({name: [value] for name, value in row.items()}, rows=2)


def test_what_is_not_a_row(service: InferenceService, row: dict[str, Any]) -> None:
    """An element that is not a mapping is an invalid row."""
    first, second = service.predict_rows([row, [1.0, 2.0, 3.0]])  # type: ignore[list-item]
    assert (first.status, second.status) == ("ok", "invalid")
    assert second.problems[0].message == "must be an object with a value for each column"


@pytest.mark.skipif(not KOI.exists(), reason="needs the table of the NASA Exoplanet Archive")
def test_random_rows_of_the_archive(registry: ModelRegistry) -> None:
    """At least 990 of 1000 rows of 2026 have a prediction of a model of 2017; others are marked."""
    koi = load_koi()
    model = RandomForestClassifier(n_estimators=10).fit(koi.data, koi.target)
    registry.register_model(model, "forest", X=koi.data, y=koi.target)
    service = InferenceService(registry, "forest")
    for seed in range(3):
        rows = pd.read_csv(KOI).sample(1000, random_state=seed)
        answers = service.predict(rows)
        answered = answers["prediction"].notna()
        assert answered.sum() >= 990
        assert set(answers["status"][~answered]) <= {"missing", "invalid"}
        assert set(answers["status"]) > {"ok"}
        assert answers["kepoi_name"].equals(rows["kepoi_name"])
        expected = model.predict(rows.loc[answered, koi.data.columns])
        assert answers.loc[answered, "prediction"].tolist() == expected.tolist()


def test_wide_rows_outside_the_training_range(registry: ModelRegistry) -> None:
    """40 of 40 light curves of 3197 columns are answered, with short problems."""
    rng = np.random.default_rng(0)
    names = [f"FLUX.{n}" for n in range(3197)]
    X = pd.DataFrame(rng.normal(size=(30, 3197)), columns=names)
    model = LogisticRegression().fit(X, [0, 1] * 15)
    registry.register_model(model, "curves", X=X, y=[0, 1] * 15)
    asked = pd.DataFrame(rng.normal(size=(40, 3197)) * 3, columns=names)
    service = InferenceService(registry, "curves")
    answers = service.predict(asked)
    assert answers["prediction"].tolist() == model.predict(asked).tolist()
    assert set(answers["status"]) == {"outside"}
    assert answers["problems"].str.len().max() < 1000
    assert answers["outside"].str.len().max() < 500
    assert len(service.predict_rows(asked.to_dict("records"))) == 40
