"""Explanations of a probability: the most similar confirmed planet and the top feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.exoplanet.models.preprocessing import impute_and_stretch

if TYPE_CHECKING:
    import pandas as pd


def look_alikes(rows: pd.DataFrame, confirmed: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the most similar confirmed planet for each row.

    Parameters
    ----------
    rows : DataFrame of shape (n_samples, n_features)
        Raw columns.
    confirmed : DataFrame of shape (n_confirmed, n_features)
        The same columns of confirmed planets, indexed by name.
    table : DataFrame of shape (n_rows, n_features)
        Rows from which medians and scales are computed.

    Returns
    -------
    DataFrame of shape (n_samples, 2)
        ``look_alike``, the name, and ``distance``: the root mean square over the columns of the
        difference in standard deviations, after imputation of missing values by medians and a
        transformation of heavy tails. Both are missing if `confirmed` is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> confirmed = pd.DataFrame({"koi_prad": [1.0, 11.0]}, index=["Earth", "Jupiter"])
    >>> rows = pd.DataFrame({"koi_prad": [9.0]}, index=["K00001.01"])
    >>> look_alikes(rows, confirmed, confirmed)["look_alike"].tolist()
    ['Jupiter']
    """
    import pandas as pd
    from sklearn.neighbors import NearestNeighbors

    if not len(confirmed) or not len(rows):
        names = np.full(len(rows), None, dtype=object)
        return pd.DataFrame({"look_alike": names, "distance": np.nan}, index=rows.index)
    scale = impute_and_stretch("passthrough")[:-1].fit(table.to_numpy(dtype=np.float64))
    neighbors = NearestNeighbors(n_neighbors=1).fit(_scaled(scale, confirmed))
    distance, place = neighbors.kneighbors(_scaled(scale, rows))
    found = {
        "look_alike": confirmed.index.to_numpy()[place[:, 0]],
        "distance": distance[:, 0] / np.sqrt(rows.shape[1]),
    }
    return pd.DataFrame(found, index=rows.index)


def top_features(model: Any, rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the column that raises the probability most for each row.

    Each value in turn is replaced by the table's median. The decrease of the probability is the
    effect of the column. Correlated columns compensate for each other, so an effect is a lower
    bound.

    Parameters
    ----------
    model : estimator
        Fitted classifier.
    rows : DataFrame of shape (n_samples, n_features)
        Raw columns.
    table : DataFrame of shape (n_rows, n_features)
        Rows from which medians are computed.

    Returns
    -------
    DataFrame of shape (n_samples, 2)
        ``driver``, the column, and ``driver_effect``, the decrease of the probability.
    """
    import pandas as pd

    if not len(rows):
        return pd.DataFrame({"driver": [], "driver_effect": []}, index=rows.index)
    medians = table.median()
    without = [rows.assign(**{name: medians[name]}) for name in rows.columns]
    probability = model.predict_proba(pd.concat([rows, *without]))[:, 1]
    original, *replaced = probability.reshape(-1, len(rows))
    effects = original - np.stack(replaced)
    found = {
        "driver": rows.columns.to_numpy()[effects.argmax(axis=0)],
        "driver_effect": effects.max(axis=0),
    }
    return pd.DataFrame(found, index=rows.index)


def _scaled(scale: Any, rows: pd.DataFrame) -> Any:
    return scale.transform(rows.to_numpy(dtype=np.float64))
