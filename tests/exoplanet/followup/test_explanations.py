"""Explanations of a probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.exoplanet.followup.explanations import look_alikes, top_features


def planets(rows: int = 40) -> pd.DataFrame:
    """Return rows of two columns whose scales differ by a factor of a million."""
    rng = np.random.default_rng(0)
    values = {"small": rng.normal(size=rows), "large": rng.normal(size=rows) * 1e6}
    return pd.DataFrame(values, index=[f"K{row:05}.01" for row in range(rows)])


def test_the_most_similar_planet_does_not_depend_on_the_scale() -> None:
    """A slightly changed row is most similar to the original row."""
    table = planets()
    moved = table * 1.001
    found = look_alikes(moved, table, table)
    assert list(found["look_alike"]) == list(table.index) == list(found.index)
    assert found["distance"].max() < 0.01


def test_the_distance_does_not_grow_with_the_columns() -> None:
    """Duplicated columns do not change the distance, which is a mean."""
    table = planets()
    twice = pd.concat([table, table.add_suffix("2")], axis="columns")
    one, two = (look_alikes(each[:5], each[5:], each) for each in (table, twice))
    assert two["distance"].to_numpy() == pytest.approx(one["distance"].to_numpy())
    assert two["look_alike"].equals(one["look_alike"])


def test_missing_values_are_imputed_by_the_median() -> None:
    """A row with a missing value has the same result as with the median."""
    table = planets(5)
    lost = table.iloc[[0]].assign(large=np.nan)
    filled = table.iloc[[0]].assign(large=table["large"].median())
    one, other = (look_alikes(rows, table, table) for rows in (lost, filled))
    assert one.equals(other)


@pytest.mark.parametrize(("rows", "confirmed"), [(0, 5), (5, 0)])
def test_empty_tables_have_no_similar_planets(rows: int, confirmed: int) -> None:
    """Without rows or confirmed planets, the result is empty or missing."""
    table = planets()
    found = look_alikes(table[:rows], table[:confirmed], table)
    assert len(found) == rows
    assert found["look_alike"].isna().all()
    assert found["distance"].isna().all()


def test_the_top_feature_is_the_column_that_the_model_uses() -> None:
    """The top feature of each row is the column that decides its label."""
    table = planets()
    flag = (table["large"] > 5e5) | (table["small"] > 0.5)
    tree = DecisionTreeClassifier(random_state=0).fit(table, flag)
    rows = pd.DataFrame({"small": [3.0, 0.0], "large": [0.0, 4e6]}, index=["s", "l"])
    found = top_features(tree, rows, table)
    assert found["driver"].to_dict() == {"s": "small", "l": "large"}
    assert found["driver_effect"].tolist() == [1.0, 1.0]


def test_the_effect_is_the_loss_of_probability() -> None:
    """The top feature is the column with the largest decrease of the probability."""
    table = planets()
    table["large"] /= 1e6
    model = LogisticRegression().fit(table, table["small"] + 0.3 * table["large"] > 0)
    row = table.iloc[[3]]
    probability = model.predict_proba(row)[0, 1]
    losses = {
        name: probability - model.predict_proba(row.assign(**{name: table[name].median()}))[0, 1]
        for name in table
    }
    found = top_features(model, row, table).iloc[0]
    assert found["driver"] == max(losses, key=losses.__getitem__)
    assert found["driver_effect"] == pytest.approx(max(losses.values()))


def test_no_rows_have_no_top_features() -> None:
    """An empty table gives an empty result without a call of the model."""
    assert top_features(None, planets(0), planets()).shape == (0, 2)
