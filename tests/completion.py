"""Tab completion in a notebook."""

from __future__ import annotations

from IPython.core.completer import IPCompleter, provisionalcompleter


def offered_keys(value: object) -> list[str]:
    """Return the completions of IPython after ``value["``."""
    completer = IPCompleter(namespace={"value": value}, use_jedi=False)
    line = 'value["'
    with provisionalcompleter():
        return [found.text.strip('"]') for found in completer.completions(line, len(line))]
