"""The code that a stored model carries with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.field_types import require_kinds
from exo_nbregistry.values.frozen import immutable


@immutable
@dataclass(frozen=True, slots=True)
class Code:
    """Classes and functions that are stored in the model file, because no package has them.

    Attributes
    ----------
    by_value : tuple of str
        Names of the classes and functions, such as ``__main__.Scaler``.
    python : str
        Minor version of Python that compiled them, such as ``3.11``. No other one can load them.
    cloudpickle : str
        Version of cloudpickle that wrote them.

    Examples
    --------
    >>> Code(("__main__.Scaler",), "3.11", "3.1.3").label
    'carries its own code (1 definition, Python 3.11)'
    """

    by_value: tuple[str, ...] = ()
    python: str = ""
    cloudpickle: str = ""

    @property
    def label(self) -> str:
        """Description in a few words, for pages."""
        if not self.by_value:
            return f"carries its own code (Python {self.python})"
        count = len(self.by_value)
        plural = "" if count == 1 else "s"
        return f"carries its own code ({count:,} definition{plural}, Python {self.python})"

    @property
    def short_label(self) -> str:
        """Description in the cell of a list."""
        return f"own (Python {self.python})"

    def to_fields(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "by_value": list(self.by_value),
            "python": self.python,
            "cloudpickle": self.cloudpickle,
        }


def code_of(fields: Any, key: str = "code") -> Code:
    """Return the code from the result of `Code.to_fields`; unknown fields are ignored.

    Parameters
    ----------
    fields : mapping
        The fields, possibly of another user.
    key : str
        The file, for the error.

    Raises
    ------
    RecordError
        If a field is missing or has another type.
    """
    try:
        code = Code(tuple(fields["by_value"]), fields["python"], fields["cloudpickle"])
        require_kinds(code, "code.")
    except (LookupError, TypeError, RecordError) as error:
        raise RecordError(
            f"{key} has an invalid description of the code in the model ({error!s:.60}); restore "
            "it from a backup.",
            key=key,
        ) from error
    return code
