"""The commands on trusted signers."""

from __future__ import annotations

import click

from exo_nbregistry.cli.options import (
    json_option,
    open_registry,
    print_json,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.table import plain, table, terminal_width
from exo_nbregistry.signing.keyring import Keyring


@click.group()
def trust() -> None:
    """List, add and remove trusted signers."""


@trust.command("list")
@json_option
def list_signers(as_json: bool) -> None:
    """List trusted signers, and your own public key."""
    keyring = Keyring()
    if as_json:
        own = {"fingerprint": keyring.fingerprint, "public_key": keyring.public_key}
        print_json({"own": own, "trusted": keyring.trusted()})
        return
    rows = [(fingerprint, name) for fingerprint, name in keyring.trusted().items()]
    if keyring.fingerprint:
        rows.insert(0, (keyring.fingerprint, "you"))
        click.echo(f"{table(['signer', 'name'], rows, width=terminal_width())}\n")
        click.echo(f"Your public key, for other users:\n{keyring.public_key}")
    elif rows:
        click.echo(table(["signer", "name"], rows, width=terminal_width()))
    else:
        click.echo("No trusted signers. Your own key is created when you first register a model.")


@trust.command("add")
@click.argument("signer", metavar="PUBLIC_KEY|FINGERPRINT|REF")
@click.option(
    "--name", default="", metavar="OWNER", help="Owner of the key, such as ada@observatory.org."
)
@yes_option
@registry_option
def add_signer(signer: str, name: str, yes: bool, registry: str | None) -> None:
    """Trust a signer.

    Loading a model that they signed can run their code.
    """
    if not yes:
        click.confirm(
            f"Trust {plain(name or signer)}? Loading a model that they signed can run their code "
            "on this machine.",
            abort=True,
        )
    if signer.startswith("ssh-"):
        fingerprint = Keyring().trust(signer, name or "colleague")
    else:
        fingerprint = open_registry(registry).trust_signer(signer, name)
    click.echo(f"{fingerprint} is trusted. Ask the owner to compare it with their own trust list.")


@trust.command("remove")
@click.argument("fingerprint")
def remove_signer(fingerprint: str) -> None:
    """Stop trusting a signer."""
    Keyring().distrust(fingerprint)
    click.echo(f"{fingerprint} is not trusted anymore.")
