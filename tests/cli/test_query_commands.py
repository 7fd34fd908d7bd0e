"""The commands that read versions: list, show, compare, best, history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import Result
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.naive_bayes import GaussianNB

from exo_nbregistry.cli import query_commands
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def first_words(text: str) -> list[str]:
    """Return the first word of each row below a table's head."""
    return [line.split()[0] for line in text.splitlines()[2:]]


def test_list_shows_every_version(run: Run) -> None:
    """Without a name, the versions of all models are listed with their metrics."""
    done = run("list")
    assert first_words(done.stdout) == ["kepler:1", "kepler:2", "kepler:3", "tess:1"]
    assert "f1_score" in done.stdout
    assert "0.9000" in done.stdout
    assert "2026-01-02 03:04" in done.stdout


def test_list_filters_and_orders(run: Run) -> None:
    """A name, a filter and a sort order select and sort the versions."""
    done = run("list", "kepler", "--where", "metrics.f1_score > 0.7", "--order-by", "-version")
    assert first_words(done.stdout) == ["kepler:2", "kepler:1"]
    nothing = run("list", "--where", "metrics.f1_score > 1")
    assert (nothing.stdout, nothing.stderr) == ("", "No matching versions.\n")


def test_list_accepts_words_with_a_filter(run: Run) -> None:
    """Words match any text of a version, alone and before a filter."""
    assert first_words(run("list", "--where", "tess").stdout) == ["tess:1"]
    done = run("list", "--where", "kepler metrics.f1_score > 0.7 and version > 1")
    assert first_words(done.stdout) == ["kepler:2"]


def test_a_word_that_is_a_field_has_a_hint(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """A field without a comparison is searched as a word, and the log shows how to compare it."""
    assert run("list", "--where", "metrics.f1_score").stdout == ""
    assert "compare it, such as metrics.f1_score > 0.9." in caplog.text


def test_list_pages(run: Run) -> None:
    """A page shows its versions, and the total on stderr."""
    done = run("list", "--limit", 2, "--offset", 1)
    assert first_words(done.stdout) == ["kepler:2", "kepler:3"]
    assert done.stderr.startswith("Showing 2 to 3 of 4 versions")
    assert run("list", "--limit", 4).stderr == ""


def test_list_fits_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a listing is wider than the terminal, and the model ID is not cut."""
    monkeypatch.setenv("COLUMNS", "30")
    lines = run("list").stdout.splitlines()
    assert max(map(len, lines)) <= 30
    assert lines[2].startswith("kepler:1")


def test_json_is_the_metadata(run: Run, registry: ModelRegistry) -> None:
    """The JSON of list, show, compare and best converts to equal metadata."""
    everything = [
        ModelMetadata.from_dict(fields) for fields in json.loads(run("list", "--json").stdout)
    ]
    assert everything == list(registry.list_models())
    shown = ModelMetadata.from_dict(json.loads(run("show", "kepler:2", "--json").stdout))
    assert shown == registry.get_metadata("kepler:2")
    compared = json.loads(run("compare", "kepler:1", "kepler:3", "--json").stdout)
    assert [fields["model_id"] for fields in compared] == ["kepler:1", "kepler:3"]
    assert json.loads(run("best", "--json").stdout)["model_id"] == "kepler:2"


def test_show_has_every_section(run: Run, registry: ModelRegistry) -> None:
    """A version is shown with its metrics, origin, digest, tags, aliases and notes."""
    registry.set_alias("kepler", "champion", 2)
    registry.tag_model("kepler:2", "reviewed", team="vetting")
    registry.annotate("kepler:2", "Looks good.")
    text = run("show", "kepler@champion").stdout
    version = registry.get_metadata("kepler:2")
    assert version.artifact is not None
    for expected in (
        "kepler:2", "champion", "reviewed team=vetting", "0.9000", "Looks good.",
        version.artifact.sha256, version.signer, "DummyClassifier",
    ):  # fmt: skip
        assert str(expected) in text


def test_show_names_the_types_that_require_trust(run: Run, registry: ModelRegistry) -> None:
    """A model with types outside the list has a line with them; another one does not."""
    ref = registry.register_model({"day": date(2026, 1, 1)}, "dated", algorithm="dict")
    assert "required for datetime.date" in run("show", ref).stdout
    assert "required for" not in run("show", "kepler:2").stdout


def test_show_has_nested_hyperparameters(run: Run, registry: ModelRegistry) -> None:
    """A parameter of a nested estimator has a line of its own."""
    model = TransformedTargetRegressor(DummyRegressor(quantile=0.25)).fit([[0], [1]], [0, 1])
    ref = registry.register_model(model, "counts")
    lines = [line.split() for line in run("show", ref).stdout.splitlines()]
    assert ["regressor__quantile", "0.2500"] in lines


def test_show_lists_the_first_of_many_features(run: Run, registry: ModelRegistry) -> None:
    """Thousands of columns are the first ones and a count."""
    names = [f"FLUX.{n}" for n in range(1, 3198)]
    ref = registry.register_model({"cut": 1}, "curves", feature_columns=names)
    (line,) = (line for line in run("show", ref).stdout.splitlines() if "features" in line)
    assert line.endswith("FLUX.49, FLUX.50 and 3,147 more")


def test_best_uses_the_default_metric_of_the_model(run: Run, registry: ModelRegistry) -> None:
    """Without --metric, regressors are ranked by r2; a mixed registry needs a model or a metric."""
    for r2 in (0.5, 0.4):
        registry.register_model({"r2": r2}, "radius", evaluation_results={"r2": r2, "mae": 1.0})
    assert run("best", "radius").stdout.startswith("radius:1 has the best r2: 0.5")
    mixed = run("best")
    assert mixed.exit_code == 1
    assert "metric='f1_score' or metric='r2'" in mixed.stderr
    assert run("best", "--metric", "f1_score").stdout.startswith("kepler:2 has the best f1_score")


def test_compare_stars_the_best(run: Run) -> None:
    """Different metrics are shown side by side, and the best values have a star."""
    rows = [line.split() for line in run("compare", "kepler:1", "kepler:2").stdout.splitlines()]
    assert ["f1_score", "0.8000", "0.9000", "*"] in rows
    assert ["log_loss", "0.3000", "*", "0.4000"] in rows


def test_compare_aligns_the_decimals_of_a_metric(run: Run, registry: ModelRegistry) -> None:
    """The values of a metric have the same number of decimals."""
    for value in (1174.0, 11.72):
        registry.register_model({"v": value}, "price", evaluation_results={"rmse": value})
    rows = [line.split() for line in run("compare", "price:1", "price:2").stdout.splitlines()]
    assert ["rmse", "1174.0", "11.7", "*"] in rows


def test_an_infinite_metric_has_no_star(run: Run, registry: ModelRegistry) -> None:
    """The best finite value has the star."""
    registry.register_model({"v": 4}, "kepler", evaluation_results={"f1_score": float("inf")})
    rows = [
        line.split()
        for line in run("compare", "kepler:1", "kepler:2", "kepler:4").stdout.splitlines()
    ]
    assert ["f1_score", "0.8000", "0.9000", "*", "inf"] in rows


def test_compare_counts_hyperparameters_of_one_algorithm(run: Run, registry: ModelRegistry) -> None:
    """Hyperparameters of only one algorithm are counted; --all shows them and identical rows."""
    registry.register_model(
        model=GaussianNB().fit([[0], [1]], [0, 1]),
        model_name="kepler",
        evaluation_results={"f1_score": 0.8},
    )
    text = run("compare", "kepler:1", "kepler:4").stdout
    assert "var_smoothing" not in text
    assert "compare --all" in text
    everything = run("compare", "kepler:1", "kepler:4", "--all").stdout
    rows = [line.split() for line in everything.splitlines()]
    assert ["var_smoothing", "-", "1e-09"] in rows
    assert ["f1_score", "0.8000", "0.8000"] in rows


def test_compare_keeps_versions_apart_on_a_narrow_terminal(
    run: Run, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the model IDs do not fit, the heads are version numbers."""
    name = "a_long_name_of_a_model"
    for number in (1, 2):
        registry.register_model(
            model=DummyClassifier(constant=number).fit([[0], [1]], [0, 1]),
            model_name=name,
            evaluation_results={"f1_score": number / 10},
        )
    heads = {}
    for columns in ("40", "80"):
        monkeypatch.setenv("COLUMNS", columns)
        heads[columns] = run("compare", name).stdout.split()[:3]
    assert heads["40"] == ["metrics", ":1", ":2"]
    assert heads["80"] == ["metrics", f"{name}:1", f"{name}:2"]


def test_sentences_of_a_comparison_fit_the_terminal(
    run: Run, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long sentence below the tables is wrapped; in a pipe it is one line."""
    for model in (DummyClassifier(), GaussianNB()):
        registry.register_model(model=model.fit([[0], [1]], [0, 1]), model_name="two")
    sentence = "used by some of the algorithms only; compare --all shows them."
    assert sentence in run("compare", "two").stdout
    monkeypatch.setenv("COLUMNS", "50")
    lines = run("compare", "two").stdout.splitlines()
    assert max(map(len, lines)) <= 50
    assert sentence in " ".join(lines)


def test_list_includes_deleted_versions(run: Run, registry: ModelRegistry) -> None:
    """A deleted version is listed only with --include-deleted."""
    registry.delete_model("kepler:2")
    assert first_words(run("list", "kepler").stdout) == ["kepler:1", "kepler:3"]
    rows = run("list", "kepler", "--include-deleted").stdout.splitlines()
    assert [row.split()[0] for row in rows if "deleted" in row] == ["kepler:2"]


def test_compare_takes_a_model(run: Run) -> None:
    """A single model name compares its versions; a single version is a usage error."""
    assert "kepler:3" in run("compare", "kepler").stdout
    alone = run("compare", "kepler:1")
    assert alone.exit_code == 2
    assert "second version" in alone.stderr
    assert run("compare", "tess").exit_code == 1


def test_compare_without_references_takes_the_latest_versions(
    run: Run, registry: ModelRegistry
) -> None:
    """Without references, the latest versions of all models are compared."""
    done = run("compare", "--json")
    assert done.exit_code == 0
    assert {version["model_id"] for version in json.loads(done.stdout)} == {"kepler:3", "tess:1"}
    registry.delete_model("tess:1")
    assert run("compare").exit_code == 1


def test_best_knows_the_direction(run: Run) -> None:
    """A known metric has a direction; a custom metric requires --higher or --lower."""
    assert run("best", "kepler").stdout.startswith("kepler:2 has the best f1_score: 0.9")
    assert run("best", "--metric", "log_loss").stdout.startswith("kepler:3 has the best log_loss")
    assert run("best", "--where", "version == 1").stdout.startswith("kepler:1 ")
    assert run("best", "--metric", "charm").exit_code == 1
    assert "No matching version" in run("best", "--metric", "charm", "--higher").stderr


def test_best_names_the_class(run: Run, registry: ModelRegistry) -> None:
    """The value of best is named with its class, as in every table."""
    truth, labels = [[0], [1], [1]], ["no", "yes", "yes"]
    model = DummyClassifier(strategy="most_frequent").fit(truth, labels)
    registry.register_model(model, "finder", X_test=truth, y_test=labels, pos_label="yes")
    found = run("best", "finder").stdout
    assert found.startswith("finder:1 has the best f1_score (of yes): 0.8\n")


def test_history_lists_events(run: Run, registry: ModelRegistry) -> None:
    """Registrations and events are listed in order, with their details."""
    registry.set_alias("kepler", "champion", 2)
    registry.tag_model("kepler:2", team="vetting")
    registry.annotate("kepler:3", "No good.")
    registry.delete_model("kepler:3")
    lines = run("history", "kepler").stdout.splitlines()[2:]
    actions = ["register", "register", "register", "alias", "tag", "note", "delete"]
    assert "Version 3 was registered" in lines[2]
    assert "@champion was set to 2" in lines[3]
    assert "Version 2 was tagged with team=vetting" in lines[4]
    assert "Note on version 3: No good." in lines[5]
    assert "Version 3 was deleted" in lines[6]
    events = json.loads(run("history", "kepler", "--json").stdout)
    assert [event["action"] for event in events] == actions


def test_versions_measured_differently_have_no_star(run: Run, registry: ModelRegistry) -> None:
    """Compare names the class of each version and how to separate them; show names it too."""
    truth = [[0], [0], [1]]
    labels = ["dust", "dust", "planet"]
    model = DummyClassifier(strategy="constant", constant="dust").fit(truth, labels)
    for label in ("dust", "planet"):
        registry.register_model(model, "finder", X_test=truth, y_test=labels, pos_label=label)
    text = run("compare", "finder").stdout
    row = next(line for line in text.splitlines() if line.startswith("f1_score "))
    assert "0.8000 (of dust)" in row
    assert "0.0000 (of planet)" in row
    assert "*" not in row
    assert "f1_score was measured differently" in text
    assert "f1_score (of planet)" in run("show", "finder:2").stdout
    assert "measured" in run("list", "finder").stdout.splitlines()[0]


def test_history_of_a_version_lists_its_events(run: Run, registry: ModelRegistry) -> None:
    """A number or an alias filters the history."""
    registry.set_alias("kepler", "champion", 2)
    registry.annotate("kepler:3", "No good.")
    for ref in ("kepler:2", "kepler@champion"):
        lines = run("history", ref).stdout.splitlines()[2:]
        assert [line.split()[2] for line in lines] == ["Version", "@champion"]
    assert run("history", "kepler:9").exit_code == 1


@pytest.mark.parametrize("command", [("list",), ("best",), ("plot", "metric")])
@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("metrics.f1_scor > 0.5", "No version has metrics.f1_scor. Did you mean metrics.f1_score?"),
        ("not metrics['f1_scor'] > 0.5", "Did you mean metrics.f1_score?"),
        ("version == 1 or hyperparameters.constnt == 1", "Did you mean hyperparameters.constant?"),
        ("kepler constant > 1", "Did you mean hyperparameters.constant?"),
        ("version > 1 kepler", "Write words before the filter: kepler version > 1"),
        ("algoritm == 'SVC'", "Unknown field 'algoritm'. Did you mean algorithm?"),
    ],
)
def test_an_unknown_field_of_a_filter_is_an_error(
    run: Run, command: tuple[str, ...], where: str, message: str
) -> None:
    """A filter with a field that no version has exits with 1, also if versions match."""
    done = run(*command, "--where", where)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stdout == ""


def test_a_filter_can_test_for_missing_fields(run: Run) -> None:
    """A test for missing values may name a field that no version has; a tag may be new."""
    assert "kepler:1" in run("list", "--where", "metrics.auc is None").stdout
    assert run("list", "--where", "tags.team == 'vetting'").exit_code == 0
    assert "tess:1" in run("list", "--where", "algorithm.startswith('Dummy')").stdout


def test_show_lists_the_best_trials(run: Run, registry: ModelRegistry) -> None:
    """A version with a search has its best trials below its facts."""
    trials = [{"params": {"C": i}, "value": i / 10} for i in range(1, 8)]
    ref = registry.register_model({"rule": 1}, "searched", trials=trials)
    lines = run("show", ref).output.splitlines()
    start = lines.index("Trials (7)")
    assert lines[start + 1] == "7 trials of searched:1, best score first:"
    assert lines[start + 4].split() == ["7", "7", "0.7000"]
    assert "Trials" not in run("show", "kepler_rf:1").output


def test_list_has_one_row_a_model_if_versions_hide_others(
    run: Run, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many versions of a model are one row, and --all lists them."""
    monkeypatch.setattr(query_commands, "MAX_VERSIONS", 3)
    folded = run("list")
    assert first_words(folded.stdout) == ["kepler", "tess"]
    assert folded.stderr == "4 versions of 2 models; --all lists the versions.\n"
    assert first_words(run("list", "--all").stdout) == ["kepler:1", "kepler:2", "kepler:3"]
    assert len(json.loads(run("list", "--json", "--limit", 9).stdout)) == 4


def test_list_folds_children(
    run: Run, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Children of a version are a number in its row, and a filter lists them."""
    monkeypatch.setattr(query_commands, "MAX_VERSIONS", 4)
    for number in range(4):
        registry.register_model({"trial": number}, "kepler", parent="kepler:2")
    folded = run("list", "kepler")
    assert first_words(folded.stdout) == ["kepler:1", "kepler:2", "kepler:3", "kepler:7"]
    assert folded.stderr.endswith("folded under their parent; --all lists them.\n")
    opened = run("list", "--where", "parent == 'kepler:2'")
    assert len(first_words(opened.stdout)) == 4
