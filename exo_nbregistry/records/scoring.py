"""How the metrics of a version were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exo_nbregistry.values.frozen import immutable

BINARY, MACRO = "binary", "macro"


@immutable
@dataclass(frozen=True, slots=True)
class Scoring:
    """How the metrics of a version were measured.

    Attributes
    ----------
    task : str
        ``'binary'``, ``'multiclass'``, ``'multilabel'`` or ``'multioutput'`` (several outputs with
        more than two labels) for classifiers; ``'regression'``, also of several outputs;
        ``'outlier'`` or ``'clustering'``.
    average : str or None
        ``'binary'`` if precision, recall, F1 and the ranking metrics refer to `pos_label`,
        ``'macro'`` if they are the unweighted mean over the classes, None if there are no classes.
    pos_label : object
        The positive class, or None.
    threshold : float or None
        Minimum score of a row that is predicted positive; None for the predictions of the model.
    sample_weight : bool
        Whether the test rows are weighted.

    Examples
    --------
    >>> Scoring("binary", "binary", "CONFIRMED", threshold=0.3).label
    'of CONFIRMED at 0.3'
    >>> Scoring("multiclass", "macro").label, Scoring("regression").label
    ('macro average', '')
    """

    task: str
    average: str | None = None
    pos_label: Any = None
    threshold: float | None = None
    sample_weight: bool = False

    @property
    def label(self) -> str:
        """Short text for headings and cells: whose metrics they are, and the threshold."""
        parts = []
        if self.average == BINARY:
            # A label can be a whole text.
            parts.append(f"of {' '.join(label_text(self.pos_label).split()):.40}")
        elif self.average is not None:
            parts.append(f"{self.average} average")
        if self.threshold is not None:
            parts.append(f"at {self.threshold:g}")
        if self.sample_weight:
            parts.append("with sample weights")
        return " ".join(parts)


def label_text(label: Any) -> str:
    """Return the text of a class label, which is equal for 1 and 1.0.

    Examples
    --------
    >>> label_text(1.0), label_text("CONFIRMED"), label_text(0.5)
    ('1', 'CONFIRMED', '0.5')
    """
    plain = label.item() if hasattr(label, "item") else label
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)
