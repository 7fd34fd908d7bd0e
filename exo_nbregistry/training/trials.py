"""Trials and result of a search for hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.test_set import describe_test_set
from exo_nbregistry.records.measurement import SEARCH_SCORE
from exo_nbregistry.text.markup import count, html_table, paragraph, stack, text_table
from exo_nbregistry.training.leakage import ALLOWED_LEAKAGE
from exo_nbregistry.training.training_rows import TrainingRows

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of hyperparameters.

    Attributes
    ----------
    params : dict
        The hyperparameters.
    mean, spread : float
        Mean and standard deviation of the scores; NaN if a fold failed.
    scores : tuple of float
        Score of each fold.
    rows : int
        Number of rows of the trial; a search by halving starts with few.
    error : str
        Reason of a failure; empty without one.
    """

    params: dict[str, Any]
    mean: float
    spread: float
    scores: tuple[float, ...]
    rows: int
    error: str = ""


@dataclass(frozen=True, repr=False)
class TuningResult:
    """Result of `tune`.

    Attributes
    ----------
    best_model : estimator
        Fitted with the best hyperparameters on all rows of the search.
    best_params : dict
        The best hyperparameters.
    best_score : float
        Their mean score over the folds. As the best of many scores it is too optimistic; measure
        the model on a test set.
    algorithm, metric, method : str
        Name of the algorithm, of the score, and of the search.
    random_state : int
        Seed of the search.
    trials : tuple of Trial
        All trials, in the order tried.
    grouped : bool
        Whether the folds kept groups together.
    grouping : Grouping
        Name of the groups, and how to infer those of a test set.
    allowed_leakage : tuple of str
        Columns that leak the label and were allowed.
    pos_label : object
        The positive class of the score, or None.
    """

    best_model: Any
    best_params: dict[str, Any]
    best_score: float
    algorithm: str
    metric: str
    method: str
    random_state: int
    trials: tuple[Trial, ...]
    grouped: bool = False
    grouping: Grouping = field(default_factory=Grouping)
    allowed_leakage: tuple[str, ...] = ()
    pos_label: Any = None

    @property
    def failures(self) -> tuple[Trial, ...]:
        """The trials that failed."""
        return tuple(trial for trial in self.trials if trial.error)

    def to_frame(self) -> pd.DataFrame:
        """Return hyperparameters, scores and error, with a row per trial."""
        import pandas as pd

        rows = [
            {**t.params, "mean": t.mean, "spread": t.spread, "rows": t.rows, "error": t.error}
            for t in self.trials
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        """Return the best trials as a text table."""
        return f"{self._headline()}\n{text_table(*self._table())}"

    @html_unless_text
    def _repr_html_(self) -> str:
        failed = [f"Failed: {format_params(t.params)}: {t.error}" for t in self.failures[:_SHOWN]]
        more = len(self.failures) - _SHOWN
        return stack(
            [
                paragraph(self._headline()),
                html_table(*self._table()),
                *map(paragraph, failed),
                *([paragraph(f"and {count(more, 'more failure')}")] if more > 0 else []),
            ]
        )

    def _headline(self) -> str:
        failed = f", of which {len(self.failures)} failed" if self.failures else ""
        over = f"over {self.grouping.unit}s kept apart" if self.grouped else "in cross-validation"
        of = "" if self.pos_label is None else f" of {self.pos_label}"
        return (
            f"{self.algorithm}: {count(len(self.trials), 'trial')}{failed}; the best by "
            f"{self.metric}{of} {over}:"
        )

    def _table(self) -> tuple[list[str], list[list[Any]]]:
        """Return heads and rows of the best trials; with halving, of the last round."""
        names = list(self.best_params)
        largest = max(trial.rows for trial in self.trials)
        best = sorted(
            (trial for trial in self.trials if trial.rows == largest and not trial.error),
            key=lambda trial: -trial.mean,
        )
        rows = [
            [*(_brief(trial.params.get(name)) for name in names), trial.mean, trial.spread]
            for trial in best[:_SHOWN]
        ]
        return [*names, self.metric, "spread"], rows

    def register(
        self,
        registry: ModelRegistry,
        model_name: str,
        X: Any,
        y: ArrayLike,
        X_test: Any,
        y_test: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        **facts: Any,
    ) -> str:
        """Register the best model with all trials.

        Parameters
        ----------
        registry : ModelRegistry
            The registry.
        model_name : str
            Name of the registered model.
        X, y : array-like
            The rows of the search.
        X_test, y_test : array-like
            Rows that the search did not use, for the metrics of the version.
        groups : array-like of shape (n_test,), optional
            Group of each test row. The default infers the groups by `grouping`.
        **facts : object
            Additional arguments of ``register_model``.

        Returns
        -------
        str
            The model_id. ``registry.trials(model_id)`` returns the trials.
        """
        test_set = describe_test_set(X_test, y_test, groups, grouping=self.grouping)
        attachments: Mapping[str, Any] = facts.pop("attachments", {})
        if self.allowed_leakage:
            given = facts.get("training_info") or {}
            facts["training_info"] = {ALLOWED_LEAKAGE: list(self.allowed_leakage), **given}
        results: Mapping[str, Any] = facts.pop("evaluation_results", {})
        return registry.register_model(
            self.best_model,
            model_name,
            **{
                "algorithm": self.algorithm,
                "pos_label": self.pos_label,
                # The scores of scikit-learn's scorers are better if higher, also of losses.
                "trials": self._summary()
                | {"minimize": False, "trials": [asdict(t) for t in self.trials]},
                **facts,
            },
            evaluation_results={
                "tuning": self._summary(),
                SEARCH_SCORE: self.best_score,
                **results,
            },
            X=X,
            y=y,
            X_test=X_test,
            y_test=y_test,
            attachments={
                **test_set.attachment(),
                **TrainingRows.of(X).attachment(),
                **attachments,
            },
        )

    def _summary(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "method": self.method,
            "random_state": self.random_state,
            "n_trials": len(self.trials),
            "n_failed": len(self.failures),
            "best_params": self.best_params,
            "best_score": self.best_score,
        } | ({} if self.pos_label is None else {"pos_label": self.pos_label})


def format_params(params: Mapping[str, Any]) -> str:
    """Return hyperparameters on one line, numbers with four digits.

    Examples
    --------
    >>> format_params({"C": 0.123456, "hidden_layers": (64, 32)})
    'C=0.1235, hidden_layers=(64, 32)'
    """
    return ", ".join(f"{name}={_brief(value)}" for name, value in params.items())


def _brief(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
