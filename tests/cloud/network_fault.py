"""Faults that a proxy applies to chosen requests."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from tests.cloud.http_message import Message

# What S3 answers; Azure has the same numbers.
_CODES = {
    403: "AccessDenied",
    404: "NoSuchKey",
    409: "ConditionalRequestConflict",
    412: "PreconditionFailed",
    500: "InternalError",
    503: "SlowDown",
}


@dataclass
class Fault:
    """An effect on the requests that match.

    Attributes
    ----------
    kind : str or collection of str, optional
        Kinds of requests; see `request_kind`. The default is all.
    target : str, optional
        A regular expression that is found in the path and query.
    skip : int, default=0
        Number of matching requests that pass before the fault begins.
    times : int, optional
        Number of requests that it applies to. The default is all.
    every : int, default=1
        Distance of the requests that it applies to, such as 3 for each third one.
    delay_s : float, seconds, default=0
        Time that is added.
    answer : int, optional
        Status that is answered in place of the server.
    committed : bool, default=False
        If True, the server handles the request before `answer` is sent.
    drop : bool, default=False
        Whether the connection is cut when the server has handled the request.
    cut : {'request', 'reply'}, optional
        Which body is cut in the middle, together with the connection.
    unconditional : bool, default=False
        Whether ``If-None-Match`` is removed; only moto accepts this, as it checks no signatures.
    applied : int
        Number of requests that it was applied to.
    """

    kind: str | Collection[str] | None = None
    target: str = ""
    skip: int = 0
    times: int | None = None
    every: int = 1
    delay_s: float = 0.0
    answer: int | None = None
    committed: bool = False
    drop: bool = False
    cut: Literal["request", "reply"] | None = None
    unconditional: bool = False
    applied: int = field(default=0, init=False)

    def applies(self, kind: str, target: str) -> bool:
        """Return whether the fault applies to a request, and count it."""
        kinds = [self.kind] if isinstance(self.kind, str) else self.kind
        if (kinds is not None and kind not in kinds) or not re.search(self.target, target):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None and self.applied >= self.times:
            return False
        self.skip = self.every - 1
        self.applied += 1
        return True

    def change_head(self, head: bytes) -> bytes:
        """Return the head of a request as the server receives it."""
        return re.sub(rb"(?i)\r\nif-none-match:[^\r]*", b"", head) if self.unconditional else head

    def reply(self, request: Message) -> bytes:
        """Return the reply with the status `answer`."""
        code = _CODES[self.answer or 0]
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>Made up.</Message></Error>"
        body = b"" if request.method == "HEAD" else text.encode()
        lines = [
            f"HTTP/1.1 {self.answer} {code}",
            "Content-Type: application/xml",
            f"x-ms-error-code: {code}",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body
