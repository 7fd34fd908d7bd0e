"""The embedded Kepler table and its loader."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

from exo_nbregistry.errors import IntegrityError, NotFoundError
from exo_nbregistry.exoplanet.data import koi as module
from exo_nbregistry.exoplanet.data.features import FEATURE_SETS, LEAKS
from exo_nbregistry.exoplanet.data.koi import DATA, load_koi
from exo_nbregistry.training.leakage import LeakageError


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once, with its largest feature set."""
    return load_koi("diagnostic38")


@pytest.fixture(scope="module")
def manifest() -> dict[str, object]:
    """Read the manifest beside the table."""
    content = json.loads((DATA / "koi_dr25.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_the_manifest_describes_the_file(koi: Bunch, manifest: dict[str, object]) -> None:
    """The manifest has the digest, size, rows and columns of the file."""
    packed = (DATA / str(manifest["file"])).read_bytes()
    assert hashlib.sha256(packed).hexdigest() == manifest["sha256"] == koi.sha256
    assert len(packed) == manifest["size_bytes"]
    assert len(koi.frame) == manifest["rows"] == 8054
    columns = [koi.frame.index.name, *koi.frame.columns]
    assert sorted(columns) == sorted(column["name"] for column in manifest["columns"])


def test_the_table_is_small() -> None:
    """The package data stays below one megabyte."""
    files = [path for path in DATA.iterdir() if path.is_file() and path.suffix != ".py"]
    assert sum(path.stat().st_size for path in files) < 1_000_000


def test_roles_agree_with_the_feature_sets(manifest: dict[str, object]) -> None:
    """The roles in the manifest agree with the feature sets and the leaks."""
    roles = {column["name"]: column["role"] for column in manifest["columns"]}
    measured = {name for name, role in roles.items() if role in {"feature", "diagnostic"}}
    assert measured == set(FEATURE_SETS["diagnostic38"])
    assert {name for name in measured if roles[name] == "feature"} == set(FEATURE_SETS["honest22"])
    assert {name for name, role in roles.items() if role in {"id", "label", "leak"}} <= set(LEAKS)


def test_the_archives_counts(koi: Bunch) -> None:
    """The table has 2281 confirmed planets, 3976 false positives and 1797 candidates."""
    assert koi.target.value_counts().to_dict() == {0: 3976, 1: 2281}
    assert len(koi.candidates) == 1797
    assert set(koi.candidates["koi_disposition"]) == {"CANDIDATE"}
    assert koi.frame["kepid"].nunique() == 6923
    assert koi.frame.index.is_unique


def test_target_names_translate_the_target(koi: Bunch) -> None:
    """A target is the index of the archive's disposition in target_names."""
    dispositions = np.array(koi.target_names)[koi.target]
    assert (dispositions == koi.frame.loc[koi.target.index, "koi_disposition"]).all()


def test_data_target_and_groups_are_aligned(koi: Bunch) -> None:
    """Features, labels and stars share one index of KOI names, without candidates."""
    assert koi.data.index.equals(koi.target.index)
    assert koi.data.index.equals(koi.groups.index)
    assert not koi.data.index.isin(koi.candidates.index).any()
    assert (koi.groups == koi.frame.loc[koi.groups.index, "kepid"]).all()


def test_a_known_row(koi: Bunch) -> None:
    """K00752.01 has the values of the archive's file, to the last digit."""
    row = koi.frame.loc["K00752.01"]
    assert row["kepler_name"] == "Kepler-227 b"
    assert row["koi_period"] == 9.488035570
    assert row["koi_period_err1"] == 2.7750000e-05
    assert row["koi_period_err2"] == -2.7750000e-05


def test_the_archives_quirks(koi: Bunch) -> None:
    """Flags are 0 or 1, features are numbers, and missing values are NaN, not zero or text."""
    flags = koi.frame.filter(like="koi_fpflag_")
    assert flags.isin([0, 1]).all(axis=None)
    assert flags.shape[1] == 4
    assert all(dtype.kind in "if" for dtype in koi.data.dtypes)
    assert not np.isinf(koi.data.to_numpy(dtype=float)).any()
    assert koi.frame["koi_prad"].isna().sum() == 59
    assert koi.frame["koi_period_err1"].isna().sum() == 150
    assert koi.frame["kepler_name"].isna().sum() == 5773


def test_two_loads_are_equal_and_independent(koi: Bunch) -> None:
    """A second load is equal, and changing it does not change the first."""
    again = load_koi("diagnostic38")
    assert again.data.equals(koi.data)
    again.data.iloc[0, 0] = -1.0
    assert not again.data.equals(koi.data)


def test_arrays_on_request(koi: Bunch) -> None:
    """With as_frame=False, data, target and groups are arrays of the same values."""
    arrays = load_koi(["koi_period"], as_frame=False)
    assert isinstance(arrays.data, np.ndarray)
    assert np.array_equal(arrays.data[:, 0], koi.data["koi_period"])
    assert np.array_equal(arrays.target, koi.target)
    assert np.array_equal(arrays.groups, koi.groups)
    assert isinstance(arrays.frame, pd.DataFrame)


def test_a_leak_is_rejected_and_an_allowed_one_is_recorded() -> None:
    """allow_leakage must name a leaking column, and `leakage` records it."""
    with pytest.raises(LeakageError, match="koi_score"):
        load_koi(["koi_period", "koi_score"])
    leaky = load_koi(["koi_period", "koi_score"], allow_leakage="koi_score")
    assert leaky.leakage == ["koi_score"]
    assert load_koi("five").leakage == []


def test_a_misspelled_set_is_rejected() -> None:
    """The error for an unknown feature set suggests a close one."""
    with pytest.raises(NotFoundError, match="Did you mean honest22"):
        load_koi("honest-22")


def test_the_description_has_the_source(koi: Bunch) -> None:
    """The description has the snapshot, the digest and the archive's acknowledgment."""
    assert koi.snapshot == "2017-07-19"
    for text in (koi.snapshot, koi.sha256, "NASA Exoplanet Archive", "MIT", "koi_dikco_msky_err"):
        assert text in koi.DESCR


@pytest.mark.parametrize("position", [0, 10, 400_000, -1])
def test_a_flipped_bit_is_rejected(
    position: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One changed bit in the file raises an integrity error with both digests."""
    copy = shutil.copytree(DATA, tmp_path / "data")
    content = bytearray((copy / "koi_dr25.csv.gz").read_bytes())
    content[position] ^= 1
    (copy / "koi_dr25.csv.gz").write_bytes(content)
    monkeypatch.setattr(module, "DATA", copy)
    with pytest.raises(IntegrityError, match=r"koi_dr25\.csv\.gz is damaged") as caught:
        load_koi()
    assert caught.value.actual == hashlib.sha256(content).hexdigest()
    assert caught.value.expected != caught.value.actual
