"""How a notebook shows what the registry returns: live where a kernel serves it.

The values themselves know no widgets. What IPython asks them for is attached here, and
ipywidgets loads when the first of them is shown.
"""

from __future__ import annotations

from typing import Any

from exo_nbregistry.config import shows_panels
from exo_nbregistry.views.comparison import Comparison


def show_comparison(comparison: Comparison, **_asked: Any) -> dict[str, Any]:
    """Return a comparison's panel as IPython asks for it; nothing, if its table will do."""
    if not shows_panels():
        return {}
    from exo_nbregistry.panels.comparison import ComparisonPanel

    return ComparisonPanel(comparison)._repr_mimebundle_()


Comparison._repr_mimebundle_ = show_comparison  # type: ignore[attr-defined]
