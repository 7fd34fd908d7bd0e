"""Tags, folders and files of a git repository, read with the program git.

The repository may be a download, so no program that it names is run: no hook, filter, pager or
transport. Nothing is checked out, and nothing is written to it.

Source: git-for-each-ref(1), git-ls-tree(1), git-cat-file(1), git-config(1) (safe.directory).
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.introspection.git_status import SAFE_ENVIRON, SAFE_SETTINGS
from exo_nbregistry.sources.found import FoundFile

MAX_TEXT_BYTES = 4 << 20

_FIELDS = (
    *("refname:strip=2", "objecttype", "type", "object"),
    *("taggername", "taggeremail", "taggerdate:unix", "contents:subject"),
)
_CHUNK_BYTES = 1 << 20
_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class TagRef:
    """A tag of a git repository.

    Attributes
    ----------
    name : str
        Its name, without ``refs/tags/``.
    commit : str
        The commit; empty for a tag without author and time, or of something else.
    author, email, date, subject : str
        Who made it; when, in seconds since 1970; the first line of the message.
    """

    name: str
    commit: str
    author: str
    email: str
    date: str
    subject: str


class BlobFile(FoundFile):
    """A file in a commit. It is extracted when its path is read, and removed with this object.

    Parameters
    ----------
    repository : GitObjects
        Where it is.
    blob : str
        Its object.
    size_bytes : int, bytes
        Its size.
    name : str
        Its file name.
    """

    def __init__(self, repository: GitObjects, blob: str, size_bytes: int, name: str) -> None:
        # The base class is frozen and would store a path.
        values = {"_repository": repository, "_blob": blob, "_name": name, "_folder": None}
        for attribute, value in {**values, "size_bytes": size_bytes}.items():
            object.__setattr__(self, attribute, value)

    _repository: GitObjects
    _blob: str
    _name: str
    _folder: Path | None

    @property
    def path(self) -> Path:
        """Return the path of the extracted file.

        Raises
        ------
        OSError
            If git cannot read the file, or the disk is full.
        """
        if self._folder is None:
            folder = Path(tempfile.mkdtemp(prefix="exo-nbregistry-git-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            try:
                self._repository.extract(self._blob, folder / self._name)
            except InvalidInputError as error:
                raise OSError(errno.EIO, str(error).rstrip(".")) from error
            object.__setattr__(self, "_folder", folder)
            return folder / self._name
        return self._folder / self._name

    def __repr__(self) -> str:
        """Return the name, so that printing a version does not extract its files."""
        return f"BlobFile({self._name!r}, blob={self._blob[:12]!r}, size_bytes={self.size_bytes})"


class TextReader:
    """Reads small files of commits with one running git."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests, self._answers = requests, answers

    def text(self, commit: str, path: str) -> str | None:
        """Return the text of a file of a commit.

        Parameters
        ----------
        commit : str
            The commit.
        path : str
            Path below the root of the repository, with slashes.

        Returns
        -------
        str or None
            None if it is missing, not a file, larger than 4 MiB or not UTF-8.
        """
        # Git ends on a path that leads above the root.
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            return None
        data = self._content(f"{commit}:{path}")
        with contextlib.suppress(UnicodeDecodeError):
            return None if data is None else data.decode("utf-8-sig")
        return None

    def _content(self, name: str) -> bytes | None:
        if "\n" in name or "\0" in name:
            return None
        with contextlib.suppress(OSError):
            self._requests.write(os.fsencode(f"{name}\n"))
            self._requests.flush()
        header = self._answers.readline().split()
        if len(header) != 3 or not header[2].isdigit():
            return None
        kind, size_bytes = header[1], int(header[2])
        if kind == b"blob" and size_bytes <= MAX_TEXT_BYTES:
            return self._answers.read(size_bytes + 1)[:-1]
        # The answer holds the content anyway.
        left = size_bytes + 1
        while left > 0 and (chunk := self._answers.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
        return None


class GitObjects:
    """A git repository, of which nothing is checked out.

    Parameters
    ----------
    root : Path
        Its root folder, or a bare repository.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        git = shutil.which("git")
        # On Windows, a git.exe in the current folder would be found first, as a relative path.
        if git is None or not os.path.isabs(git):
            raise InvalidInputError("git is not installed; install it to read the tags of gto.")
        settings = [
            part for name, value in SAFE_SETTINGS.items() for part in ("-c", f"{name}={value}")
        ]
        self._command = [git, *settings]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        # A folder without a repository must not select one above it.
        own = {"GIT_CEILING_DIRECTORIES": str(self.root.parent), "LC_ALL": "C"}
        self._environ = kept | SAFE_ENVIRON | own

    def tags(self) -> list[TagRef]:
        """Return all tags in the order of their names.

        Raises
        ------
        InvalidInputError
            If git cannot read the repository.
        """
        form = "".join(f"%({field})%00" for field in _FIELDS)
        fields = self._run("for-each-ref", "refs/tags", f"--format={form}").split("\0")
        rows = zip(*[iter(fields)] * len(_FIELDS), strict=False)
        return [_tag(row) for row in rows]

    def files(self, commit: str, path: str) -> dict[str, BlobFile]:
        """Return the files of a path at a commit; links and submodules are left out.

        Parameters
        ----------
        commit : str
            The commit.
        path : str
            A file or folder below the root, with slashes; empty for all files.

        Returns
        -------
        dict of str to BlobFile
            By path below the root.

        Raises
        ------
        InvalidInputError
            If the commit or a file is not in this clone.
        """
        only = ["--", path] if path else []
        listed = self._run("ls-tree", "-r", "-l", "-z", "--full-tree", commit, *only)
        return dict(self._entries(listed.split("\0")[:-1]))

    def _entries(self, lines: list[str]) -> Iterator[tuple[str, BlobFile]]:
        for line in lines:
            facts, _, path = line.partition("\t")
            mode, _, blob, size = facts.split()
            if mode not in (_LINK, _SUBMODULE):
                # Git writes BAD instead of the size of an object that is damaged or missing.
                if not size.isdecimal():
                    raise InvalidInputError(f"git cannot read {path} of {self.root}.")
                yield path, BlobFile(self, blob, int(size), PurePosixPath(path).name)

    def extract(self, blob: str, target: Path) -> None:
        """Write a blob to a new file.

        Raises
        ------
        InvalidInputError
            If git cannot read it.
        """
        with open(target, "xb") as file:
            self._run("cat-file", "blob", blob, output=file)

    @contextlib.contextmanager
    def reader(self) -> Iterator[TextReader]:
        """Return a context in which small files are read."""
        process = subprocess.Popen(
            [*self._command, "cat-file", "--batch"],
            cwd=self.root,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield TextReader(process.stdin, process.stdout)
        finally:
            process.kill()
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.stdout.close()
            process.wait()

    def _run(self, *arguments: str, output: IO[bytes] | None = None) -> str:
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                cwd=self.root,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=output or subprocess.PIPE,
                stderr=subprocess.PIPE,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as error:
            raise InvalidInputError(f"git cannot read {self.root}: {error}.") from error
        if done.returncode:
            raise InvalidInputError(self._reason(done.stderr.decode("utf-8", "replace")))
        return (done.stdout or b"").decode("utf-8", "surrogateescape")

    def _reason(self, message: str) -> str:
        if "dubious ownership" in message:
            return (
                f"{self.root} belongs to another user, so git does not read it; if you trust it, "
                f"run: git config --global --add safe.directory {self.root}"
            )
        first = (message.strip().splitlines() or ["unknown reason"])[0]
        return f"git cannot read {self.root} ({first}); check it with git fsck."


def _tag(row: tuple[str, ...]) -> TagRef:
    name, kind, target, commit, author, email, date, subject = row
    annotated = kind == "tag" and target == "commit"
    # Each line ends after its last field.
    name = name.lstrip("\n")
    return TagRef(name, commit if annotated else "", author, email.strip("<>"), date, subject)
