"""The commands on trusted signers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from exo_nbregistry.cli.key_commands import export_key, export_signer, import_key
from exo_nbregistry.cli.options import (
    json_option,
    open_registry,
    print_json,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.signer_choice import (
    Candidate,
    is_file_name,
    signers_of_file,
    signers_of_registry,
)
from exo_nbregistry.cli.table import plain, table, terminal_width
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.public_keys import require_key
from exo_nbregistry.text.markup import count

_RISK = "Loading a model that they signed can run their code on this machine."


@click.group()
def trust() -> None:
    """Manage trusted signers, and export and import your key."""


@trust.command("list", short_help="List trusted signers, and your own public key.")
@json_option
def list_signers(as_json: bool) -> None:
    """List trusted signers with the files that name them, and your own public key."""
    keyring = Keyring()
    sources = keyring.sources()
    if as_json:
        own = {"fingerprint": keyring.fingerprint, "public_key": keyring.public_key}
        files = {key: [str(path) for path in paths] for key, paths in sources.items()}
        print_json({"own": own, "trusted": keyring.trusted(), "sources": files})
        return
    rows = [
        (fingerprint, plain(name), ", ".join(plain(path) for path in sources[fingerprint]))
        for fingerprint, name in keyring.trusted().items()
    ]
    columns = ["signer", "name", "source"]
    if keyring.fingerprint:
        rows.insert(0, (keyring.fingerprint, "you", _own_source(keyring)))
        click.echo(f"{table(columns, rows, width=terminal_width())}\n")
        click.echo(f"Your public key, for other users:\n{keyring.public_key}")
    elif rows:
        click.echo(table(columns, rows, width=terminal_width()))
    else:
        click.echo("No trusted signers. Your own key is created when you first register a model.")


@trust.command("add")
@click.argument("signer", metavar="[PUBLIC_KEY|FILE|FINGERPRINT|REF]", required=False)
@click.option(
    "--name", default="", metavar="OWNER", help="Owner of the key, such as ada@observatory.org."
)
@click.option(
    "--all-of", metavar="REGISTRY", help="Trust all signers of the registry in this folder."
)
@yes_option
@registry_option
def add_signer(
    signer: str | None, name: str, all_of: str | None, yes: bool, registry: str | None
) -> None:
    """Trust a signer, or all signers of a file or registry.

    Loading a model that they signed can run their code.
    """
    if (signer is None) == (all_of is None) or (all_of is not None and name):
        raise click.UsageError("Pass either a signer, with or without --name, or --all-of.")
    keyring = Keyring()
    if all_of is not None:
        found = open_registry(all_of).list_signers()
        _add_all(keyring, signers_of_registry(found, keyring.known_names()), yes)
    elif signer is not None and is_file_name(signer):
        _add_all(keyring, signers_of_file(Path(signer), name), yes)
    elif signer is not None:
        if not yes:
            click.confirm(f"Trust {plain(_described(signer, name, registry))}? {_RISK}", abort=True)
        if signer.startswith("ssh-"):
            fingerprint = keyring.trust(signer, name or "colleague")
        else:
            fingerprint = open_registry(registry).trust_signer(signer, name)
        click.echo(
            f"{fingerprint} is trusted. Ask the owner to compare it with their own trust list."
        )


def _described(signer: str, name: str, registry: str | None) -> str:
    """Return the fingerprint of a signer, which can be compared with its owner, and a name."""
    if signer.startswith("SHA256:"):
        fingerprint, given = signer, name
    elif signer.startswith("ssh-"):
        fingerprint, given = require_key(signer).fingerprint, name
    else:
        found = open_registry(registry)
        fingerprint = found.signer_status(signer).signer or signer
        given = name or f"the signer of {signer}"
    return f"{fingerprint} ({given})" if given else fingerprint


def _add_all(keyring: Keyring, found: Sequence[Candidate], yes: bool) -> None:
    """Trust several signers after one confirmation that lists all of them."""
    known = {*keyring.trusted(), keyring.fingerprint}
    new = [item for item in found if item.fingerprint not in known]
    if not new:
        click.echo("No new signers.")
        return
    rows = [(item.fingerprint, item.name, plain(item.note)) for item in new]
    click.echo(table(["signer", "name", "signed"], rows, width=terminal_width()))
    if not yes:
        click.echo("Anyone can choose a user name: compare the fingerprints with their owners.")
        click.confirm(f"Trust {count(len(new), 'signer')}? {_RISK}", abort=True)
    for item in new:
        keyring.trust(item.public_key, item.name)
    click.echo(f"{count(len(new), 'signer')} added.")


@trust.command("remove")
@click.argument("fingerprint")
def remove_signer(fingerprint: str) -> None:
    """Stop trusting a signer."""
    keyring = Keyring()
    keyring.distrust(fingerprint)
    left = keyring.sources().get(fingerprint)
    if left:
        click.echo(
            f"{fingerprint} is removed from your list, and still trusted by {plain(left[0])}."
        )
    else:
        click.echo(f"{fingerprint} is not trusted anymore.")


@trust.command("policy")
@json_option
def show_policy(as_json: bool) -> None:
    """List the rules on which signers can move an alias.

    A rule is a line such as "champion: ada grace" in the file policy of the config folder, or a
    comment "# policy champion: ada grace" in a file of trusted signers.
    """
    keyring = Keyring()
    rules = keyring.rules()
    if as_json:
        found = [{"alias": a, "signers": s, "source": str(path)} for a, s, path in rules]
        allowed = {a: sorted(keyring.alias_signers(a) or ()) for a, _, _ in rules}
        print_json({"rules": found, "allowed": allowed})
        return
    if not rules:
        click.echo("No rules: each trusted signer can move any alias.")
        return
    rows = [(alias, plain(" ".join(signers)), plain(path)) for alias, signers, path in rules]
    click.echo(table(["alias", "signers", "source"], rows, width=terminal_width()))


def _own_source(keyring: Keyring) -> str:
    own = keyring.own_key
    return "EXO_NBREGISTRY_SIGNING_KEY" if own.from_variable else plain(own.path)


for _command in (export_signer, export_key, import_key):
    trust.add_command(_command)
