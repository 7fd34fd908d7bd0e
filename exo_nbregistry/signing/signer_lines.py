"""Files of signers, in the format that ``ssh-keygen`` reads.

A line names a signer, the purposes of the key and the key. Comments that begin with ``# policy``
are rules on aliases; OpenSSH ignores them.

Source: ssh-keygen(1) "ALLOWED SIGNERS", ssh_config(5) "PATTERNS".
"""

from __future__ import annotations

import contextlib
import logging
import re
from dataclasses import dataclass, field

from exo_nbregistry.errors import InvalidReferenceError, StoreError
from exo_nbregistry.signing.public_keys import KEY_TYPE, PublicKey, parse_key
from exo_nbregistry.text.names import name_list

NAMESPACE = "exo-nbregistry"

_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*")+')
_OPTION = re.compile(r'(?:[^,"]|"[^"]*")+')
_OTHER_KEY = re.compile(r"\s(?:ssh-rsa|ssh-dss|ecdsa-sha2-|sk-(?:ssh|ecdsa)-)\S*\s+AAAA")
_NAME = re.compile(r"[^\W_][\w.@+-]{0,127}")
_POLICY = re.compile(r"\s*#\s*policy(?=\s)(.*)")
_RULE = re.compile(r"\s*([a-z][a-z0-9_-]{0,62})\s*:(.*)")
_log = logging.getLogger("exo_nbregistry")


@dataclass(frozen=True, slots=True)
class SignerLine:
    """One line of a file of signers.

    Attributes
    ----------
    name : str
        Names of the signer as written, separated by commas.
    options : str
        Options of the key as written.
    key : PublicKey or None
        The key; None if the line has no ed25519 key.
    """

    name: str
    options: str
    key: PublicKey | None

    @property
    def for_us(self) -> bool | None:
        """Whether the key may sign for this package; None if an option is not supported."""
        for option in _OPTION.findall(self.options):
            name, _, value = option.partition("=")
            if name.lower() != "namespaces":
                return None
            if not _matches(NAMESPACE, value.strip('"')):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Rule:
    """Signers that may move an alias.

    Attributes
    ----------
    alias : str
        The alias.
    signers : tuple of str
        Names or fingerprints, as written.
    line : int
        Number of the line.
    """

    alias: str
    signers: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class SignersFile:
    """Parsed file of signers.

    Attributes
    ----------
    names : dict of str to str
        Name of each trusted signer, by fingerprint.
    principals : dict of str to frozenset of str
        Fingerprints by each single name.
    rules : tuple of Rule
        Rules on aliases.
    """

    names: dict[str, str] = field(default_factory=dict)
    principals: dict[str, frozenset[str]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


def parse_signers(text: str, where: str = "the trusted signers") -> SignersFile:
    """Parse lines such as ``name namespaces="exo-nbregistry" ssh-ed25519 AAAA...``.

    A line may have no options. A line for other namespaces or with another type of key is skipped:
    it is for other programs. A line with other options, such as ``cert-authority`` or
    ``valid-before``, is skipped and logged: options restrict the trust, and this package does not
    support them.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    SignersFile
        Signers and rules.

    Raises
    ------
    StoreError
        If a rule is invalid; without it, anyone could move the alias.
    """
    names: dict[str, str] = {}
    principals: dict[str, frozenset[str]] = {}
    rules: list[Rule] = []
    ignored: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if policy := _POLICY.fullmatch(line.removesuffix("\r")):
            rules.append(_parse_rule(policy[1], number, where))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parsed = split_signer(line)
        if parsed.key is None and _OTHER_KEY.search(line):
            _log.debug("Skipped line %d of %s: only ssh-ed25519 keys are used.", number, where)
        elif parsed.key is None or parsed.for_us is None:
            ignored.append(number)
        elif parsed.for_us:
            names.setdefault(parsed.key.fingerprint, parsed.name)
            for name in parsed.name.split(","):
                known = principals.get(name, frozenset())
                principals[name] = known | {parsed.key.fingerprint}
    if ignored:
        _log.warning(
            "Ignored in %s: line %s. A line must have a name, an ssh-ed25519 key and no options "
            "other than namespaces.",
            where,
            name_list(map(str, ignored)),
        )
    return SignersFile(names, principals, tuple(rules))


def parse_policy(text: str, where: str) -> tuple[Rule, ...]:
    """Parse lines such as ``champion: ada grace``; other lines are empty or comments.

    Raises
    ------
    StoreError
        If a line is invalid.

    Examples
    --------
    >>> [rule] = parse_policy("champion: ada grace", "policy")
    >>> rule.alias, rule.signers
    ('champion', ('ada', 'grace'))
    """
    return tuple(
        _parse_rule(line, number, where)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )


def split_signer(line: str) -> SignerLine:
    """Split a line; a line without an ed25519 key has no key."""
    tokens = _TOKEN.findall(line)
    for place in (1, 2):
        if len(tokens) > place + 1 and tokens[place] == KEY_TYPE:
            with contextlib.suppress(ValueError):
                key = parse_key(f"{KEY_TYPE} {tokens[place + 1]}")
                return SignerLine(tokens[0].strip('"'), " ".join(tokens[1:place]), key)
    return SignerLine("", "", None)


def signer_line(key: PublicKey, name: str) -> str:
    """Return the line that trusts a key for this package.

    Raises
    ------
    InvalidReferenceError
        If the name is invalid.

    Examples
    --------
    >>> signer_line(PublicKey(bytes(32)), "ada")[:46]
    'ada namespaces="exo-nbregistry" ssh-ed25519 AA'
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidReferenceError(
            f"Invalid signer name {name!r}; use letters, digits and '._@+-' without spaces, "
            "such as ada@observatory.org.",
            text=str(name),
            rule="letters, digits and '._@+-'",
        )
    return f'{name} namespaces="{NAMESPACE}" {key.line}'


def is_signer_name(text: str) -> bool:
    """Return whether a text can be the name of a signer.

    Examples
    --------
    >>> is_signer_name("ada@mars"), is_signer_name("Ada Lovelace")
    (True, False)
    """
    return bool(_NAME.fullmatch(text))


def _parse_rule(text: str, number: int, where: str) -> Rule:
    found = _RULE.fullmatch(text.removesuffix("\r"))
    signers = tuple(found[2].replace(",", " ").split()) if found else ()
    if found is None or not signers:
        raise StoreError(
            f"Line {number} of {where} is not a valid rule: {text.strip()!r:.60}. Write it as an "
            "alias and its signers, such as 'champion: ada grace'.",
            key=where,
        )
    return Rule(found[1], signers, number)


def _matches(name: str, patterns: str) -> bool:
    """Return whether a list of patterns matches, in which ``!`` excludes."""
    found = False
    for pattern in patterns.split(","):
        plain = re.escape(pattern.removeprefix("!")).replace(r"\*", ".*").replace(r"\?", ".")
        if re.fullmatch(plain, name):
            if pattern.startswith("!"):
                return False
            found = True
    return found
