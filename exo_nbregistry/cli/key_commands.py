"""The commands on the user's own key."""

from __future__ import annotations

import os
from pathlib import Path

import click

from exo_nbregistry.cli.options import yes_option
from exo_nbregistry.cli.signer_choice import valid_name
from exo_nbregistry.cli.table import plain
from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.fs.atomic import replace_file
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.private_key import (
    KEY_VARIABLE,
    parse_exported_key,
    public_of,
    write_key,
)
from exo_nbregistry.signing.public_keys import PublicKey
from exo_nbregistry.signing.signer_lines import signer_line, split_signer

_PATH = click.Path(path_type=Path)
_MAX_KEY_BYTES = 1 << 16


@click.command("export", short_help="Print the line that trusts your key, or add it to a file.")
@click.argument("file", required=False, type=_PATH)
@click.option("--name", default="", metavar="NAME", help="Your name in the file.")
def export_signer(file: Path | None, name: str) -> None:
    """Print the line that trusts your key, or add it to a file of signers.

    Your key is created if you do not have one. The file can be kept in git, and other users name it
    in EXO_NBREGISTRY_TRUSTED_SIGNERS.
    """
    own = Keyring().own_key
    public = own.for_signing()[1]
    line = signer_line(public, name or valid_name(own.names().get(public) or own.default_name))
    if file is None:
        click.echo(line)
        return
    try:
        text = file.read_text("utf-8", "surrogateescape") if file.exists() else ""
        if any(split_signer(known).key == public for known in text.split("\n")):
            click.echo(f"{plain(file)} already has your key.")
            return
        whole = f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"
        replace_file(file.resolve(), whole.encode("utf-8", "surrogateescape"), mode=_mode(file))
    except OSError as error:
        raise RegistryError(f"Cannot write {file}: {error.strerror}.") from error
    click.echo(f"Added {public.fingerprint} to {plain(file)}.")


@click.command("export-key", short_help="Copy your private key to a file, or print it.")
@click.argument("file", required=False, type=_PATH)
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase that protects the copy.")
@yes_option
def export_key(file: Path | None, passphrase: bool, yes: bool) -> None:
    """Copy your private key to a file, or print it: for your other machine, or as a secret of CI.

    On the other machine, run trust import-key. A copy with a passphrase can only be imported.
    """
    own = Keyring().own_key
    if own.public() is None:
        raise NotFoundError("You do not have a key. It is created when you first register a model.")
    if not yes:
        where = "Print it" if file is None else f"Write it to {plain(file)}"
        click.confirm(f"Anyone who has your private key can sign as you. {where}?", abort=True)
    secret = ""
    if passphrase:
        secret = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    data = write_key(own.for_signing()[0], secret)
    if file is None:
        click.echo(data.decode(), nl=False)
        return
    _write_new(file, data)
    click.echo(f"Wrote your private key to {plain(file)}. Remove the file after the import.")


@click.command("import-key", short_help="Use a private key of another machine as your own.")
@click.argument("file", type=_PATH)
@click.option("--replace", is_flag=True, help="Replace your present key, of which a copy is kept.")
def import_key(file: Path, replace: bool) -> None:
    """Use a private key, such as that of your other machine, as your own.

    A replaced key becomes a trusted signer, so that the versions that it signed still load.
    """
    try:
        with file.open("rb") as source:
            data = source.read(_MAX_KEY_BYTES)
    except OSError as error:
        raise RegistryError(f"Cannot read {file}: {error.strerror}.") from error
    key = parse_exported_key(
        data, plain(file), lambda: str(click.prompt("Passphrase", hide_input=True))
    )
    keyring = Keyring()
    own = keyring.own_key
    present = own.stored()
    if present is not None and present[1] == public_of(key):
        click.echo(f"{present[1].fingerprint} is already your key.")
        return
    if present is not None and not replace:
        raise RegistryError(
            f"You already have the key {present[1].fingerprint} in {own.path}; pass --replace to "
            "use the other key, or trust its signer instead."
        )
    backup = own.replace(key)
    click.echo(f"Your key is now {public_of(key).fingerprint}.")
    if present is not None and backup is not None:
        _trust_old(keyring, present[1])
        click.echo(f"The old key is kept as {plain(backup)}, and its signatures are trusted.")
    if own.from_variable:
        click.echo(f"{KEY_VARIABLE} is set and still takes precedence.")


def _trust_old(keyring: Keyring, public: PublicKey) -> None:
    name = valid_name(keyring.own_key.default_name)
    keyring.trust(public.line, name)


def _mode(file: Path) -> int:
    return file.stat().st_mode & 0o777 if file.exists() else 0o644


def _write_new(file: Path, data: bytes) -> None:
    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RegistryError(f"{file} already exists; choose another file.") from None
    except OSError as error:
        raise RegistryError(f"Cannot write {file}: {error.strerror}.") from error
    with os.fdopen(fd, "wb") as target:
        target.write(data)
