"""The trusted signers in the files of the user and of the team, and the rules on aliases."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from exo_nbregistry.errors import NotFoundError, StoreError
from exo_nbregistry.signing.public_keys import require_key
from exo_nbregistry.signing.signer_lines import (
    Rule,
    SignersFile,
    parse_policy,
    parse_signers,
    signer_line,
    split_signer,
)
from exo_nbregistry.signing.user_files import WatchedFile, read_private, replace_private, unwritable
from exo_nbregistry.text.names import name_list

SIGNERS_FILE = "allowed_signers"
POLICY_FILE = "policy"
TEAM_VARIABLE = "EXO_NBREGISTRY_TRUSTED_SIGNERS"
_log = logging.getLogger("exo_nbregistry")


class TrustedSigners:
    """The files of trusted signers, with one line each.

    Parameters
    ----------
    folder : Path
        The user's config folder; it is created for the first signer.
    team_files : sequence of Path, default=()
        Files of the team, which are only read.
    """

    def __init__(self, folder: Path, team_files: Sequence[Path] = ()) -> None:
        self._folder = folder
        self._file = _signers_file(folder / SIGNERS_FILE)
        self._team = [_signers_file(path, team=True) for path in team_files]
        self._policy = WatchedFile(
            folder / POLICY_FILE, lambda text: parse_policy(text, str(folder / POLICY_FILE))
        )
        self._known: tuple[list[object], dict[str, frozenset[str]]] | None = None
        self._known_names: tuple[list[SignersFile], dict[str, str]] | None = None

    def names(self) -> dict[str, str]:
        """Return the names of the signers by fingerprint; the user's own names take precedence."""
        files = [found for _, found in self._files()]
        seen = self._known_names
        if seen is None or not _same_objects(seen[0], files):
            known: dict[str, str] = {}
            for found in files:
                known = found.names | known
            self._known_names = seen = files, known
        return seen[1]

    def sources(self) -> dict[str, tuple[Path, ...]]:
        """Return the files that trust each signer, by fingerprint."""
        known: dict[str, tuple[Path, ...]] = {}
        for path, found in self._files():
            for fingerprint in found.names:
                known[fingerprint] = (*known.get(fingerprint, ()), path)
        return known

    def alias_signers(self) -> dict[str, frozenset[str]]:
        """Return the fingerprints that may move an alias, by alias.

        A rule in a file of signers names signers of this file. A rule in the user's policy file
        names trusted signers of any file. Fingerprints are always valid. If several files have a
        rule for an alias, each of them must allow a signer.

        Raises
        ------
        StoreError
            If a rule is invalid.
        """
        files = [*self._files()]
        policy = self._policy.value() or ()
        parsed: list[object] = [*(found for _, found in files), policy]
        if self._known is None or not _same_objects(self._known[0], parsed):
            self._known = parsed, _resolve([*self._rules(files, policy)])
        return self._known[1]

    def rules(self) -> list[tuple[str, tuple[str, ...], Path]]:
        """Return alias, signers and file of each rule, as written."""
        found = [(rule, path) for path, file in self._files() for rule in file.rules]
        found += [(rule, self._policy.path) for rule in self._policy.value() or ()]
        return [(rule.alias, rule.signers, path) for rule, path in found]

    def known_names(self) -> set[str]:
        """Return the names of signers, and the names in rules."""
        names = {name for _, signers, _ in self.rules() for name in signers}
        return names.union(*(found.principals for _, found in self._files()))

    def add(self, public_key: str, name: str) -> str:
        """Trust a key, or rename a trusted key.

        Returns
        -------
        str
            Fingerprint of the key.

        Raises
        ------
        InvalidReferenceError
            If the key or the name is invalid.
        StoreError
            If the file cannot be written.
        """
        key = require_key(public_key)
        self._rewrite(key.fingerprint, signer_line(key, name))
        return key.fingerprint

    def remove(self, fingerprint: str) -> None:
        """Stop trusting a key.

        Raises
        ------
        NotFoundError
            If the key is not trusted, or only a file of the team trusts it.
        StoreError
            If the file cannot be written.
        """
        sources = self.sources()
        files = sources.get(fingerprint, ())
        if self._file.path not in files:
            hint = f"; remove its line in {files[0]}" if files else ""
            raise NotFoundError(
                f"No trusted signer {'in your own list ' if files else ''}has the fingerprint "
                f"{fingerprint!r}{hint}.",
                name=str(fingerprint),
                known=() if files else self.names(),
            )
        self._rewrite(fingerprint)

    def _files(self) -> Iterator[tuple[Path, SignersFile]]:
        found = self._file.value()
        if found is not None:
            yield self._file.path, found
        for file in self._team:
            found = file.value()
            if found is None:
                # Without its rules, anyone could move the aliases that they protect.
                raise StoreError(
                    f"{file.path} in {TEAM_VARIABLE} does not exist; correct the variable or "
                    "unset it.",
                    key=file.path.name,
                )
            yield file.path, found

    def _rules(
        self, files: Sequence[tuple[Path, SignersFile]], policy: Sequence[Rule]
    ) -> Iterator[tuple[Rule, Path, Mapping[str, frozenset[str]]]]:
        every: dict[str, frozenset[str]] = {}
        for path, file in files:
            for name, keys in file.principals.items():
                every[name] = every.get(name, frozenset()) | keys
            for rule in file.rules:
                yield rule, path, file.principals
        for rule in policy:
            yield rule, self._policy.path, every

    def _rewrite(self, without: str, *new: str) -> None:
        text = (read_private(self._file.path) or b"").decode("utf-8", "surrogateescape")
        kept = text.removesuffix("\n").split("\n") if text else []
        lines = [line for line in kept if _fingerprint(line) != without] + list(new)
        content = "".join(f"{line}\n" for line in lines)
        try:
            replace_private(self._file.path, content.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise unwritable(self._folder, "write the trusted signers", error) from error


def _signers_file(path: Path, *, team: bool = False) -> WatchedFile[SignersFile]:
    return WatchedFile(
        path, lambda text: parse_signers(text, str(path)), use="shared" if team else "private"
    )


def _resolve(
    rules: Sequence[tuple[Rule, Path, Mapping[str, frozenset[str]]]],
) -> dict[str, frozenset[str]]:
    """Return the fingerprints of each alias; a rule can only narrow another one."""
    allowed: dict[str, frozenset[str]] = {}
    for rule, path, names in rules:
        keys: set[str] = set()
        unknown = []
        for signer in rule.signers:
            found = {signer} if signer.startswith("SHA256:") else names.get(signer, frozenset())
            keys |= found
            if not found:
                unknown.append(signer)
        if unknown:
            _log.warning(
                "The rule for the alias %s in %s names unknown signers, who cannot move it: %s. "
                "Add their keys or correct the names.",
                rule.alias,
                path,
                name_list(unknown),
            )
        allowed[rule.alias] = frozenset(keys) & allowed.get(rule.alias, frozenset(keys))
    return allowed


def _same_objects(first: Sequence[object], second: Sequence[object]) -> bool:
    return len(first) == len(second) and all(map(lambda a, b: a is b, first, second))


def _fingerprint(line: str) -> str | None:
    key = split_signer(line).key
    return key.fingerprint if key else None
