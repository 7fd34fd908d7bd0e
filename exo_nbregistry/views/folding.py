"""When a list folds versions, and the sentence that states it."""

from __future__ import annotations

from exo_nbregistry.text.markup import count


def is_drowned(n_shown: int, n_models: int, size: int) -> bool:
    """Return whether a page of versions hides models behind many versions of other models.

    Parameters
    ----------
    n_shown : int
        Number of models on the page.
    n_models : int
        Number of all models.
    size : int
        Number of rows of the page.

    Examples
    --------
    >>> is_drowned(1, 3, 20), is_drowned(20, 40, 20), is_drowned(1, 1, 20)
    (True, False, False)
    """
    return n_shown < n_models and 2 * n_shown <= size


def models_sentence(total: int, n_models: int, unfold: str = "all()") -> str:
    """Return how many versions the models have, and what lists them.

    Examples
    --------
    >>> models_sentence(152, 3)
    '152 versions of 3 models; all() lists the versions.'
    """
    return f"{count(total, 'version')} of {count(n_models, 'model')}; {unfold} lists the versions."


def children_sentence(total: int, n_shown: int, unfold: str = "all()") -> str:
    """Return how many versions are folded, and what lists them.

    Examples
    --------
    >>> children_sentence(52, 30)
    '22 of 52 versions are folded under their parent; all() lists them.'
    """
    return (
        f"{total - n_shown:,} of {count(total, 'version')} are folded under their parent; "
        f"{unfold} lists them."
    )
