"""The demo's report: one self-contained HTML file, written from the registry."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.exoplanet.data.koi import TARGET_NAMES
from exo_nbregistry.exoplanet.demo.report_figures import (
    DARK,
    LIGHT,
    Evaluation,
    confusion_matrices,
    roc_curves,
)
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.records.metadata import ModelMetadata

if TYPE_CHECKING:
    import pandas as pd

_TITLE = "Which Kepler signals are planets?"
_METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "f1_score": "F1",
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "log_loss": "log loss",
}
_CANDIDATE_COLUMNS = {
    "calibrated_probability": ("P(planet)", "{:.3f}"),
    "look_alike": ("most similar to", "{}"),
    "driver": ("top feature", "{}"),
    "look": ("look", "{}"),
    "koi_period": ("period, days", "{:.2f}"),
    "koi_prad": ("radius, Earths", "{:.2f}"),
    "koi_teq": ("temperature, K", "{:.0f}"),
    "koi_steff": ("star, K", "{:.0f}"),
    "koi_model_snr": ("signal to noise", "{:.0f}"),
}
# Light or dark follows the reader's setting.
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --mark: #0a7d5333; }
body { font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin-bottom: .3rem; }
h2 { font-size: 1.2rem; margin-top: 2.4rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
thead th { font-weight: 600; border-bottom-width: 2px; }
tr.champion td { background: var(--mark); }
td.best { font-weight: 700; }
table.facts td { text-align: left; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
.tall { max-height: 32rem; overflow: auto; border: 1px solid var(--line); border-radius: .4rem; }
.tall thead th { position: sticky; top: 0; background: Canvas; }
img { max-width: 100%; height: auto; display: block; margin: 1rem auto; }
pre { background: var(--soft); padding: .8rem 1rem; border-radius: .4rem; overflow-x: auto; }
pre { font-size: .82rem; }
.soft { opacity: .75; }
""".strip()


def write_report(
    path: Path,
    versions: Sequence[ModelMetadata],
    evaluations: Mapping[str, Evaluation],
    champion: ModelMetadata,
    candidates: pd.DataFrame,
    *,
    registry: str,
    data: str,
) -> None:
    """Write a report on a comparison of Kepler classifiers.

    Parameters
    ----------
    path : Path
        The file; its folder is created.
    versions : sequence of ModelMetadata
        The compared versions.
    evaluations : mapping of str to mapping
        Result of ``load_evaluation`` for each model ID.
    champion : ModelMetadata
        The chosen version.
    candidates : DataFrame of shape (n_candidates, n_columns)
        The flagged rows of the Kepler table, with the columns of the follow-up list.
    registry : str
        Location of the registry, for the code in the report.
    data : str
        Description of the table.
    """
    labelled = {
        f"{version.algorithm}": evaluations[version.model_id]
        for version in versions
        if evaluations[version.model_id]
    }
    body = [
        f"<h1>{_TITLE}</h1><p class='soft'>{_text(_summary(champion))}</p>",
        "<h2>The versions on the test set</h2>",
        _metrics(versions, champion),
        _picture("ROC curves", *(roc_curves(labelled, theme) for theme in (LIGHT, DARK))),
        _picture(
            "Confusion matrices",
            *(confusion_matrices(labelled, TARGET_NAMES, theme) for theme in (LIGHT, DARK)),
        ),
        f"<h2>{len(candidates)} candidates with a calibrated probability of at least 0.9</h2>",
        f"<p>{_text(CAVEAT)}</p>",
        _candidates(candidates),
        "<h2>The champion</h2>",
        _facts(champion),
        f"<pre>{_text(_code(registry, champion))}</pre>",
        f"<h2>The data</h2><pre>{_text(data)}</pre>",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_page(_TITLE, body), encoding="utf-8")


def _page(title: str, body: Sequence[str]) -> str:
    # A second defense: unescaped text from the registry could not load anything.
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _text(value: object) -> str:
    return html.escape(str(value))


def _summary(champion: ModelMetadata) -> str:
    return (
        f"The champion {champion.model_id} ({champion.algorithm}) has the best score in "
        f"cross-validation. It was trained on {champion.training_samples} signals and evaluated on "
        f"{champion.test_samples} signals of other stars."
    )


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"
    )


def _metrics(versions: Sequence[ModelMetadata], champion: ModelMetadata) -> str:
    names = [name for name in _METRICS if any(name in version.metrics for version in versions)]
    best = {
        name: (min if name == "log_loss" else max)(
            version.metrics[name] for version in versions if name in version.metrics
        )
        for name in names
    }
    rows = []
    for version in versions:
        cells = [f"<td>{_text(version.model_id)} {_text(version.algorithm)}</td>"]
        for name in names:
            value = version.metrics.get(name)
            mark = " class='best'" if value == best[name] else ""
            cells.append(f"<td{mark}>{'-' if value is None else f'{value:.4f}'}</td>")
        mark = " class='champion'" if version.model_id == champion.model_id else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    heads = ["version", *(_METRICS[name] for name in names)]
    return (
        f"<div class='wide'>{_table(heads, rows)}</div>"
        "<p class='soft'>The champion's row is highlighted; the best value of each column is "
        "bold. The champion was chosen without the test set, so another version may be better "
        "here.</p>"
    )


def _picture(title: str, light: str, dark: str) -> str:
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{_text(title)} of the versions" src="{light}"></picture>'
    )


def _candidates(candidates: pd.DataFrame) -> str:
    columns = {name: how for name, how in _CANDIDATE_COLUMNS.items() if name in candidates}
    rows = [
        f"<tr><td>{_text(name)}</td>"
        + "".join(
            f"<td>{'-' if value != value else _text(form.format(value))}</td>"
            for value, (_, form) in zip(values, columns.values(), strict=True)
        )
        + "</tr>"
        for name, *values in candidates[list(columns)].itertuples()
    ]
    heads = ["signal", *(head for head, _ in columns.values())]
    return f"<div class='tall'>{_table(heads, rows)}</div>"


def _facts(version: ModelMetadata) -> str:
    artifact, environment = version.artifact, version.environment
    name = version.model_id.partition(":")[0]
    facts: dict[str, Any] = {
        "reference": ", ".join(
            [version.model_id, *(f"{name}@{alias}" for alias in version.aliases)]
        ),
        "registered": f"{version.created_at:%Y-%m-%d %H:%M} UTC",
        "features": ", ".join(version.feature_columns),
        "data": version.training_dataset,
        "data sha256": version.dataset.sha256 if version.dataset else None,
        "model sha256": artifact.sha256 if artifact else None,
        "size": f"{artifact.size_bytes:,} bytes" if artifact else None,
        "python": environment.python,
        "packages": ", ".join(f"{name} {v}" for name, v in environment.packages.items()),
        "signed by": version.signer,
    }
    rows = "\n".join(
        f"<tr><td>{_text(name)}</td><td>{_text(value)}</td></tr>"
        for name, value in facts.items()
        if value
    )
    return f"<table class='facts'><tbody>\n{rows}\n</tbody></table>"


def _code(registry: str, champion: ModelMetadata) -> str:
    reference = f"{champion.model_id.partition(':')[0]}@{champion.aliases[0]}"
    return (
        "from exo_nbregistry import ModelRegistry\n\n"
        f"registry = ModelRegistry({registry!r})\n"
        f"model, metadata = registry.load_model({reference!r})\n"
        "model.predict_proba(signals[list(metadata.feature_columns)])"
    )
