"""Parsed and sanitized HTML pages, and versions with hostile text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from exo_nbregistry.records.fields import (
    Artifact,
    Column,
    Dataset,
    Environment,
    Note,
    Provenance,
    Signature,
)
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.records.metadata import ModelMetadata

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}

# Elements and attributes that JupyterLab's sanitizer keeps in untrusted notebooks, limited to those
# of this package. Source: packages/apputils/src/sanitizer.ts of JupyterLab 4.6.
_LENGTH = r"(0|[0-9.]+(px|em|%))"
_COLOUR = r"(#[0-9a-f]{6}|transparent|rgba\((\d+, ){3}0\.\d+\))"
_BORDER = rf"(0|1px solid( {_COLOUR})?)"
_ALLOWED_STYLES = {
    "background": _COLOUR,
    "border": _BORDER,
    "border-bottom": _BORDER,
    "border-left": _BORDER,
    "border-collapse": "collapse",
    "border-radius": _LENGTH,
    "color": _COLOUR,
    "cursor": "pointer",
    "font-family": "monospace",
    "font-size": _LENGTH,
    "font-weight": "[1-9]00",
    "line-height": "[0-9.]+",
    "margin": rf"{_LENGTH}( {_LENGTH}){{0,3}}",
    "margin-right": _LENGTH,
    "max-width": _LENGTH,
    "overflow-wrap": "normal|break-word",
    "overflow-x": "auto",
    "padding": rf"{_LENGTH}( {_LENGTH}){{0,3}}",
    "table-layout": "auto|fixed",
    "text-align": "left|right|center",
    "vertical-align": "top",
    "white-space": "normal|nowrap|pre|pre-wrap",
    "width": f"auto|{_LENGTH}",
}
_ALLOWED = {
    "a": {"href", "rel"},
    "blockquote": {"style"},
    "br": set(),
    "caption": {"style"},
    "code": set(),
    "del": set(),
    "details": {"style", "open"},
    "div": {"class", "style"},
    "em": set(),
    "hr": set(),
    "img": {"alt", "height", "src", "width"},
    "input": {"checked", "disabled", "type"},
    "li": set(),
    "ol": {"start"},
    "p": {"style"},
    "pre": {"style"},
    "span": {"style", "title"},
    "strong": set(),
    "summary": {"style"},
    "table": {"style"},
    "tbody": set(),
    "td": {"align", "style", "scope"},
    "th": {"align", "style", "scope"},
    "thead": set(),
    "tr": {"style"},
    "ul": set(),
}
# Images are embedded, so that a page loads nothing from elsewhere.
_PICTURE = "data:image/(svg[+]xml|png);base64,[A-Za-z0-9+/]+=*"

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload='alert(1)'>",
    "' style='position:fixed;inset:0' x='",
    "</td></tr></table><style>*{display:none}</style>",
    "</summary></details></pre><iframe src=//evil.example>",
    "<!--",
    "<![CDATA[",
    "&lt;script&gt;&#60;script&#62;",
    "javascript:alert(1)",
    "\x1b]0;owned\x07\x1b[2J\r\x08",
    "\u202egnp.exe\u2066\u200b",
    "${alert(1)}{{7*7}}$\\href{javascript:alert(1)}{x}$",
]


class Page(HTMLParser):
    """Parser that collects elements, attributes, text and problems of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.shape: list[tuple[str, ...]] = []
        self.text: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect an element with its attributes, and those that the sanitizer removes."""
        self.elements.append(tag)
        self.attributes += attrs
        self.shape.append((tag, *(name for name, _ in attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag not in _ALLOWED:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in _ALLOWED.get(tag, {name}):
                self.faults.append(f"<{tag} {name}>")
            if name == "src" and not re.fullmatch(_PICTURE, value or ""):
                self.faults.append(f"<{tag} src={value!r}>")
            if name == "style":
                self.faults += filter(_is_dropped, (value or "").split(";"))

    def handle_endtag(self, tag: str) -> None:
        """Check that elements are closed in order."""
        self.shape.append(("/", tag))
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        """Report a comment as a problem, because this package writes none."""
        self.faults.append(f"a comment: {data}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def _is_dropped(declaration: str) -> bool:
    name, _, value = declaration.partition(":")
    return not re.fullmatch(_ALLOWED_STYLES.get(name, "(?!)"), value)


def laden(payload: str, number: int = 1) -> ModelMetadata:
    """Return a version with a payload in each field that a user or an attacker can set."""
    made = datetime(2026, 1, 1, number, tzinfo=UTC)
    apart = f"{payload}{number}"
    return ModelMetadata(
        model_id=f"{payload}:{number}",
        model_name=payload,
        version=number,
        created_at=made,
        algorithm=apart,
        training_date=apart,
        description=apart,
        metrics={payload: 0.5 + number / 10, f"{payload}only{number}": 1.0},
        hyperparameters={payload: apart, "nested": {payload: [apart, (apart,)]}},
        feature_columns=(apart,),
        signature=Signature((Column(payload, apart),), (apart, "other")),
        training_dataset=apart,
        training_samples=number,
        class_distribution={apart: 1},
        dataset=Dataset(apart, 1, apart),
        environment=Environment(apart, apart, {payload: apart}),
        provenance=Provenance(apart, 1, f"{apart}\n-{apart}", apart, True, apart, apart, apart),
        artifact=Artifact(apart, apart, number),
        attachments={payload: Artifact(apart, apart, number)},
        additional_metrics={
            payload: apart,
            "report": {payload: {payload: number}},
            "training_info": {payload: apart},
        },
        later_metrics=(LaterMetrics({payload: 0.5}, made, apart, apart),),
        parent=apart,
        tags={payload: apart, f"{payload} alone": True},
        aliases=(apart,),
        notes=(Note(apart, apart, made),),
        status=apart,
        signer=apart,
    )
