"""Functions of agents that show, compare and load versions."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.agents.answers import answer
from exo_nbregistry.agents.untrusted import OwnText
from exo_nbregistry.agents.version_data import loading_facts, version_details
from exo_nbregistry.api.json_views import event_of
from exo_nbregistry.errors import InvalidInputError, VersionNotFoundError
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.registry.argument import check_count
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.metric import higher_is_better
from exo_nbregistry.views.usage import loading_code

MAX_COMPARED = 10
MAX_EVENTS = 50


def show_model_version(ref: str, registry: str = "") -> dict[str, Any]:
    """Show all facts of a version: metrics, hyperparameters, columns, notes, origin, signer.

    Parameters
    ----------
    ref : str
        ``kepler_rf:3`` for version 3, ``kepler_rf@champion`` for an alias, or ``kepler_rf`` for the
        latest version.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``version``, the facts.

    Examples
    --------
    >>> show_model_version("kepler_rf", registry.location)["version"]["metrics"]
    {'f1_score': 0.8, 'accuracy': 0.9}
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        item = opened.get_metadata(ref)
        return {"version": version_details(item, opened.signer_status(item.model_id))}

    return answer(registry, read)


def compare_model_versions(refs: list[str], registry: str = "") -> dict[str, Any]:
    """Compare versions side by side: the facts in which they differ.

    Parameters
    ----------
    refs : list of str
        References to 2 to 10 versions, such as ``["kepler_rf:1", "kepler_rf@champion"]``. The
        first is the baseline.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``versions``, the references; ``differences``, the values by section, field and version;
        ``n_identical``, the number of equal facts; and ``higher_is_better`` of the metrics.

    Examples
    --------
    >>> compare_model_versions(["kepler_rf:1"], registry.location)["error"]["kind"]
    'RegistryError'
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        if isinstance(refs, list) and len(refs) > MAX_COMPARED:
            raise InvalidInputError(
                f"refs may have at most {MAX_COMPARED} references, got {len(refs)}. Compare fewer "
                "versions at once."
            )
        found = opened.compare_models(refs)
        differences = found.differences
        return {
            "versions": found.ids,
            "differences": differences,
            "n_identical": found.n_identical,
            "higher_is_better": {
                name: higher_is_better(str(name)) for name in differences.get("metrics", {})
            },
        }

    return answer(registry, read)


def model_history(ref: str, alias: str = "", limit: int = 20, registry: str = "") -> dict[str, Any]:
    """List what happened to a model or a version: registrations, aliases, tags, notes, deletions.

    Parameters
    ----------
    ref : str
        ``kepler_rf`` for the whole model, or ``kepler_rf:3`` for one version.
    alias : str
        Optional alias, such as ``champion``: only its moves.
    limit : int
        Number of the latest events to return, at most 50.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``events``, oldest first, and ``total``, the number of all events.

    Examples
    --------
    >>> found = model_history("kepler_rf", registry=registry.location)
    >>> [event["action"] for event in found["events"]]
    ['register']
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        found = [event_of(event) for event in opened.history(ref)]
        if alias:
            found = [event for event in found if event.get("alias") == alias]
        first = max(len(found) - min(check_count("limit", limit), MAX_EVENTS), 0)
        return {"events": found[first:], "total": len(found)}

    return answer(registry, read)


def code_to_load_model(ref: str, registry: str = "") -> dict[str, Any]:
    """Return the Python code that loads a version, and what is needed to use it.

    Parameters
    ----------
    ref : str
        ``kepler_rf:3`` for version 3, ``kepler_rf@champion`` for an alias, or ``kepler_rf`` for the
        latest version. The code has the number, so that it always loads the same model.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``code``; ``columns`` that the model expects; ``python`` and ``packages`` with which it was
        trained; and ``loading``, whether the user's trust in the signer is required.

    Examples
    --------
    >>> print(code_to_load_model("kepler_rf", registry.location)["code"])
    from exo_nbregistry import ModelRegistry
    <BLANKLINE>
    registry = ModelRegistry(...)
    model, metadata = registry.load_model('kepler_rf:1')
    <BLANKLINE>
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        item = opened.get_metadata(ref)
        if item.status != ACTIVE:
            raise VersionNotFoundError(
                f"{item.model_id} is {item.status} and cannot be loaded; choose another version.",
                name=item.model_id,
            )
        code = loading_code(opened.location, item.model_id)
        if "input_example" in item.attachments:
            code += f"X = registry.load_input_example({item.model_id!r})\n"
        signature = item.signature
        return {
            "model_id": item.model_id,
            "code": OwnText(code),
            "columns": [f"{c.name}: {c.dtype}" for c in signature.columns] if signature else [],
            "python": item.environment.python,
            "packages": item.environment.packages,
            "loading": loading_facts(item, opened.signer_status(item.model_id)),
        }

    return answer(registry, read)
