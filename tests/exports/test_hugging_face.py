"""Folders for the Hugging Face Hub, which its own client reads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.registry.facade import ModelRegistry

hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")

N = 40
Y = np.array(["dust", "planet"] * (N // 2))
FRAME = pd.DataFrame({"depth": np.linspace(0.0, 9.0, N), "period": np.arange(N) ** 2})
TEXTS = ["deep transit", "noise, spike", "flat line", "box dip"] * (N // 4)


def card_of(folder: Path) -> Any:
    """Return the model card of a folder, checked as the client checks it before an upload."""
    return hub.ModelCard.load(folder / "README.md")


def test_the_card_has_the_scores_of_the_version(registry: ModelRegistry, tmp_path: Path) -> None:
    """The client reads the task, the scores, and a description without markup of its author."""
    ref = registry.register_model(
        RandomForestClassifier(3, random_state=0).fit(FRAME, Y),
        "kepler_rf",
        X=FRAME,
        y=Y,
        X_test=FRAME,
        y_test=Y,
        pos_label="planet",
        training_info={"dataset": "kepler"},
        description="Planets <script>alert(1)</script>\n---\nlicense: mit",
    )
    folder = registry.export_model(ref, tmp_path / "out", format="huggingface")
    card = card_of(folder)
    data = card.data
    assert (data.library_name, data.pipeline_tag) == ("sklearn", "tabular-classification")
    assert data.model_file == "sklearn_model.joblib"
    assert data.license is None
    scores = {one.metric_name: one.metric_value for one in data.eval_results}
    assert scores == registry.get_metadata(ref).metrics
    types = {one.metric_name: one.metric_type for one in data.eval_results}
    assert {types[name] for name in ("f1_score", "f1_macro", "f1_score.dust")} == {"f1"}
    (dataset,) = {one.dataset_name for one in data.eval_results}
    assert dataset == "kepler"
    assert data.widget[0]["structuredData"]["depth"] == FRAME["depth"][:3].tolist()
    assert "<script>" not in card.text


def test_names_cannot_add_fields_to_the_card(registry: ModelRegistry, tmp_path: Path) -> None:
    """Columns, classes and the name of the data with characters of YAML are read back equal."""
    attack = "---\nlicense: mit\n"
    names = [attack, "a: b # c", "é\x85\u2028x", "{[&*!|>'\"%@`", "yes", " 1e3 "]
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(N, len(names))), columns=names)
    y = np.where(Y == "dust", attack, "no: # <b>")
    facts = {"training_info": {"dataset": attack}, "description": attack}
    model = LogisticRegression().fit(X, y)
    ref = registry.register_model(model, "yes", X=X, y=y, X_test=X, y_test=y, **facts)
    card = card_of(registry.export_model(ref, tmp_path / "out", format="huggingface"))
    assert card.data.license is None
    assert list(card.data.widget[0]["structuredData"]) == names
    assert {one.dataset_name for one in card.data.eval_results} == {attack}
    assert "\nlicense" not in card.text.replace("\nlicense: mit\n", "", 1)
    assert "\n---\n" not in card.text


def test_the_model_has_the_registered_bytes(registry: ModelRegistry, tmp_path: Path) -> None:
    """The file that the configuration names is the stored model, byte for byte."""
    model = LogisticRegression().fit(FRAME, Y)
    ref = registry.register_model(model, "m", X=FRAME, y=Y)
    folder = registry.export_model(ref, tmp_path / "out", format="huggingface")
    config = json.loads((folder / "config.json").read_text())["sklearn"]
    path = folder / config["model"]["file"]
    metadata = registry.get_metadata(ref)
    assert metadata.artifact is not None
    assert hashlib.sha256(path.read_bytes()).hexdigest() == metadata.artifact.sha256
    assert joblib.load(path).predict(FRAME).tolist() == model.predict(FRAME).tolist()
    assert config["columns"] == ["depth", "period"]
    assert f"scikit-learn={metadata.environment.packages['scikit-learn']}" in config["environment"]
    assert config["model_format"] == "pickle"


def test_a_skops_model_keeps_its_format(registry: ModelRegistry, tmp_path: Path) -> None:
    """A version that was registered as skops is loaded by skops."""
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    model = LinearRegression().fit(FRAME, FRAME["depth"])
    ref = registry.register_model(model, "m", X=FRAME, y=FRAME["depth"], format="skops")
    folder = registry.export_model(ref, tmp_path / "out", format="huggingface")
    data = card_of(folder).data
    assert (data.model_format, data.pipeline_tag) == ("skops", "tabular-regression")
    assert "skops" in data.tags
    assert np.allclose(skops.load(folder / data.model_file).predict(FRAME), FRAME["depth"])


def test_a_model_of_texts_has_its_task(registry: ModelRegistry, tmp_path: Path) -> None:
    """A classifier of texts is not tabular."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    ref = registry.register_model(model, "m", X=TEXTS, y=Y)
    data = card_of(registry.export_model(ref, tmp_path / "out", format="huggingface")).data
    assert data.pipeline_tag == "text-classification"
    assert "widget" not in data.to_dict()


def test_a_transformer_has_no_task(registry: ModelRegistry, tmp_path: Path) -> None:
    """A model that is neither a classifier nor a regressor has a card without a task."""
    ref = registry.register_model(StandardScaler().fit(FRAME), "m", X=FRAME)
    data = card_of(registry.export_model(ref, tmp_path / "out", format="huggingface")).data
    assert data.pipeline_tag is None
    assert data.eval_results is None


def test_the_folder_has_no_provenance(registry: ModelRegistry, tmp_path: Path) -> None:
    """A folder for the public contains neither notes nor the user, host or code of the version."""
    model = LogisticRegression().fit(FRAME, Y)
    ref = registry.register_model(model, "m", X=FRAME, y=Y, tags={"team": "secret-team"})
    registry.annotate(ref, "a secret note")
    folder = registry.export_model(ref, tmp_path / "out", format="huggingface")
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    provenance = registry.get_metadata(ref).provenance
    private = ["secret note", "secret-team", f"user: {provenance.user}", "provenance"]
    assert [text for text in private if text.encode() in content] == []
    assert len(list(folder.iterdir())) == 4


def test_two_exports_are_equal(registry: ModelRegistry, tmp_path: Path) -> None:
    """Each file of a second export has the same bytes."""
    ref = registry.register_model(LogisticRegression().fit(FRAME, Y), "m", X=FRAME, y=Y)
    folders = [
        registry.export_model(ref, tmp_path / name, format="huggingface") for name in ("a", "b")
    ]
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders
    )
    assert first == second
