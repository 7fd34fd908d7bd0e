"""Reference of the errors, from their classes."""

from __future__ import annotations

import inspect

from exo_nbregistry import errors


def errors_tree() -> str:
    """Return the tree of the error classes, with their Python base classes."""
    return "\n".join(["```text", *_branch(errors.RegistryError, 0), "```"])


def error_classes() -> list[type]:
    """Return all public error classes, in the order of the source."""
    return [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.RegistryError)
    ]


def _branch(kind: type, depth: int) -> list[str]:
    others = [base.__name__ for base in kind.__bases__ if not _is_own(base)]
    python = f" ({', '.join(others)})" if others and kind is not errors.RegistryError else ""
    lines = [f"{'  ' * depth}{kind.__name__}{python}"]
    for child in error_classes():
        if kind in child.__bases__:
            lines += _branch(child, depth + 1)
    return lines


def _is_own(kind: type) -> bool:
    return issubclass(kind, errors.RegistryError)
