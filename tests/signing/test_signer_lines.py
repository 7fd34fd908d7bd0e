"""Lines of a file of signers, and rules on aliases."""

from __future__ import annotations

import logging

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.public_keys import PublicKey
from exo_nbregistry.signing.signer_lines import parse_policy, parse_signers

ADA, BOB = PublicKey(b"a" * 32), PublicKey(b"b" * 32)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'ada namespaces="exo-nbregistry" {ADA.line}', "ada"),
        (f'ada namespaces="git,exo-nbregistry" {ADA.line} a comment', "ada"),
        (f'ada namespaces="exo-*" {ADA.line}', "ada"),
        (f'ada namespaces="?it,*" {ADA.line}', "ada"),
        (f'ada NameSpaces="exo-nbregistry" {ADA.line}\r', "ada"),
        (f"ada,ada@mars\t{ADA.line}", "ada,ada@mars"),
        (f'"Ada L" {ADA.line}', "Ada L"),
        (f'"X" {ADA.line}', "X"),
    ],
)
def test_a_line_that_trusts_is_read(line: str, name: str) -> None:
    """Each line that allows a key to sign for this package, or for any, makes it trusted."""
    assert parse_signers(f"# signers\n\n{line}\n").names == {ADA.fingerprint: name}


@pytest.mark.parametrize(
    "line",
    [
        ADA.line,
        f"# ada {ADA.line}",
        f'ada namespaces="git" {ADA.line}',
        f'ada namespaces="!exo-nbregistry" {ADA.line}',
        f'ada namespaces="*,!exo-*" {ADA.line}',
        f'ada namespaces="[e]xo-nbregistry" {ADA.line}',
        f'ada namespaces="exo-nbregistry",valid-before="20200101" {ADA.line}',
        f"ada cert-authority {ADA.line}",
        "ada ssh-ed25519",
        "ada cert-authority ssh-ed25519",
        f'ada namespaces="exo-nbregistry" {ADA.line[:-4]}',
        f"# a comment\u2028ada {ADA.line}",
    ],
)
def test_a_restricted_line_is_ignored(line: str) -> None:
    """A line for another purpose or a limited time, or an invalid line, is ignored."""
    assert parse_signers(line).names == {}


def test_ignored_lines_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Invalid lines are logged together, without those for other namespaces and types of keys."""
    lines = ["# fine", "", "not a line", " # fine", f'ada namespaces="git" {ADA.line}']
    lines += ["bob ssh-rsa AAAAB3", "eve sk-ssh-ed25519@openssh.com AAAAG", "bob ssh-ed25519 AAAA"]
    text = "\n".join(lines)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        parse_signers(text, "team_signers")
    (record,) = caplog.records
    assert record.message.startswith("Ignored in team_signers: line 3, 8. A line must have")


def test_each_name_of_a_line_has_its_keys() -> None:
    """A line can have several names, and a name several lines."""
    found = parse_signers(f"ada,ada@mars {ADA.line}\nada {BOB.line}\n")
    assert found.principals["ada"] == {ADA.fingerprint, BOB.fingerprint}
    assert found.principals["ada@mars"] == {ADA.fingerprint}


def test_a_comment_can_be_a_rule() -> None:
    """A comment that begins with policy names who can move an alias; other comments do not."""
    text = "# policy champion: ada, SHA256:abc\r\n#policy  canary:grace\n# policyholder: ada\n#\n"
    assert [(rule.alias, rule.signers) for rule in parse_signers(text).rules] == [
        ("champion", ("ada", "SHA256:abc")),
        ("canary", ("grace",)),
    ]


@pytest.mark.parametrize("rule", ["champion ada", "champion:", "Champion: ada", ": ada", "a b: c"])
def test_an_invalid_rule_is_an_error(rule: str) -> None:
    """A rule that cannot be read is an error with its line, in both kinds of file."""
    message = "Line 2 of signers is not a valid rule.* such as 'champion: ada grace'"
    with pytest.raises(StoreError, match=message):
        parse_signers(f"\n# policy {rule}", "signers")
    with pytest.raises(StoreError, match=message):
        parse_policy(f"# comment\n{rule}\n", "signers")
