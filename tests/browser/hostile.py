"""A registry in which all text is an attack on the page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.own_key import PUBLIC_FILE
from tests.html_page import PAYLOADS
from tests.tamper import reseal

_SCRIPT = "window.__nbr_xss=1"
IMAGE = f"<img src=x onerror={_SCRIPT}>"
SCRIPT = f"</script><script>{_SCRIPT}</script>"
_OTHERS = [payload.replace("alert(1)", _SCRIPT) for payload in PAYLOADS]
FORMULA = f"$\\href{{javascript:{_SCRIPT}}}{{x}}^2$ and $y^2$"
_OTHERS += [FORMULA, f"\\begin{{equation}}{FORMULA}\\end{{equation}}"]
ATTACKS = list(dict.fromkeys([IMAGE, SCRIPT, *_OTHERS]))

ELSEWHERE = "https://elsewhere.example"
MARKDOWN = f"""\
# {IMAGE}

![picture]({ELSEWHERE}/a.png) ![data](data:image/svg+xml,{IMAGE}) <{ELSEWHERE}/{IMAGE}>
[script](javascript:{_SCRIPT}) [entity](&#106;avascript:{_SCRIPT}) <javascript:{_SCRIPT}>
[data](data:text/html,{SCRIPT}) [relative](https:/lab) [reversed](https://a.example/\u202eb)
&lt;img src=x onerror={_SCRIPT}&gt; \u202ereversed\u2066 {FORMULA}

<svg onload={_SCRIPT}><style>@import url({ELSEWHERE}/a.css);</style><iframe srcdoc="{SCRIPT}">

| {IMAGE} | [x](javascript:{_SCRIPT}) |
|:--|--:|
| {SCRIPT} | `{IMAGE}` |

- [ ] {IMAGE}

```{IMAGE}
{SCRIPT}
```
"""

# The cell source is an attack too, because it becomes the provenance of a version.
_SETUP = f"""\
# {IMAGE} {SCRIPT}
import os
os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.abspath("config")
from exo_nbregistry import ModelRegistry
from sklearn.linear_model import LogisticRegression
registry = ModelRegistry("registry")
X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
model = LogisticRegression().fit(X, y)
registry.register_model(model, "kepler_rf", X=X, y=y, X_test=X, y_test=y)
"""

# The version with Markdown, files, columns, classes and tags.
RICH = f"kepler_rf:{len(ATTACKS) + 1}"

# Cell of each panel.
PANELS = {
    "browser": f"""\
panel = registry.browse("version <= 2 or version == {len(ATTACKS) + 1}")
panel.selected = ["kepler_rf:1", "kepler_rf:2"]
panel""",
    "comparison": "registry.compare_models(model_name='kepler_rf')",
    "version": "registry['kepler_rf:1']",
    "listing": "registry.list_models(where='version <= 2')",
    "plot": f"registry.plot('metric', 'kepler_rf', metric={IMAGE!r})",
}
_FAULTS = """root => {
    const hidden = /[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/u;
    const isHidden = text => hidden.test((text ?? '').replace(/[\\n\\t]/g, ''));
    const found = [];
    // Of ipywidgets and of the panel of comparisons.
    const isOwn = text => text === '\\u200b' || text.startsWith('.nbr-comparison ');
    const active = 'script, iframe, object, embed, style, link, meta, base';
    const formulas = 'mjx-container, .MathJax';
    for (const one of root.querySelectorAll(`${active}, ${formulas}`)) {
        if (!isOwn(one.textContent)) {
            found.push(one.outerHTML);
        }
    }
    for (const one of root.querySelectorAll('*')) {
        for (const { name, value } of one.attributes) {
            if (name.startsWith('on') || (name === 'style' && /url|position/.test(value))) {
                found.push(`${one.tagName} ${name}=${value}`);
            }
            if (['title', 'alt', 'aria-label'].includes(name) && isHidden(value)) {
                found.push(`${one.tagName} ${name}=${value}`);
            }
        }
        for (const { nodeType, nodeValue } of one.childNodes) {
            if (nodeType === Node.TEXT_NODE && !isOwn(nodeValue) && isHidden(nodeValue)) {
                found.push(nodeValue);
            }
        }
    }
    for (const image of root.querySelectorAll('img, image')) {
        if (!/^(data:image\\/(png|svg\\+xml);base64,|blob:)/.test(image.src ?? '')) {
            found.push(image.outerHTML);
        }
    }
    for (const link of root.querySelectorAll('a')) {
        const isSafe = /^(https?:\\/\\/|mailto:)/.test(link.getAttribute('href') ?? 'mailto:');
        if (!isSafe || !/noopener noreferrer|nofollow/.test(link.rel || 'nofollow')) {
            found.push(link.outerHTML);
        }
    }
    return found;
}"""
# Attacks of the first two that the panel shows, if not both.
SHOWN = {"version": (IMAGE,), "plot": ()}
CELLS = [_SETUP, *PANELS.values()]


def furnish(folder: Path) -> list[str]:
    """Create a hostile registry and a key with a hostile name, and return the cells.

    Parameters
    ----------
    folder : Path
        Folder of the notebook.

    Returns
    -------
    list of str
        Cells whose outputs contain all `ATTACKS`.
    """
    config = folder / "config"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(config))
        registry = ModelRegistry(folder / "registry", durable=False)
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        for number, attack in enumerate(ATTACKS, 1):
            made = registry.register_model(
                model,
                "kepler_rf",
                algorithm=attack,
                evaluation_results={IMAGE: number / 20, attack: 0.5},
                hyperparameters={attack: attack, "nested": {attack: [attack]}},
                training_info={"dataset": attack, "class_distribution": {attack: 1}},
                feature_columns=[attack],
                description=attack,
                tags={attack: attack},
            )
            registry.annotate(made, attack)
        _register_more(registry, folder)
        for number, attack in enumerate((IMAGE, SCRIPT), 1):
            record = folder / f"registry/models/kepler_rf/versions/v{number:06d}.json"
            reseal(record, Keyring().sign, model_name=attack)
    public = config / PUBLIC_FILE
    public.write_text(f"{' '.join(public.read_text().split()[:2])} {IMAGE}\n")
    return CELLS


def _register_more(registry: ModelRegistry, folder: Path) -> None:
    """Register `RICH` with Markdown, files, columns, classes and tags that are attacks."""
    table = pd.DataFrame({IMAGE: [0.0, 1.0, 2.0, 3.0], SCRIPT: [1.0, 0.0, 1.0, 0.0]})
    labels = [IMAGE, SCRIPT, IMAGE, SCRIPT]
    model = LogisticRegression().fit(table, labels)
    made = registry.register_model(
        model, "kepler_rf", X=table, y=labels, X_test=table, y_test=labels, description=MARKDOWN
    )
    for note in (MARKDOWN, f"{'> ' * 10_000}{IMAGE}"):
        registry.annotate(made, note)
    registry.tag_model(made, **{"__proto__": IMAGE, "constructor": SCRIPT, IMAGE: "\u202egpj.exe"})
    registry.attach(made, "model_card", MARKDOWN)
    registry.attach(made, "table", table.astype(str) + IMAGE)
    for name in ("page.html", "drawing.svg"):
        path = folder / name
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}{IMAGE}</svg>')
        registry.attach(made, name, path)


def faults(node: Locator) -> list[str]:
    """Return the contents of an element that are more than harmless text.

    These are scripts, frames, styles and formulas, images and links to other places, listeners, and
    characters that are invisible or change the reading direction.
    """
    found: list[str] = node.evaluate(_FAULTS)
    return found
