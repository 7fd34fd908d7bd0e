"""The data of versions and models that agents read."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.agents.untrusted import OwnText
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.metric import ordered
from exo_nbregistry.views.metric_columns import own_metric
from exo_nbregistry.views.model_table import ModelSummary
from exo_nbregistry.views.trust_needed import trust_needed

_MAX_ROW_METRICS = 8


def model_row(model: ModelSummary) -> dict[str, Any]:
    """Return a model as an item of a list."""
    return {
        "model_name": model.model_name,
        "n_versions": model.n_versions,
        "latest_version": model.latest_version,
        "aliases": dict(model.aliases),
        "metric": model.metric,
        "value": model.value,
        "registered_at": model.registered_at,
    }


def version_row(item: ModelMetadata) -> dict[str, Any]:
    """Return a version as an item of a list."""
    shown = ordered(item.metrics)[:_MAX_ROW_METRICS]
    row = {
        "model_id": item.model_id,
        "algorithm": item.algorithm,
        "metrics": {name: item.metrics[name] for name in shown},
        "default_metric": own_metric(item),
        "aliases": item.aliases,
        "tags": item.tags,
        "status": item.status,
        "created_at": item.created_at,
        "description": item.description or None,
    }
    return {name: value for name, value in row.items() if value not in (None, {}, ())}


def version_details(item: ModelMetadata, signer: SignerStatus) -> dict[str, Any]:
    """Return all facts of a version, except the ranges of its columns and its packages."""
    defaults = set(item.default_hyperparameters)
    signature, artifact = item.signature, item.artifact
    return version_row(item) | {
        "metrics": {name: item.metrics[name] for name in ordered(item.metrics)},
        "how_metrics_were_measured": item.scoring,
        "later_metrics": item.later_metrics,
        "hyperparameters": {n: v for n, v in item.hyperparameters.items() if n not in defaults},
        "default_hyperparameters": len(defaults),
        "columns": [f"{c.name}: {c.dtype}" for c in signature.columns] if signature else [],
        "classes": signature.classes if signature else None,
        "training": item.training_info,
        "parent": item.parent,
        "notes": item.notes,
        "provenance": item.provenance,
        "environment": {"python": item.environment.python, "packages": item.environment.packages},
        "size_bytes": artifact.size_bytes if artifact else None,
        "attachments": {name: part.size_bytes for name, part in item.attachments.items()},
        "additional_metrics": item.additional_metrics,
        "changes_by_unknown_signers": item.unknown_signers,
        "loading": loading_facts(item, signer),
    }


def loading_facts(item: ModelMetadata, signer: SignerStatus) -> dict[str, Any]:
    """Return who signed a version, and whether loading it requires trust in the signer."""
    facts: dict[str, Any] = {"signer": signer.status, "signed_by": signer.name or signer.signer}
    needed = trust_needed(item)
    if item.artifact is None:
        effect = "The version has no stored model."
    elif signer.trusted:
        effect = "The model loads, because the user trusts its signer."
    elif needed is None:
        effect = "The model loads without running code of its author."
    else:
        effect = (
            "The model does not load, because it needs code of its author and the user does not "
            "trust its signer. Only the user can decide to trust the signer."
        )
        facts["trust"] = needed
    return facts | {"effect": OwnText(effect)}
