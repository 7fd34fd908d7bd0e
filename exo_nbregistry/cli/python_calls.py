"""Messages of the library in the terminal, with commands instead of calls in Python."""

from __future__ import annotations

import re
import shlex

import click

_TRUST_SIGNER = re.compile(
    r"(call )?(?:registry\.)?trust_signer\('(SHA256:[\w+/]+=*|ssh-ed25519 [\w+/]+=*)'\)"
)
# Commands do not load a model without trust in its signer.
_UNSAFE = re.compile(r"; to load it once without trust: registry\.\w+\('[^']*', unsafe=True\)")
_ONLY_UNSAFE = re.compile(r" If you know its origin: registry\.\w+\('[^']*', unsafe=True\)\.")
_TRUST_ARGUMENT = "trust= cannot contain "
_ANY_CODE = "use trust_signer(...) or unsafe=True."
_IMPORT_UNSAFE = re.compile(r"(?:registry\.)?import_model\([^)]*, unsafe=True\) signs")
_TRUST_PACKAGE = re.compile(
    r" To run only the code of ([^:]*): "
    r"registry\.\w+\('[^']*'(?:, model_name='[^']*')?, trust=\[([^\]]*)\]\)\."
)
_SET_ALIAS = re.compile(r"registry\.set_alias\('([^']*)', '([^']*)', (\d+)\)")
# The commands that can run the code of a package.
_WITH_TRUST = ("import", "register", "serve")


def with_commands(text: str) -> str:
    """Return a message with the commands that do what its calls in Python do.

    Parameters
    ----------
    text : str
        A message of the library.

    Examples
    --------
    >>> with_commands("If you know the signer: registry.trust_signer('SHA256:abc').")
    'If you know the signer: exo-nbregistry trust add SHA256:abc.'
    """
    text = _TRUST_PACKAGE.sub(_trust_option, text)
    text = _ONLY_UNSAFE.sub("", _UNSAFE.sub("", text))
    text = _IMPORT_UNSAFE.sub("--unsafe signs", text)
    text = text.replace(_TRUST_ARGUMENT, "--trust cannot be ").replace(_ANY_CODE, _any_code())
    text = _SET_ALIAS.sub(_set_alias_command, text)
    return _TRUST_SIGNER.sub(_trust_command, text)


def _trust_command(call: re.Match[str]) -> str:
    verb = "run " if call[1] else ""
    # Only a fingerprint is looked up in the registry.
    chosen = _chosen_registry() if call[2].startswith("SHA256:") else ""
    return f"{verb}exo-nbregistry {chosen}trust add {shlex.quote(call[2])}"


def _set_alias_command(call: re.Match[str]) -> str:
    return f"exo-nbregistry {_chosen_registry()}alias set {call[1]}@{call[2]} {call[3]}"


def _any_code() -> str:
    """Return the step that allows all code of an author; ``serve`` has no --unsafe."""
    context = click.get_current_context(silent=True)
    if context is not None and context.invoked_subcommand == "serve":
        return "run exo-nbregistry trust add FINGERPRINT."
    return "pass --unsafe."


def _trust_option(call: re.Match[str]) -> str:
    context = click.get_current_context(silent=True)
    if context is None or context.invoked_subcommand not in _WITH_TRUST:
        return ""
    options = " ".join(f"--trust {name.strip()[1:-1]}" for name in call[2].split(","))
    return f" To run only the code of {call[1]}: pass {options}."


def _chosen_registry() -> str:
    """Return the option for the registry of this command, if it was passed."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().obj if context else None
    return f"--registry {shlex.quote(str(chosen))} " if chosen else ""
