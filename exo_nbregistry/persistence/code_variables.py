"""Variables of a notebook that a model would contain because its functions use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.code_values import Variable
from exo_nbregistry.persistence.secrets import is_known_secret, is_secret
from exo_nbregistry.text.markup import size
from exo_nbregistry.text.terminal import visible

LARGE_BYTES = 1_000_000


def variable_warnings(
    variables: Iterable[Variable], measure: Callable[[Any, int], int]
) -> tuple[str, ...]:
    """Return a sentence for each variable that is large or looks like a secret.

    The sentences never contain a value.

    Parameters
    ----------
    variables : iterable of Variable
        The variables.
    measure : callable
        Takes a value and a limit, and returns the number of bytes in the file; it may stop when
        the limit is exceeded.

    Returns
    -------
    tuple of str
        The sentences.

    Raises
    ------
    SerializationError
        If a variable contains a credential in the format of a known service.

    Examples
    --------
    >>> variable_warnings([Variable("fetch", "API_KEY", "correct-horse")], lambda value, limit: 9)
    ('The variable API_KEY, which fetch uses, looks like a secret and is stored with the model; \
read it inside fetch, such as from os.environ.',)
    """
    found: dict[int, str] = {}
    for variable in variables:
        name, value, phrase = variable.name, variable.value, variable.phrase
        if id(value) in found:
            continue
        what = f"{phrase[0].upper()}{phrase[1:]}"
        inside = f"read it inside {visible(variable.function)}, such as from os.environ."
        if is_known_secret(value):
            raise SerializationError(
                f"Cannot write the model: {phrase} contains a key or token, which every reader "
                f"of the registry would get; {inside}"
            )
        if is_secret(name, value):
            found[id(value)] = f"{what} looks like a secret and is stored with the model; {inside}"
        elif (count := measure(value, LARGE_BYTES)) > LARGE_BYTES:
            found[id(value)] = (
                f"{what} is stored with the model and takes {size(count)} or more; pass it as a "
                "parameter, or store only the part that is used."
            )
    return tuple(found.values())
