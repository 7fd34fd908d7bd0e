"""Which names in files and folders of other tools are metrics."""

from __future__ import annotations

from exo_nbregistry.values.metric import higher_is_better

# Short names of metrics that records have under another name.
_NAMES = {"acc": "accuracy", "f1": "f1_score"}
# Known to be better if lower, but not a result of an evaluation by its name alone.
_AMBIGUOUS = frozenset({"duration", "gap", "lift", "map", "rand", "score", "time"})


def metric_name(name: str) -> str | None:
    """Return the name of a metric in records, or None if it is not clearly a metric.

    Parameters
    ----------
    name : str
        The name, such as ``acc``.

    Returns
    -------
    str or None
        The name; the usual short names of accuracy and F1 are replaced.

    Examples
    --------
    >>> metric_name("acc"), metric_name("val_f1"), metric_name("roc_auc"), metric_name("depth")
    ('accuracy', 'val_f1_score', 'roc_auc', None)
    """
    text = name.strip()
    head, _, last = text.lower().rpartition("_")
    if last in _NAMES:
        text = f"{head}_{_NAMES[last]}" if head else _NAMES[last]
    known = higher_is_better(text) is not None
    return text if known and text.lower() not in _AMBIGUOUS else None
